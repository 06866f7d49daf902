"""What a lead awaits: a long list of stories, and any sequence of what may happen to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deadlines import (
    Change,
    Facts,
    Kind,
    Rung,
    answer_by,
    awaited,
    change,
    patience,
    resumed,
    rungs,
)
from bot.domain.hours import Hours, Shift, Term
from bot.domain.lead import State

MADRID = ZoneInfo("Europe/Madrid")
NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

NEW = Facts(State.NEW)
TAKEN = Facts(State.TAKEN)
ANSWERED = Facts(State.TAKEN, answered=True)
WAITS = Facts(State.TAKEN, answered=True, waits=True)
CLOSED = Facts(State.CONVERTED, answered=True)

Standing = dict[Kind, bool]


def after(standing: Standing, made: Change) -> Standing:
    """The open deadlines once the change was made; AssertionError if it cannot be."""
    left = dict(standing)
    for kind in made.stop:
        del left[kind]
    for kind in made.start - left.keys() | made.start_paused:
        assert kind not in left
    left |= dict.fromkeys(made.start, True) | dict.fromkeys(made.start_paused, False)
    for kind in made.pause:
        assert left[kind], f"{kind} is paused already"
        left[kind] = False
    for kind in made.resume:
        assert not left[kind], f"{kind} runs already"
        left[kind] = True
    return left


# --- stories ---


def test_a_lead_is_to_be_taken_then_answered_and_closed_in_the_end() -> None:
    standing = after({}, change({}, NEW))
    assert standing == {Kind.TAKE: True}
    made = change(standing, TAKEN, handed=True)
    assert made == Change(
        start=frozenset({Kind.FIRST_REPLY, Kind.CLOSE}), stop=frozenset({Kind.TAKE})
    )
    assert after(standing, made) == {Kind.FIRST_REPLY: True, Kind.CLOSE: True}


def test_after_an_answer_it_is_the_customers_turn_and_the_time_to_close_stands_still() -> None:
    made = change({Kind.FIRST_REPLY: True, Kind.CLOSE: True}, ANSWERED)
    assert made == Change(stop=frozenset({Kind.FIRST_REPLY}), pause=frozenset({Kind.CLOSE}))


def test_a_customer_who_writes_on_waits_for_the_next_answer() -> None:
    made = change({Kind.CLOSE: False}, WAITS)
    assert made == Change(start=frozenset({Kind.NEXT_REPLY}), resume=frozenset({Kind.CLOSE}))
    assert change({Kind.NEXT_REPLY: True, Kind.CLOSE: True}, WAITS) == Change()


def test_it_is_never_the_turn_of_a_customer_who_cannot_write() -> None:
    offline = Facts(State.TAKEN, answered=True, can_write=False)
    made = change({Kind.FIRST_REPLY: True, Kind.CLOSE: True}, offline)
    assert made == Change(stop=frozenset({Kind.FIRST_REPLY}))


def test_who_is_handed_a_lead_gets_time_of_their_own_to_answer() -> None:
    standing = {Kind.FIRST_REPLY: True, Kind.CLOSE: True}
    made = change(standing, TAKEN, handed=True)
    assert made == Change(start=frozenset({Kind.FIRST_REPLY}))
    assert change(standing, TAKEN) == Change()


def test_a_lead_that_is_returned_waits_to_be_taken_and_for_nothing_else() -> None:
    made = change({Kind.NEXT_REPLY: True, Kind.CLOSE: True}, NEW)
    both = frozenset({Kind.NEXT_REPLY, Kind.CLOSE})
    assert made == Change(start=frozenset({Kind.TAKE}), stop=both)


def test_of_a_closed_lead_nothing_is_awaited() -> None:
    assert change({Kind.CLOSE: False}, CLOSED) == Change(stop=frozenset({Kind.CLOSE}))


def test_a_free_lead_is_recalled_to_all_then_to_the_supervisors_when_the_time_is_over_twice() -> (
    None
):
    assert rungs(Kind.TAKE) == (Rung.CARD, Rung.SUPERVISORS)
    term = Term(time=10 * MINUTE)
    assert [patience(Kind.TAKE, step, term) for step in (0, 1)] == [term, None]


@pytest.mark.parametrize("kind", [Kind.FIRST_REPLY, Kind.NEXT_REPLY, Kind.CLOSE])
def test_a_taken_lead_is_recalled_to_its_manager_first(kind: Kind) -> None:
    assert rungs(kind) == (Rung.MANAGER, Rung.CHAT, Rung.SUPERVISORS)
    half = Term(time=5 * MINUTE)
    found = [patience(kind, step, Term(time=10 * MINUTE)) for step in range(3)]
    assert found == [half, half, None]


# --- any sequence ---

facts = st.builds(
    Facts,
    st.sampled_from(State),
    answered=st.booleans(),
    waits=st.booleans(),
    can_write=st.booleans(),
)


@given(st.lists(st.tuples(facts, st.booleans()), max_size=30))
def test_whatever_happens_what_stands_open_is_what_the_lead_awaits(
    happened: list[tuple[Facts, bool]],
) -> None:
    standing: Standing = {}
    for now, handed in happened:
        made = change(standing, now, handed=handed)
        named = [
            *(made.start | made.start_paused),
            *made.stop,
            *made.pause,
            *made.resume,
        ]
        assert len(named) == len(set(named)), "one deadline is changed twice"
        standing = after(standing, made)
        assert standing == awaited(now)
        assert change(standing, now) == Change(), "the same once more changes something"


@given(facts)
def test_only_what_fits_the_state_is_awaited(now: Facts) -> None:
    fitting = {
        State.NEW: {Kind.TAKE},
        State.TAKEN: {Kind.FIRST_REPLY, Kind.NEXT_REPLY, Kind.CLOSE},
    }
    found = awaited(now)
    assert found.keys() <= fitting.get(now.state, set())
    assert not {Kind.FIRST_REPLY, Kind.NEXT_REPLY} <= found.keys()
    assert all(found[kind] for kind in found if kind is not Kind.CLOSE)


# --- the working time that was left ---

WEEK = (Shift(9 * HOUR, 13 * HOUR), Shift(14 * HOUR, 18 * HOUR))


def office(zone: ZoneInfo, *off: date) -> Hours:
    """Open nine to six on weekdays but for lunch and these days."""
    return Hours(dict.fromkeys(range(5), WEEK), lambda year: frozenset(off), zone)


def guard(zone: ZoneInfo) -> Hours:
    """Open from ten in the evening until six in the morning, every day."""
    return Hours(
        dict.fromkeys(range(7), (Shift(22 * HOUR, 30 * HOUR),)), lambda _: frozenset(), zone
    )


def test_time_that_stood_still_goes_on_with_what_was_left_of_it() -> None:
    hours = office(MADRID)
    due_at = hours.add(datetime(2026, 6, 1, 9, tzinfo=MADRID), 6 * HOUR)
    assert due_at == datetime(2026, 6, 1, 16, tzinfo=MADRID)
    paused, now = (datetime(2026, 6, day, hour, tzinfo=MADRID) for day, hour in ((1, 12), (4, 17)))
    assert resumed(hours, now, due_at, paused) == datetime(2026, 6, 5, 11, tzinfo=MADRID)


def test_what_was_late_when_it_was_paused_is_late_at_once() -> None:
    now = datetime(2026, 6, 4, 17, tzinfo=UTC)
    assert resumed(office(MADRID), now, now - 9 * HOUR, now - 8 * HOUR) == now


moments = st.datetimes(datetime(2023, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)


@given(moments, st.integers(0, 400), st.integers(0, 100), st.integers(0, 10_000))
def test_a_pause_takes_nothing_of_the_working_time(
    start: datetime, minutes: int, used: int, away: int
) -> None:
    hours = office(MADRID, date(2024, 2, 29), date(2026, 12, 25))
    allowed, used = minutes * MINUTE, min(minutes, used)
    due_at = hours.add(start, allowed)
    paused_at = hours.add(start, used * MINUTE)
    now = paused_at + away * MINUTE
    again = resumed(hours, now, due_at, paused_at)
    assert again >= now
    assert hours.between(now, again) == hours.between(paused_at, due_at)


# --- nights and days that are not like others ---


@pytest.mark.parametrize(
    ("zone", "begins", "due"),
    [
        # The night has an hour less: eight hours of the clock are seven.
        (MADRID, datetime(2026, 3, 28, 23, tzinfo=MADRID), datetime(2026, 3, 29, 5, tzinfo=MADRID)),
        (
            NEW_YORK,
            datetime(2026, 3, 7, 23, tzinfo=NEW_YORK),
            datetime(2026, 3, 8, 5, tzinfo=NEW_YORK),
        ),
    ],
)
def test_in_the_night_that_loses_an_hour_it_is_not_worked(
    zone: ZoneInfo, begins: datetime, due: datetime
) -> None:
    term = Term(time=5 * HOUR)
    assert answer_by(guard(zone), begins, begins, term) == due


@pytest.mark.parametrize(
    ("zone", "begins", "due"),
    [
        (
            MADRID,
            datetime(2026, 10, 24, 23, tzinfo=MADRID),
            datetime(2026, 10, 25, 3, tzinfo=MADRID),
        ),
        (
            NEW_YORK,
            datetime(2026, 10, 31, 23, tzinfo=NEW_YORK),
            datetime(2026, 11, 1, 3, tzinfo=NEW_YORK),
        ),
    ],
)
def test_in_the_night_that_repeats_an_hour_it_is_worked_twice(
    zone: ZoneInfo, begins: datetime, due: datetime
) -> None:
    term = Term(time=5 * HOUR)
    assert answer_by(guard(zone), begins, begins, term) == due


def test_a_leap_day_is_a_working_day() -> None:
    hours = office(MADRID)
    monday = datetime(2028, 2, 28, 17, tzinfo=MADRID)
    assert hours.add(monday, Term(1)) == datetime(2028, 2, 29, 17, tzinfo=MADRID)
    assert hours.add(monday, 2 * HOUR) == datetime(2028, 2, 29, 10, tzinfo=MADRID)


def test_on_a_holiday_no_time_runs() -> None:
    hours = office(MADRID, date(2026, 10, 12))
    friday = datetime(2026, 10, 9, 17, tzinfo=MADRID)
    assert answer_by(hours, friday, friday, Term(time=2 * HOUR)) == datetime(
        2026, 10, 13, 10, tzinfo=MADRID
    )


def test_who_is_handed_a_lead_late_has_a_third_of_the_time() -> None:
    hours = office(MADRID)
    since, now = (datetime(2026, 6, day, 10, tzinfo=MADRID) for day in (1, 4))
    assert answer_by(hours, now, since, Term(time=3 * HOUR)) == now + HOUR
    assert answer_by(hours, since + HOUR, since, Term(time=3 * HOUR)) == since + 3 * HOUR
