"""Working time, told as stories and held against a slow count of single minutes; long with both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.hours import Hours, NeverOpen, Shift, Term

MADRID = ZoneInfo("Europe/Madrid")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def shift(opens: float, closes: float) -> Shift:
    return Shift(opens * HOUR, closes * HOUR)


def hours(*off: date, zone: tzinfo = MADRID, **days: tuple[Shift, ...]) -> Hours:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    week = {names.index(name): shifts for name, shifts in days.items()}
    return Hours(week, lambda year: frozenset(day for day in off if day.year == year), zone)


def every_day(*shifts: Shift, zone: tzinfo = MADRID) -> Hours:
    return Hours(dict.fromkeys(range(7), shifts), lambda _: frozenset(), zone)


SPLIT = (shift(9, 13), shift(14, 18))
SHOP = hours(mon=SPLIT, tue=SPLIT, wed=SPLIT, thu=SPLIT, fri=SPLIT, sat=(shift(10, 14),))
ROUND_THE_CLOCK = hours()


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> datetime:
    """A time in Madrid in June 2026, whose first is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=MADRID)


# --- stories ---


def test_the_lunch_break_and_the_night_do_not_count() -> None:
    assert SHOP.add(at(1, 12, 50), 20 * MINUTE) == at(1, 14, 10)
    assert SHOP.add(at(1, 17, 50), 20 * MINUTE) == at(2, 9, 10)
    assert SHOP.between(at(1, 12, 50), at(2, 9, 10)) == 4 * HOUR + 20 * MINUTE


def test_what_comes_on_saturday_evening_waits_from_monday_morning_on() -> None:
    assert SHOP.next_open(at(6, 14)) == at(8, 9)
    assert SHOP.add(at(6, 20), 5 * MINUTE) == at(8, 9, 5)
    assert SHOP.between(at(6, 20), at(8, 9)) == timedelta(0)


def test_open_begins_with_the_shift_and_ends_with_it() -> None:
    shown = [SHOP.is_open(at(1, *when)) for when in ((8, 59), (9, 0), (12, 59), (13, 0))]
    assert shown == [False, True, True, False]
    assert SHOP.next_open(at(1, 9, 30)) == at(1, 9, 30)


def test_a_term_may_end_with_the_shift() -> None:
    assert SHOP.add(at(1, 9), 4 * HOUR) == at(1, 13)
    assert SHOP.add(at(1, 9), timedelta(0)) == at(1, 9)
    assert SHOP.add(at(1, 20), timedelta(0)) == at(1, 20)


def test_backwards_is_negative() -> None:
    assert SHOP.between(at(2, 10), at(1, 17)) == -2 * HOUR


def test_on_a_holiday_nobody_works() -> None:
    shop = replace(SHOP, days_off=lambda _: frozenset({date(2026, 6, 2), date(2026, 6, 3)}))
    assert not shop.is_open(at(2, 10))
    assert shop.add(at(1, 17, 50), 20 * MINUTE) == at(4, 9, 10)
    assert shop.add(at(1, 12), Term(1)) == at(4, 12)


def test_holidays_are_asked_for_year_by_year() -> None:
    new_year = hours(date(2027, 1, 1), thu=SPLIT, fri=SPLIT)
    start = datetime(2026, 12, 31, 17, tzinfo=MADRID)
    assert new_year.add(start, 2 * HOUR) == datetime(2027, 1, 7, 10, tzinfo=MADRID)


def test_a_night_shift_belongs_to_the_evening_it_begins() -> None:
    bar = hours(date(2026, 6, 6), fri=(shift(22, 26),), sat=(shift(22, 26),))
    assert bar.is_open(at(6, 1, 59))  # Friday's, though Saturday is off
    assert not bar.is_open(at(6, 2))
    assert not bar.is_open(at(6, 23))
    assert bar.add(at(5, 23), 4 * HOUR) == at(12, 23)


def test_a_night_shift_of_sunday_runs_into_monday() -> None:
    guard = hours(sun=(shift(22, 30),))
    assert guard.is_open(at(1, 5, 59))
    assert guard.add(at(1, 5), Term(time=2 * HOUR)) == at(7, 23)


def test_a_whole_day_ends_at_twenty_four() -> None:
    whole = every_day(shift(0, 24))
    assert whole.add(at(1, 12), 36 * HOUR) == at(3, 0)
    assert whole.between(at(1, 0), at(8, 0)) == 7 * DAY


