"""The mark of settings: another one for whatever customers or teams see, and no secret in it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.mark import mark_of
from config.settings import Settings

BASE: dict[str, Any] = {
    "database_url": "postgresql://dialead@here/dialead",
    "telegram": {"token": "1:first"},
    "vk": {"token": "vk1.first", "group_id": 7},
    "team": {"chat": "telegram:-1001", "supervisors": ["telegram:5"]},
    "bots": {
        "service": {"kind": "telegram", "token": "2:service", "desk": "service"},
        "shop": {"kind": "vk", "token": "vk1.shop", "group_id": 8},
    },
    "desks": {"service": {"chat": "telegram:-1002"}},
    "leads": {"sources": {"spring": "Spring sale", "fair": "The fair"}},
}


def changed(path: str, value: Any) -> Settings:
    """The settings with one of them as it is here."""
    values: dict[str, Any] = json.loads(json.dumps(BASE))
    *tables, name = path.split(".")
    found = values
    for table in tables:
        found = found.setdefault(table, {})
    found[name] = value
    return Settings.model_validate(values)


def plain() -> Settings:
    return Settings.model_validate(BASE)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("telegram.token", ""),
        ("telegram.token", "3:another"),
        ("telegram.mode", "webhook"),
        ("vk.group_id", 9),
        ("team.language", "es"),
        ("team.timezone", "Europe/Madrid"),
        ("team.chat", "telegram:-1003"),
        ("team.supervisors", []),
        ("team.conversation", "topics"),
        ("channels.telegram.distribution", "sticky"),
        ("channels.telegram.greeting", "Hello"),
        ("channels.vk.questions", [{"ask": "When?"}]),
        ("channels.vk.deadlines.take", "PT3M"),
        ("bots.service.desk", "main"),
        ("bots.service.token", "4:another"),
        ("bots.shop.rating", True),
        ("bots.shop.consent", {"url": "https://example.org/p", "version": "1"}),
        ("desks", {}),
        ("desks.service.supervisors", []),  # none, and not those of the first
        ("desks.service.hours.week", {"mon": ["10:00-12:00"]}),
        ("desks.service.reject_reasons", ["Too far"]),
        ("deadlines.close", "P9D"),
        ("hours.holidays", ["2026-12-31"]),
        ("digest.at", "10:00"),
        ("leads.reject_reasons", ["Too far"]),
        ("leads.sources", {"spring": "Spring sale"}),
        ("leads.max_open", 5),
        ("retention.customers", "P30D"),
    ],
)
def test_what_decides_of_customers_or_teams_makes_another_mark(path: str, value: Any) -> None:
    assert mark_of(changed(path, value)) != mark_of(plain())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("database_url", "postgresql://dialead@localhost:6432/dialead"),
        ("telegram.token", "1:new"),
        ("telegram.api_url", "http://localhost:8082"),
        ("telegram.proxy", "http://proxy.example:3128"),
        ("telegram.per_second", 10),
        ("telegram.webhook_secret", "s3cret"),
        ("vk.token", "vk1.new"),
        ("vk.secret", "hunter2"),
        ("bots.service.token", "2:new"),
        ("bots.shop.proxy", "http://proxy.example:3128"),
        ("http.host", "192.0.2.1"),
        ("http.port", 8082),
        ("log.level", "debug"),
        ("rehearsal.clock_file", "clock"),
        ("leads.max_open", 0),  # as by default
        ("leads.sources", {"fair": "The fair", "spring": "Spring sale"}),
        ("desks.service.supervisors", ["telegram:5"]),  # the first's, which it takes over
    ],
)
def test_what_may_differ_between_machines_leaves_the_mark(path: str, value: Any) -> None:
    assert mark_of(changed(path, value)) == mark_of(plain())


def test_of_what_nobody_may_see_no_more_than_a_bots_number_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[bytes] = []

    def noted(data: bytes) -> Any:
        told.append(data)
        return sha256(data)

    sha256 = hashlib.sha256
    monkeypatch.setattr("config.mark.hashlib.sha256", noted)
    mark_of(plain())
    words = b"".join(told).decode()
    assert '"1"' in words  # the bot's number
    assert [one for one in ("first", "vk1", "2:service", "postgresql") if one in words] == []


def test_the_mark_is_the_same_in_every_process() -> None:
    """Where sets and hashes fall out otherwise each time."""
    program = (
        "from config.mark import mark_of; from tests.config.test_mark import plain;"
        " print(mark_of(plain()))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {mark_of(plain())}
