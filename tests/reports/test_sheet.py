"""What the pictures of a digest and of reports say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.hours import Hours
from bot.reports.as_sheet import _answered_in, of_digest, of_table
from bot.reports.basis import Basis
from bot.reports.pace import Paces, pace
from bot.reports.period import days
from bot.reports.table import Chart, Column, Kind, Table, at_once
from config.texts import load
from tests.pictures.digests import a_day

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BASIS = Basis(load("en"), UTC, Hours({}, lambda _: frozenset(), UTC), "", str, NOW)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        ([], "—"),
        ([16], "16 s"),
        ([16, 16], "16 s"),
        ([3600, 16, 120], "16 s – 1 h"),
        ([60, 120, 180, 240, 300], "3 min"),
    ],
)
def test_of_a_few_answers_the_shortest_and_the_longest_are_told(
    seconds: list[int], words: str
) -> None:
    assert _answered_in(pace(timedelta(seconds=one) for one in seconds), BASIS) == words


def test_what_took_no_working_time_is_shown_as_well() -> None:
    at_night = pace([timedelta(0)] * 4 + [timedelta(minutes=2)])
    digest = replace(a_day(BASIS.texts), to_take=Paces(at_night), to_answer=Paces())
    blocks = json.loads(of_digest(digest, BASIS, "Digest"))["blocks"]
    (shown,) = [one["rows"] for one in blocks if one.get("title") == BASIS.texts("picture.pace")]
    assert [row["shown"] for row in shown] == ["0 s · 2 min"]


@pytest.mark.parametrize(("count", "more"), [(100, []), (120, ["and 20 more"])])
async def test_a_chart_says_how_many_rows_it_leaves_out(count: int, more: list[str]) -> None:
    first = date(2025, 6, 1)
    rows = [((first + timedelta(number)).isoformat(), 1) for number in range(count)]
    table = Table(
        name="days",
        title="Days",
        period=days(first, first + timedelta(count - 1), NOW, UTC),
        columns=(Column("day", "Day", Kind.TEXT), Column("received", "Received", Kind.WHOLE)),
        rows=at_once(rows),
        count=count,
        totals=(None, count),
        counted="",
        chart=Chart("day", ("received",)),
    )
    blocks = json.loads(await of_table(table, BASIS))["blocks"]
    assert [line for one in blocks for line in one.get("lines", ())] == more
