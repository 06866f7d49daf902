"""Periods are days of the team's clock, also where a day has 23 or 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.reports.period import NAMED, Period, WrongPeriod, asked, ending, named

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 18, 12, 30, tzinfo=MADRID)  # a Wednesday


def local(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=MADRID).astimezone(UTC)  # type: ignore[misc, arg-type]


EXPECTED = {
    "today": (local(2026, 11, 18), NOW, local(2026, 11, 17), local(2026, 11, 17, 12, 30)),
    "yesterday": tuple(local(2026, 11, day) for day in (17, 18, 16, 17)),
    "this_week": (local(2026, 11, 16), NOW, local(2026, 11, 9), local(2026, 11, 11, 12, 30)),
    "last_week": tuple(local(2026, 11, day) for day in (9, 16, 2, 9)),
    "this_month": (local(2026, 11, 1), NOW, local(2026, 10, 1), local(2026, 10, 18, 12, 30)),
    "last_month": (local(2026, 10, 1), local(2026, 11, 1), local(2026, 9, 1), local(2026, 10, 1)),
    "last_30_days": (
        local(2026, 10, 20),
        NOW,
        local(2026, 9, 20),
        local(2026, 10, 19, 12, 30),
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_named_period_is_compared_with_as_much_of_before(name: str) -> None:
    assert named(name, NOW, MADRID) == Period(*EXPECTED[name])


def test_this_month_is_not_compared_past_the_end_of_a_shorter_one() -> None:
    now = datetime(2026, 3, 31, 12, tzinfo=MADRID)
    found = named("this_month", now, MADRID)
    assert found.before == (local(2026, 2, 1), local(2026, 3, 1))


def test_days_by_their_dates_include_the_last() -> None:
    found = asked(["2026-10-24", "26.10.2026"], NOW, MADRID)
    assert found == Period(*(local(2026, 10, day) for day in (24, 27, 21, 24)))
    assert found.until - found.since == timedelta(hours=3 * 24 + 1)


def test_one_date_lasts_until_now() -> None:
    assert asked(["2026-11-10"], NOW, MADRID).until == NOW


def test_no_period_lasts_beyond_now() -> None:
    assert asked(["2026-11-18", "9999-12-31"], NOW, MADRID) == named("today", NOW, MADRID)


def test_one_digest_ends_where_the_next_begins() -> None:
    days = [ending(date(2026, 10, 24) + timedelta(days=n), time(2, 30), 1, MADRID) for n in (0, 1)]
    assert days[0].until == days[1].since == days[1].before_until
    assert days[1].until - days[1].since == timedelta(days=1)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ([], "period.usage"),
        (["1", "2", "3"], "period.usage"),
        (["2026-02-30"], "period.date"),
        (["nonsense"], "period.date"),
        (["0001-01-01"], "period.date"),
        (["2026-11-15", "2026-11-01"], "period.order"),
        (["2027-01-01"], "period.future"),
    ],
)
def test_what_is_no_period_is_named(words: list[str], key: str) -> None:
    with pytest.raises(WrongPeriod) as raised:
        asked(words, NOW, MADRID)
    assert raised.value.key == key