def test_without_hours_time_just_passes() -> None:
    start = datetime(2026, 3, 28, 12, tzinfo=MADRID)  # the night has an hour less
    assert ROUND_THE_CLOCK.is_open(start)
    assert ROUND_THE_CLOCK.next_open(start) == start
    assert ROUND_THE_CLOCK.add(start, Term(1, HOUR)) - start.astimezone(UTC) == 25 * HOUR
    assert ROUND_THE_CLOCK.between(start, start + DAY) == 23 * HOUR


def test_a_moment_may_come_in_any_zone() -> None:
    assert SHOP.add(at(1, 12, 50).astimezone(ZoneInfo("Asia/Tokyo")), 20 * MINUTE) == at(1, 14, 10)
    assert SHOP.add(at(1, 12), HOUR).tzinfo is UTC


WORKING_DAYS = [
    (at(1, 12), 1, at(2, 12)),
    (at(1, 13, 30), 1, at(2, 13)),  # half of the day is over, as when the break began
    (at(1, 8), 1, at(1, 18)),
    (at(1, 20), 1, at(2, 18)),
    (at(4, 12), 2, at(6, 11, 30)),  # three eighths of a Saturday's four hours
    (at(5, 18), 1, at(6, 14)),
    (at(6, 20), 1, at(8, 18)),
    (at(6, 11), 1, at(8, 11)),
    (at(1, 12), 6, at(8, 12)),
    (at(1, 12), 7, at(9, 12)),
]


@pytest.mark.parametrize(("start", "days", "due"), WORKING_DAYS)
def test_a_day_is_a_working_day(start: datetime, days: int, due: datetime) -> None:
    assert SHOP.add(start, Term(days)) == due


def test_a_day_is_something_else_than_twenty_four_hours() -> None:
    assert SHOP.add(at(1, 12), Term(1)) == at(2, 12)
    assert SHOP.add(at(1, 12), Term(time=DAY)) == at(4, 12)
    assert SHOP.add(at(1, 12), Term(1, 2 * HOUR)) == at(2, 15)


def test_a_third_of_a_term_is_a_part_of_a_day() -> None:
    assert Term(time=15 * MINUTE) / 3 == Term(time=5 * MINUTE)
    assert SHOP.add(at(1, 9), Term(1) / 4) == at(1, 11)
    assert SHOP.add(at(1, 17), Term(2) / 4) == at(2, 12)
    assert ROUND_THE_CLOCK.add(at(1, 12), Term(1) / 3) == at(1, 20)


def test_an_hour_that_spring_skips_is_not_worked() -> None:
    night = every_day(shift(1, 5))  # on 29 March 2026 02:00 becomes 03:00
    assert night.between(at(29, 0, month=3), at(29, 12, month=3)) == 3 * HOUR
    assert night.add(at(29, 1, 30, month=3), HOUR) == at(29, 3, 30, month=3)


def test_a_shift_whose_beginning_spring_skips_begins_at_the_jump() -> None:
    night = every_day(shift(2.5, 5))
    assert night.next_open(at(29, 0, month=3)) == at(29, 3, month=3)
    assert night.add(at(29, 0, month=3), HOUR) == at(29, 4, month=3)


def test_a_shift_that_spring_skips_whole_makes_no_working_day() -> None:
    early = every_day(shift(2, 3))
    assert early.next_open(at(29, 0, month=3)) == at(30, 2, month=3)
    assert early.add(at(28, 2, 30, month=3), Term(1)) == at(30, 2, 30, month=3)


def test_an_hour_that_autumn_repeats_is_worked_twice() -> None:
    night = every_day(shift(1, 5))  # on 25 October 2026 03:00 becomes 02:00
    assert night.between(at(25, 0, month=10), at(25, 12, month=10)) == 5 * HOUR
    second_half_past_two = at(25, 2, 30, month=10).replace(fold=1)
    assert night.add(at(25, 1, 30, month=10), 2 * HOUR) == second_half_past_two.astimezone(UTC)


def test_half_an_hour_on_lord_howe_is_repeated_too() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")  # on 5 April 2026 02:00 becomes 01:30
    night = every_day(shift(1, 3), zone=zone)
    midnight = datetime(2026, 4, 5, tzinfo=zone)
    assert night.between(midnight, midnight + 12 * HOUR) == 2.5 * HOUR


def test_a_day_that_never_was_is_no_working_day() -> None:
    zone = ZoneInfo("Pacific/Apia")  # had no 30 December in 2011, a Friday
    office = every_day(shift(9, 17), zone=zone)
    thursday = datetime(2011, 12, 29, 12, tzinfo=zone)
    assert office.add(thursday, Term(1)) == datetime(2011, 12, 31, 12, tzinfo=zone)
    assert office.add(thursday, 8 * HOUR) == datetime(2011, 12, 31, 12, tzinfo=zone)


