"""The local Telegram held against the published description of the Bot API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.telegram.methods import METHODS
from bot.sandbox.telegram.parameters import PARAMETERS

SCHEMA = Path(__file__).parents[3] / "shared" / "schemas" / "telegram.json"
KINDS = {"Integer": "int", "Float": "float", "Boolean": "bool", "String": "str"}


@pytest.fixture(scope="module")
def described() -> dict[str, dict[str, str]]:
    """Every described method's parameters with their types."""
    if not SCHEMA.exists():
        pytest.skip(f"no description of the Bot API at {SCHEMA.name} beside the project")
    items = json.loads(SCHEMA.read_text("utf-8"))["items"]
    return {
        child["name"]: {field["name"]: field["type"] for field in child["annotations"]}
        for item in items
        for child in item["children"]
        if child["category"] == "methods"
    }


def kind(name: str, described_as: str) -> str:
    """What the table must say for a described type."""
    if name.endswith("chat_id"):
        return "chat"
    if "InputFile" in described_as:
        return "file"
    return KINDS.get(described_as, "json")


@pytest.mark.parametrize("method", sorted(PARAMETERS))
def test_parameters_are_those_of_the_description(
    described: dict[str, dict[str, str]], method: str
) -> None:
    expected = {name: kind(name, described_as) for name, described_as in described[method].items()}
    assert PARAMETERS[method] == expected


def test_every_method_of_the_table_does_something() -> None:
    elsewhere = {
        "getUpdates",
        "setWebhook",
        "deleteWebhook",
        "getWebhookInfo",
        "sendMediaGroup",
    }
    assert set(METHODS) | elsewhere == set(PARAMETERS)


def fields(described_types: dict[str, Any], name: str) -> set[str]:
    return {field["name"] for field in described_types[name]["annotations"]}


def test_messages_bear_only_described_fields() -> None:
    if not SCHEMA.exists():
        pytest.skip(f"no description of the Bot API at {SCHEMA.name} beside the project")
    from bot.sandbox.telegram.chats import SERVICE
    from bot.sandbox.telegram.sending import CONTENT

    items = json.loads(SCHEMA.read_text("utf-8"))["items"]
    types = {child["name"]: child for item in items for child in item["children"]}
    assert set(CONTENT) | set(SERVICE) <= fields(types, "Message")
