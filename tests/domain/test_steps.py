"""The moments of a next step: as a team's day is, over week-ends, and when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import steps
from bot.domain.hours import Hours, Shift
from bot.domain.steps import Near

MADRID = ZoneInfo("Europe/Madrid")
HOUR = timedelta(hours=1)


def team(opens: float, closes: float, days: range = range(5), *off: date) -> Hours:
    """Open between these hours from Monday to Friday, in Madrid."""
    week = dict.fromkeys(days, (Shift(opens * HOUR, closes * HOUR),))
    return Hours(week, lambda _: frozenset(off), MADRID)


OFFICE = team(9, 18)
SHOP = team(10, 22, range(7))
NIGHT = team(20, 28)
ROUND_THE_CLOCK = Hours({}, lambda _: frozenset(), MADRID)


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> datetime:
    """A time in Madrid in June 2026, whose first is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=MADRID)


# --- said in words ---


def test_in_an_hour_is_when_the_team_opens_if_it_is_closed_by_then() -> None:
    assert steps.in_an_hour(at(1, 12, 34), OFFICE) == at(1, 13, 34)
    assert steps.in_an_hour(at(1, 17, 30), OFFICE) == at(2, 9)
    assert steps.in_an_hour(at(5, 17, 30), OFFICE) == at(8, 9)


@pytest.mark.parametrize(
    ("hours", "now", "evening"),
    [
        (ROUND_THE_CLOCK, at(1, 12), at(1, 18)),
        (OFFICE, at(1, 12), at(1, 17)),
        (SHOP, at(1, 12), at(1, 18)),
        (SHOP, at(1, 18, 10), at(1, 19)),
        (SHOP, at(1, 20, 50), None),
        (OFFICE, at(1, 16, 40), None),
        (OFFICE, at(6, 12), None),
        (team(9, 14), at(1, 9), None),
        (NIGHT, at(1, 12), at(1, 20)),
    ],
)
def test_the_evening_is_the_last_of_the_working_day(
    hours: Hours, now: datetime, evening: datetime | None
) -> None:
    assert steps.this_evening(now, hours) == evening


@pytest.mark.parametrize(
    ("hours", "now", "morning"),
    [
        (ROUND_THE_CLOCK, at(1, 12), at(2, 10)),
        (OFFICE, at(1, 0, 5), at(2, 10)),
        (OFFICE, at(5, 12), at(8, 10)),
        (team(11, 19), at(1, 12), at(2, 11)),
        (team(6, 9), at(1, 12), at(2, 6)),
        (NIGHT, at(1, 12), at(2, 20)),
        (team(9, 18, range(5), date(2026, 6, 2)), at(1, 12), at(3, 10)),
    ],
)
def test_tomorrow_morning_is_on_the_next_working_day(
    hours: Hours, now: datetime, morning: datetime
) -> None:
    assert steps.tomorrow_morning(now, hours) == morning


def test_ten_in_the_morning_is_ten_after_the_clocks_have_changed() -> None:
    assert steps.tomorrow_morning(at(28, 12, month=3), ROUND_THE_CLOCK) == datetime(
        2026, 3, 29, 8, tzinfo=UTC
    )
    assert steps.tomorrow_morning(at(24, 12, month=10), ROUND_THE_CLOCK) == datetime(
        2026, 10, 25, 9, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("hours", "now", "week", "month", "quarter"),
    [
        (ROUND_THE_CLOCK, at(1, 12), at(8, 10), at(1, 10, month=7), at(1, 10, month=9)),
        (OFFICE, at(6, 23), at(15, 10), at(6, 10, month=7), at(7, 10, month=9)),
        (OFFICE, at(30, 8, month=11), at(7, 10, month=12), at(30, 10, month=12), None),
    ],
)
def test_far_moments_are_mornings_of_working_days(
    hours: Hours, now: datetime, week: datetime, month: datetime, quarter: datetime | None
) -> None:
    assert steps.in_days(now, 7, hours) == week
    assert steps.in_months(now, 1, hours) == month
    assert quarter is None or steps.in_months(now, 3, hours) == quarter


def test_a_shorter_month_ends_sooner() -> None:
    january = datetime(2027, 1, 31, 12, tzinfo=MADRID)
    found = steps.in_months(january, 1, ROUND_THE_CLOCK)
    assert found == datetime(2027, 2, 28, 10, tzinfo=MADRID)
    november = datetime(2026, 11, 30, 12, tzinfo=MADRID)
    found = steps.in_months(november, 3, ROUND_THE_CLOCK)
    assert found == datetime(2027, 2, 28, 10, tzinfo=MADRID)


