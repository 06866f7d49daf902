"""Events made up from the platforms' published descriptions, where those are at hand."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"
MISSING = f"SKIPPED ALOUD: no descriptions of the platforms at {SCHEMAS.parent.name}/{SCHEMAS.name}"

_DEPTH = 4  # of objects within objects
_TELEGRAM_KINDS = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
_VK_KINDS = {
    "message_new": "messages_message",
    "message_edit": "messages_message",
    "message_reply": "messages_message",
    "message_event": "callback_message_event",
    "message_allow": "callback_message_allow",
    "message_deny": "callback_message_deny",
}
_SCALARS = {"Integer": 7, "Float": 0.5, "Boolean": True, "String": "words", "True": True}


def available() -> bool:
    """Whether there is anything to make events from."""
    return SCHEMAS.is_dir()


def telegram(chance: random.Random) -> dict[str, Any]:
    """An update with one of the kinds that are asked for."""
    kind = chance.choice(_TELEGRAM_KINDS)
    field = next(one for one in _telegram()["Update"] if one["name"] == kind)
    return {kind: _of_telegram(chance, field["type"], _DEPTH)}


def vk(chance: random.Random) -> dict[str, Any]:
    """A community's event of one of the kinds that are read."""
    kind = chance.choice(list(_VK_KINDS))
    file = "messages" if _VK_KINDS[kind].startswith("messages") else "callback"
    body = _of_vk(chance, _named(f"../{file}/objects.json#/definitions/{_VK_KINDS[kind]}"), _DEPTH)
    return {"type": kind, "object": {"message": body} if kind == "message_new" else body}


@cache
def _telegram() -> Mapping[str, list[dict[str, Any]]]:
    items = json.loads((SCHEMAS / "telegram.json").read_text("utf-8"))["items"]
    children = (child for item in items for child in item["children"])
    return {one["name"]: one["annotations"] for one in children if one["category"] == "types"}


def _of_telegram(chance: random.Random, kind: str, depth: int) -> Any:
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ")
        return [_of_telegram(chance, inner, depth) for _ in range(chance.choice((0, 1, 1, 2)))]
    if kind in _SCALARS:
        return _SCALARS[kind]
    chosen = chance.choice(kind.replace(" and ", ", ").replace(" or ", ", ").split(", "))
    fields = _telegram().get(chosen, [])
    found = {}
    for field in fields:
        wanted = field.get("required") or (depth > 1 and chance.random() < 0.15)
        if wanted and depth:
            found[field["name"]] = _of_telegram(chance, field["type"], depth - 1)
    return found


@cache
def _vk(file: str) -> dict[str, Any]:
    definitions: dict[str, Any] = json.loads((SCHEMAS / "vk" / file).read_text("utf-8"))
    return dict(definitions["definitions"])


def _named(reference: str) -> dict[str, Any]:
    file, _, name = reference.removeprefix("../").partition("#/definitions/")
    return dict(_vk(file)[name])


def _of_vk(chance: random.Random, node: dict[str, Any], depth: int) -> Any:
    if "$ref" in node:
        return _of_vk(chance, _named(node["$ref"]), depth)
    if "enum" in node:
        return chance.choice(node["enum"])
    if options := node.get("oneOf"):
        return _of_vk(chance, chance.choice(options), depth)
    kind = node.get("type", "object")
    if isinstance(kind, list):
        kind = chance.choice(kind)
    if kind == "array":
        inner = node.get("items", {})
        return [_of_vk(chance, inner, depth - 1) for _ in range(chance.choice((0, 1)))]
    if kind == "object" or "allOf" in node:
        return _object(chance, node, depth)
    return {"integer": 7, "number": 0.5, "boolean": True}.get(kind, "words")


def _object(chance: random.Random, node: dict[str, Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in node.get("allOf", ()):
        made = _of_vk(chance, part, depth)
        found |= made if isinstance(made, dict) else {}
    for name, inner in node.get("properties", {}).items():
        if depth and (name in node.get("required", ()) or chance.random() < 0.6):
            found[name] = _of_vk(chance, inner, depth - 1)
    return found