@pytest.mark.parametrize(
    "closed",
    [
        hours(mon=()),
        replace(SHOP, days_off=lambda year: frozenset(_days_of(year))),
    ],
    ids=["no shift", "all days off"],
)
def test_where_nobody_ever_works_it_is_said_and_not_sought_for_ever(closed: Hours) -> None:
    with pytest.raises(NeverOpen):
        closed.next_open(at(1, 9))
    with pytest.raises(NeverOpen):
        closed.add(at(1, 9), MINUTE)
    with pytest.raises(NeverOpen):
        closed.add(at(1, 9), Term(1))
    assert not closed.is_open(at(1, 9))
    assert closed.between(at(1, 9), at(1, 9, month=12)) == timedelta(0)


def test_after_a_year_without_work_it_goes_on() -> None:
    back = replace(SHOP, days_off=lambda year: frozenset(_days_of(year) if year == 2027 else ()))
    new_years_eve = datetime(2026, 12, 31, 18, tzinfo=MADRID)
    assert back.add(new_years_eve, HOUR) == datetime(2028, 1, 1, 11, tzinfo=MADRID)


def _days_of(year: int) -> Iterator[date]:
    return (date(year, 1, 1) + number * DAY for number in range(366))


@pytest.mark.parametrize("duration", [timedelta(hours=2000), Term(300), timedelta(minutes=1)])
def test_a_year_is_counted_by_days_and_not_by_minutes(duration: timedelta | Term) -> None:
    asked = 0

    def days_off(_: int) -> frozenset[date]:
        nonlocal asked
        asked += 1
        return frozenset()

    shop = replace(SHOP, days_off=days_off)
    days = (shop.add(at(1, 9), duration) - at(1, 9)) / DAY
    assert asked <= 4 * days + 8


# --- against a count of single minutes ---

