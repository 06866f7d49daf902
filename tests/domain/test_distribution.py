"""Who is offered a lead: fair turns, nobody who is away or has enough, and always the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.distribution import Colleague, Past, Queue, Scheme, choose

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BORIS, DASHA, VERA = 1, 2, 3
OFFERING = [scheme for scheme in Scheme if scheme is not Scheme.CLAIM]

schemes = st.sampled_from(OFFERING)
moments = st.none() | st.integers(0, 50).map(lambda minutes: NOON + timedelta(minutes=minutes))
colleagues = st.builds(
    Colleague,
    staff=st.integers(1, 9),
    open=st.integers(0, 4),
    offered=st.integers(0, 2),
    last=moments,
)
teams = st.lists(colleagues, max_size=6, unique_by=lambda one: one.staff)
pasts = st.builds(
    Past,
    had=st.frozensets(st.integers(1, 9), max_size=3),
    offers=st.integers(0, 4),
    waited=st.booleans(),
    known=st.none() | st.integers(1, 9),
)


def asked(
    team: list[Colleague],
    past: Past = Past(),  # noqa: B008 - it is frozen
    scheme: Scheme = Scheme.ROUND_ROBIN,
    *,
    offers: int = 3,
    max_open: int = 0,
) -> int | Queue:
    return choose(scheme, team, past, offers=offers, max_open=max_open)


def on(staff: int, minutes: int | None = None, **more: int) -> Colleague:
    last = None if minutes is None else NOON + timedelta(minutes=minutes)
    return Colleague(staff, last=last, **more)


@dataclass
class Day:
    """A day's leads, one after the other; who takes a break is off for some of them."""

    counts: Counter[int] = field(default_factory=Counter)
    last: dict[int, datetime] = field(default_factory=dict)

    def lead(self, number: int, there: set[int]) -> None:
        team = [Colleague(one, last=self.last.get(one)) for one in there]
        found = asked(team)
        assert not isinstance(found, Queue)
        self.counts[found] += 1
        self.last[found] = NOON + timedelta(minutes=number)


@given(
    size=st.integers(1, 7),
    always=st.integers(1, 7),
    breaks=st.lists(st.frozensets(st.integers(1, 7)), max_size=60),
)
def test_those_always_on_get_as_many_but_for_one(
    size: int, always: int, breaks: list[frozenset[int]]
) -> None:
    everybody, steady = range(1, size + 1), set(range(1, min(always, size) + 1))
    day = Day()
    for number, away in enumerate(breaks):
        day.lead(number, steady | (set(everybody) - away))
        counts = [day.counts[one] for one in steady]
        assert max(counts) - min(counts) <= 1


@given(scheme=schemes, team=teams, past=pasts, max_open=st.integers(0, 3))
def test_nobody_gets_one_who_is_full_or_had_it(
    scheme: Scheme, team: list[Colleague], past: Past, max_open: int
) -> None:
    found = asked(team, past, scheme, max_open=max_open)
    if not isinstance(found, Queue):
        (one,) = [one for one in team if one.staff == found]
        assert one.staff not in past.had
        assert not max_open or one.open < max_open
        assert not (past.waited and one.offered)
        assert past.offers < 3


@given(scheme=schemes, team=teams, past=pasts, max_open=st.integers(0, 3))
def test_a_lead_goes_to_nobody_only_when_nobody_could_have_it(
    scheme: Scheme, team: list[Colleague], past: Past, max_open: int
) -> None:
    found = asked(team, past, scheme, max_open=max_open)
    others = [one for one in team if one.staff not in past.had]
    match found:
        case Queue.NOBODY:
            assert not team
        case Queue.BUSY:
            full = [max_open and one.open >= max_open for one in others]
            assert all(full) or past.waited
        case Queue.PASSED:
            assert past.offers >= 3 or (team and not others and past.offers)
        case Queue.FREE:
            assert team
            assert not others
            assert not past.offers


@given(scheme=schemes, team=teams, past=pasts, shuffled=st.randoms())
def test_the_same_team_is_asked_the_same_in_whatever_order(
    scheme: Scheme, team: list[Colleague], past: Past, shuffled: object
) -> None:
    other = list(team)
    shuffled.shuffle(other)  # type: ignore[attr-defined]
    assert asked(team, past, scheme) == asked(other, past, scheme)


@given(team=teams, known=st.integers(1, 9))
def test_sticky_is_who_had_the_customer_or_else_the_next(team: list[Colleague], known: int) -> None:
    found = asked(team, Past(known=known), Scheme.STICKY, max_open=3)
    could = any(one.staff == known and one.open < 3 for one in team)
    assert found == (known if could else asked(team, max_open=3))


@given(team=teams)
def test_least_loaded_has_the_fewest(team: list[Colleague]) -> None:
    found = asked(team, scheme=Scheme.LEAST_LOADED)
    loads = {one.staff: one.open for one in team}
    assert isinstance(found, Queue) or loads[found] == min(loads.values())


def test_whoever_takes_it_is_not_asked() -> None:
    assert asked([on(BORIS)], scheme=Scheme.CLAIM) is Queue.FREE


def test_who_was_never_asked_comes_first_then_who_waits_longest() -> None:
    assert asked([on(BORIS, 5), on(DASHA, 3), on(VERA)]) == VERA
    assert asked([on(BORIS, 5), on(DASHA, 3), on(VERA, 8)]) == DASHA


def test_of_equally_loaded_the_one_who_waits_longest_is_asked() -> None:
    team = [on(BORIS, 5, open=1), on(DASHA, 3, open=1), on(VERA, 1, open=2)]
    assert asked(team, scheme=Scheme.LEAST_LOADED) == DASHA


def test_after_the_last_offer_it_is_anybodys() -> None:
    team = [on(BORIS), on(DASHA), on(VERA)]
    assert asked(team, Past({BORIS}, 1)) == DASHA
    assert asked(team, Past({BORIS, DASHA}, 2), offers=2) is Queue.PASSED


def test_who_alone_is_there_and_gave_it_back_is_not_asked_again() -> None:
    assert asked([on(BORIS)], Past({BORIS})) is Queue.FREE
    assert asked([on(BORIS)], Past({BORIS}, 1)) is Queue.PASSED


def test_the_queue_goes_one_by_one_to_who_has_no_offer() -> None:
    team = [on(BORIS, 1, open=1, offered=1), on(DASHA, 2)]
    assert asked(team) == BORIS
    assert asked(team, Past(waited=True)) == DASHA
    assert asked(team[:1], Past(waited=True)) is Queue.BUSY


def test_where_nobody_is_on_shift_nobody_is_asked() -> None:
    assert asked([]) is Queue.NOBODY
