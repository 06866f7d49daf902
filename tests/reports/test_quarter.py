"""A quarter of 20,000 leads: digest, reports and JSON say what a pencil finds, to the digit."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bot.domain.sources import named
from bot.drawing.child import workbook
from bot.messages import characters
from bot.reports import REPORTS, as_json, as_workbook
from bot.reports.basis import Basis
from bot.reports.digest import digest
from bot.reports.digest_text import told
from bot.reports.period import Period, asked, ending
from bot.reports.table import Kind
from config.hours import working_hours
from config.settings import Settings
from config.texts import load
from storage.database import Database
from tests.reports import naive, quarter
from tests.reports.naive import ZONE, Story
from tests.reports.writing import write
from tests.storage.making import CHAT, asking

NOW = quarter.END
AMOUNT = 20_000
WEEK = {"mon-fri": ["09:00-13:00", "14:00-18:00"], "sun": ["01:00-05:00"]}
SOURCES = {"ads": "Advertising"}
DAYS = (  # each ends at nine
    date(2026, 10, 2),
    date(2026, 10, 26),  # after the night of 25 hours
    date(2026, 12, 31),
)
SPANS = (
    ("2026-10-01", "2026-12-31"),
    ("2026-10-19", "2026-10-25"),
    ("2026-10-25", "2026-10-25"),
)


def basis() -> Basis:
    """The owner's decisions, as the product reads them."""
    hours = Settings.model_validate({"hours": {"week": WEEK}}).hours
    return Basis(
        texts=load("en"),
        zone=ZONE,
        hours=working_hours(hours.week, hours.holidays, ZONE),
        chat=CHAT,
        source=lambda source: named(source, SOURCES),
        now=NOW,
        reasons=quarter.LISTED,
    )


@pytest.fixture(scope="module")
def events() -> list[quarter.Event]:
    return quarter.make(AMOUNT, seed=2026)


@pytest.fixture(scope="module")
def stories(events: list[quarter.Event]) -> list[Story]:
    return list(naive.retell(events).values())


async def test_a_quarter_says_what_anybody_counts_from_its_events(
    database: Database, events: list[quarter.Event], stories: list[Story]
) -> None:
    await write(database, events)
    for day in DAYS:
        await agrees(database, events, stories, ending(day, time(9), 1, ZONE))
    for words in SPANS:
        period = asked(words, NOW, ZONE)
        await agrees(database, events, stories, period)
        await reports_agree(database, stories, period)
    week = asked(SPANS[1], NOW, ZONE)
    await leads_agree(database, stories, week)
    for name in REPORTS:
        await workbook_agrees(database, name, week)


async def agrees(
    database: Database, events: list[quarter.Event], stories: list[Story], period: Period
) -> None:
    """The digest's record as JSON, and the counts in its words."""
    span = (period.since, period.until)
    expected = naive.digest(events, stories, span, period.before, NOW)
    found = await digest(asking(database), period, basis())
    document = json.loads(as_json.of_digest(found))
    assert {name: document[name] for name in expected} == expected
    lines = characters(told(found, basis(), "Title")).splitlines()
    assert len(lines) <= 20
    for name in ("received", "taken", "answered", "converted", "rejected"):
        assert f"{name.capitalize()}: {expected['counts'][name]}" in lines


async def reports_agree(database: Database, stories: list[Story], period: Period) -> None:
    """All but the list of leads."""
    span = (period.since, period.until)
    assert (await rows(database, "managers", period)) == naive.managers(stories, span, NOW)
    assert (await rows(database, "reasons", period)) == naive.reasons(stories, span)
    for name, group in GROUPS.items():
        keys = KEYS_OF[name]
        found = {
            tuple(row.pop(key) for key in keys): row for row in await rows(database, name, period)
        }
        assert found == naive.cohorts(stories, span, group), name


async def leads_agree(database: Database, stories: list[Story], period: Period) -> None:
    """The list of all, and its totals."""
    expected = naive.leads(stories, (period.since, period.until))
    assert await rows(database, "leads", period) == expected
    document = await made(database, "leads", period)
    amounts = [row["amount"]["minor"] for row in expected if row["amount"]]
    assert document["totals"]["lead"] == document["count"] == len(expected)
    assert document["totals"]["amount"] == {"minor": sum(amounts), "currency": "EUR"}


async def workbook_agrees(database: Database, name: str, period: Period) -> None:
    """What another library reads from the Excel file is what the JSON says."""
    table = await REPORTS[name](asking(database), period, basis())
    async with workbook(as_workbook.lines(table, basis())) as file:
        sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    cells = sheet[sheet.index([column.title for column in table.columns]) + 1 :]
    document = await made(database, name, period)
    for row, expected in zip(cells, document["rows"], strict=False):
        for column, cell in zip(table.columns, row, strict=True):
            meant = _meant(expected[column.key], column.kind)
            said: Any = None if cell == "" else cell
            if isinstance(meant, datetime) and not isinstance(said, datetime):
                said = datetime.combine(said, time())  # at midnight the library sees a day
            if isinstance(meant, datetime | timedelta):
                assert abs(said - meant) <= timedelta(milliseconds=1), "Excel's own resolution"
            elif isinstance(meant, float):
                assert said == pytest.approx(meant, rel=1e-15), "a file has 16 digits"
            else:
                assert said == meant
    assert len(cells) == document["count"] + (2 if any(document["totals"].values()) else 0)


def _meant(value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind is Kind.MOMENT:
        return datetime.fromisoformat(value).astimezone(ZONE).replace(tzinfo=None)
    if kind is Kind.MONEY:
        return value["minor"] / 100
    if kind is Kind.DURATION:
        return timedelta(seconds=value)
    return value


async def made(database: Database, name: str, period: Period) -> dict[str, Any]:
    """A report as JSON."""
    table = await REPORTS[name](asking(database), period, basis())
    pieces = [piece async for piece in as_json.pieces(table)]
    document: dict[str, Any] = json.loads("".join(pieces))
    assert document["count"] == len(document["rows"])
    return document


async def rows(database: Database, name: str, period: Period) -> list[dict[str, Any]]:
    """Its rows."""
    found: list[dict[str, Any]] = (await made(database, name, period))["rows"]
    return found


def _source(one: Story) -> tuple[str, ...]:
    source = naive.SOURCE_NAMES.get(one.source, one.source) or "no source"
    return naive.CHANNEL_NAMES[one.channel], source


def _warmth(one: Story) -> tuple[str, ...]:
    return (one.warmth.capitalize() or "not said",)


def _day(one: Story) -> tuple[str, ...]:
    assert one.created is not None
    return (one.created.astimezone(ZONE).date().isoformat(),)


GROUPS = {"sources": _source, "warmth": _warmth, "days": _day}
KEYS_OF = {"sources": ("channel", "source"), "warmth": ("warmth",), "days": ("day",)}