# --- chosen from a calendar ---


def test_working_hours_are_offered_first_and_past_ones_never() -> None:
    first, others = steps.hours_of(date(2026, 6, 2), at(1, 12), OFFICE)
    assert first == tuple(range(9, 18))
    assert set(others) == set(range(24)) - set(first)
    assert steps.hours_of(date(2026, 6, 1), at(1, 15), OFFICE) == ((16, 17), tuple(range(18, 24)))


def test_where_the_hours_say_nothing_the_waking_ones_are_offered() -> None:
    for day, hours in ((date(2026, 6, 2), ROUND_THE_CLOCK), (date(2026, 6, 6), OFFICE)):
        first, others = steps.hours_of(day, at(1, 12), hours)
        assert first == tuple(range(8, 22))
        assert set(first) | set(others) == set(range(24))
    assert steps.hours_of(date(2026, 6, 1), at(1, 22, 30), OFFICE) == ((23,), ())


def test_an_hour_that_the_clocks_skip_is_not_offered_and_a_repeated_one_once() -> None:
    now = at(1, 12, month=3)
    first, others = steps.hours_of(date(2026, 3, 29), now, ROUND_THE_CLOCK)
    assert set(range(24)) - {*first, *others} == {2}
    assert steps.moment(date(2026, 3, 29), 2, MADRID) is None
    first, others = steps.hours_of(date(2026, 10, 25), now, ROUND_THE_CLOCK)
    assert sorted((*first, *others)) == list(range(24))
    assert steps.moment(date(2026, 10, 25), 2, MADRID) == datetime(2026, 10, 25, 0, tzinfo=UTC)


def test_the_calendar_begins_today_while_an_hour_of_it_is_left() -> None:
    assert steps.first_day(at(1, 22, 59), OFFICE) == date(2026, 6, 1)
    assert steps.first_day(at(1, 23, 1), OFFICE) == date(2026, 6, 2)


def test_a_month_shows_whole_weeks_without_what_is_past() -> None:
    weeks = steps.weeks(date(2026, 6, 1), date(2026, 6, 17), date(2027, 6, 17))
    assert [[day.day if day else 0 for day in week] for week in weeks] == [
        [0, 0, 17, 18, 19, 20, 21],
        [22, 23, 24, 25, 26, 27, 28],
        [29, 30, 0, 0, 0, 0, 0],
    ]


@given(st.dates(date(2026, 1, 1), date(2032, 12, 31)))
def test_paging_shows_every_day_of_a_year_once_and_comes_to_an_end(first: date) -> None:
    last = first + timedelta(days=365)
    seen: list[date] = []
    month: date | None = first
    before = None
    while month is not None:
        found = [day for week in steps.weeks(month, first, last) for day in week if day]
        assert found
        seen += found
        back, following = steps.months_around(month, first, last)
        assert back == (before.replace(day=1) if before else None)
        before, month = month, following
    assert seen == [first + timedelta(days=number) for number in range(366)]


# --- what its day is called ---


def test_a_far_step_is_tomorrow_then_today_then_due() -> None:
    due = at(10, 15)
    now = at(1, 12)
    names = []
    while now < due:
        then = steps.next_look(due, now, MADRID)
        names.append(steps.near(due, then, MADRID))
        now = then
    assert names == [Near.FAR, Near.TOMORROW, Near.TODAY]
    assert steps.near(due, None, MADRID) is Near.PAST


def test_what_is_due_at_midnight_is_tomorrow_until_then() -> None:
    due = at(2, 0)
    assert steps.next_look(due, at(1, 12), MADRID) == due
    assert steps.near(due, due, MADRID) is Near.TOMORROW


def test_a_day_with_another_length_has_its_own_midnight() -> None:
    due = at(29, 15, month=3)
    assert steps.next_look(due, at(28, 12, month=3), MADRID) == at(29, 0, month=3)
    assert steps.next_look(due, at(29, 0, month=3), MADRID) == due


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([OFFICE, SHOP, NIGHT, ROUND_THE_CLOCK]),
)
def test_what_is_offered_is_ahead_and_in_working_time(now: datetime, hours: Hours) -> None:
    offered = [steps.in_an_hour(now, hours), steps.tomorrow_morning(now, hours)]
    if (evening := steps.this_evening(now, hours)) is not None:
        offered.append(evening)
        assert evening.astimezone(MADRID).date() == now.astimezone(MADRID).date()
    assert all(one > now and hours.is_open(one) for one in offered)