ZONES = (
    "Europe/Madrid",
    "America/New_York",
    "Europe/Moscow",
    "America/Sao_Paulo",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
FROM, TO = datetime(2010, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
WEEK = 7 * 24 * 60


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The days of these years, by their beginning in UTC, in which the clocks change."""
    days = [FROM + number * DAY for number in range((TO - FROM).days)]
    info = ZoneInfo(zone)
    return tuple(
        day
        for day in days
        if day.astimezone(info).utcoffset() != (day + DAY).astimezone(info).utcoffset()
    )


@st.composite
def weeks(draw: st.DrawFn) -> dict[int, tuple[Shift, ...]]:
    """Shifts at quarters of an hour, many in Sunday's night, where clocks like to change."""
    quarter = st.one_of(st.integers(0, WEEK // 15 - 1), st.integers(6 * 96 - 8, 6 * 96 + 24))
    points = sorted(15 * one for one in draw(st.lists(quarter, min_size=2, max_size=24)))
    if draw(st.booleans()):
        points = [*points[1:], points[0] + WEEK]
    week: dict[int, tuple[Shift, ...]] = {}
    for opens, closes in zip(points[::2], points[1::2], strict=False):
        if 0 < closes - opens <= 1440:
            day, minute = divmod(opens, 1440)
            one = Shift(minute * MINUTE, (minute + closes - opens) * MINUTE)
            week[day] = (*week.get(day, ()), one)
    return week or {0: SPLIT}


@st.composite
def situations(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """Some team's hours and a moment, a whole minute, mostly near a change of its clocks."""
    zone = draw(st.sampled_from(ZONES))
    anywhere = st.datetimes(FROM.replace(tzinfo=None), TO.replace(tzinfo=None)).map(
        lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
    )
    near = st.builds(
        lambda day, minutes: day + minutes * MINUTE,
        st.sampled_from(changes(zone)),
        st.integers(-3 * 1440, 2 * 1440),
    )
    moment = draw(st.one_of(near, near, anywhere))
    off = draw(st.sets(st.integers(-3, 9), max_size=3).map(sorted))
    days_off = frozenset(moment.date() + number * DAY for number in off)
    found = Hours(draw(weeks()), lambda _: days_off, ZoneInfo(zone))
    return found, moment


def working_day(found: Hours, moment: datetime) -> date | None:
    """The day to which the minute that begins then belongs, if somebody works in it."""
    shown = moment.astimezone(found.timezone).replace(tzinfo=None)
    for day in (shown.date(), shown.date() - DAY):
        passed = shown - datetime(day.year, day.month, day.day)
        shifts = found.week.get(day.weekday(), ())
        if day not in found.days_off(day.year) and any(
            one.opens <= passed < one.closes for one in shifts
        ):
            return day
    return None


def minutes(since: datetime, count: int) -> Iterator[datetime]:
    return (since + number * MINUTE for number in range(count))


@given(situations(), st.integers(1, 4 * 1440))
@settings(max_examples=50, deadline=None)
def test_the_time_between_is_the_minutes_in_which_somebody_works(
    situation: tuple[Hours, datetime], count: int
) -> None:
    found, start = situation
    worked = sum(working_day(found, one) is not None for one in minutes(start, count))
    assert found.between(start, start + count * MINUTE) == worked * MINUTE


@given(situations(), st.integers(1, 24 * 60))
@settings(max_examples=50, deadline=None)
def test_a_term_ends_when_so_many_minutes_were_worked(
    situation: tuple[Hours, datetime], term: int
) -> None:
    found, start = situation
    worked = 0
    for one in minutes(start, 4 * 1440):
        worked += working_day(found, one) is not None
        if worked == term:
            assert found.add(start, term * MINUTE) == one + MINUTE
            return
    assert found.add(start, term * MINUTE) > start + 4 * DAY


@given(situations())
@settings(max_examples=50, deadline=None)
def test_open_is_what_the_clock_shows_as_open(situation: tuple[Hours, datetime]) -> None:
    found, start = situation
    day = list(minutes(start, 300))
    expected = [working_day(found, one) is not None for one in day]
    assert [found.is_open(one) for one in day] == expected
    if any(expected):
        assert found.next_open(start) == day[expected.index(True)]
    else:
        assert found.next_open(start) >= start + 300 * MINUTE


@given(situations(), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_working_days_are_counted_like_the_minutes_of_each(
    situation: tuple[Hours, datetime], days: int
) -> None:
    found, start = situation
    worked: dict[date, list[datetime]] = {}
    for one in minutes(start - 2 * DAY, 6 * 1440):
        if (day := working_day(found, one)) is not None:
            worked.setdefault(day, []).append(one)
    seen_whole = [day for day in sorted(worked) if worked[day][-1] < start + 3 * DAY]
    ahead = [day for day in seen_whole if worked[day][-1] + MINUTE > start]
    if len(ahead) <= days:
        return  # it ends after what was counted
    today = worked[ahead[0]]
    over = Fraction(sum(one < start for one in today), len(today))
    last = worked[ahead[days] if over else ahead[days - 1]]
    needed = (over or 1) * len(last)
    whole, part = divmod(needed, 1)
    due = (
        last[int(whole)] + int(part * 60_000_000) * timedelta.resolution
        if part
        else (last[int(whole) - 1] + MINUTE)
    )
    assert found.add(start, Term(days)) == due


# --- what must hold for any moment and any term ---

INSTANTS = st.timedeltas(timedelta(0), 5 * DAY)
TERMS = st.timedeltas(timedelta.resolution, 400 * HOUR)


@given(situations(), INSTANTS, TERMS)
@settings(max_examples=60, deadline=None)
def test_between_tells_what_was_added(
    situation: tuple[Hours, datetime], later: timedelta, term: timedelta
) -> None:
    found, start = situation[0], situation[1] + later
    due = found.add(start, term)
    assert found.between(start, due) == term
    assert found.between(start, due - timedelta.resolution) < term


@given(situations(), INSTANTS, TERMS, TERMS)
@settings(max_examples=60, deadline=None)
def test_two_terms_one_after_the_other_are_one(
    situation: tuple[Hours, datetime], later: timedelta, one: timedelta, other: timedelta
) -> None:
    found, start = situation[0], situation[1] + later
    assert found.add(found.add(start, one), other) == found.add(start, one + other)


@given(situations(), INSTANTS, INSTANTS, st.integers(0, 12), TERMS)
@settings(max_examples=60, deadline=None)
def test_who_starts_later_or_has_longer_is_due_later(
    situation: tuple[Hours, datetime],
    one: timedelta,
    other: timedelta,
    days: int,
    term: timedelta,
) -> None:
    found, moment = situation
    early, late = sorted((moment + one, moment + other))
    assert early <= found.add(early, Term(days, term)) <= found.add(late, Term(days, term))
    assert found.add(early, Term(days, term)) <= found.add(early, Term(days + 1, term))
    assert found.add(early, Term(days)) <= found.add(early, Term(days, term))
