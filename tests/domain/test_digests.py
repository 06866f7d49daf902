"""When a digest was due last, above all in the nights when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.digests import last_due

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = 0


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]


def due(now: datetime, at: time, weekday: int | None = None) -> datetime:
    return last_due(now, at, MADRID, weekday).astimezone(UTC)


def test_before_its_time_yesterdays_was_the_last() -> None:
    assert due(utc(2025, 5, 6, 6, 59), time(9)) == utc(2025, 5, 5, 7)


def test_at_its_time_it_is_due() -> None:
    assert due(utc(2025, 5, 6, 7), time(9)) == utc(2025, 5, 6, 7)


def test_the_weekly_one_was_due_on_its_day() -> None:
    assert due(utc(2025, 5, 8, 12), time(9), MONDAY) == utc(2025, 5, 5, 7)
    assert due(utc(2025, 5, 5, 6), time(9), MONDAY) == utc(2025, 4, 28, 7)


def test_a_time_that_the_spring_night_skips_is_due_after_the_gap() -> None:
    # On 30 March 2025 the clocks go from 02:00 (01:00 UTC) to 03:00.
    assert due(utc(2025, 3, 30, 1, 29), time(2, 30)) == utc(2025, 3, 29, 1, 30)
    assert due(utc(2025, 3, 30, 1, 30), time(2, 30)) == utc(2025, 3, 30, 1, 30)
    assert due(utc(2025, 3, 31, 0, 30), time(2, 30)) == utc(2025, 3, 31, 0, 30)


def test_a_time_that_the_autumn_night_has_twice_is_due_the_first_time_only() -> None:
    # On 26 October 2025 the clocks go from 03:00 (01:00 UTC) back to 02:00.
    first = utc(2025, 10, 26, 0, 30)
    assert due(first, time(2, 30)) == first
    assert due(utc(2025, 10, 26, 1, 29), time(2, 30)) == first
    assert due(utc(2025, 10, 26, 1, 30), time(2, 30)) == first
    assert due(utc(2025, 10, 26, 12), time(2, 30)) == first


def test_every_minute_of_both_nights_knows_one_digest_a_day() -> None:
    for night in (utc(2025, 3, 30), utc(2025, 10, 26)):
        minutes = range(0, 4 * 60)
        found = {
            due(night.replace(hour=minute // 60, minute=minute % 60), time(2, 30))
            for minute in minutes
        }
        assert len(found) == 2  # the night's own, and the one of the day before
