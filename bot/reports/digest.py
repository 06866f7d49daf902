"""The digest as one record, from which its text, picture and JSON are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from bot.domain.lead import State
from bot.reports.basis import Basis
from bot.reports.pace import Paces, paces
from bot.reports.period import Period
from bot.reports.reasons import by_reason, naming
from bot.reports.team import ManagerFigures, team
from storage import deadlines, reports
from storage.reports import Arrival, Happened
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Counts:
    """How many leads; see `storage.reports` for what each word means."""

    received: int
    taken: int
    answered: int
    converted: int
    rejected: int
    unprocessed: int  # at the end of the period


@dataclass(frozen=True, slots=True)
class Tally:
    """So many leads of one channel, source or reason."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Rating:
    """What customers said when they were asked, from 1 to 5; of `count` answers."""

    count: int
    total: int

    @property
    def average(self) -> Fraction | None:
        """None when nobody answered."""
        return Fraction(self.total, self.count) if self.count else None


@dataclass(frozen=True, slots=True)
class Digest:
    """What happened in a period, and what is open now.

    `counts.unprocessed` is of now, as are `oldest` and `overdue`; `before` is the same for
    the time before, its `unprocessed` at its end. `missed` of the leads received have
    missed any deadline by now, those that nobody ever answered among them.
    """

    period: Period
    now: datetime
    counts: Counts
    before: Counts
    repeat: int  # of those received
    channels: tuple[Tally, ...]  # of those received; the most frequent first, as below
    sources: tuple[Tally, ...]  # of those received that have one
    reasons: tuple[Tally, ...]  # of those rejected; "" for none
    oldest: datetime | None  # when it came
    overdue: int
    missed: int
    to_take: Paces
    to_answer: Paces
    managers: tuple[ManagerFigures, ...]
    rating: Rating

    @property
    def anything(self) -> bool:
        """Whether there is something to tell."""
        c = self.counts
        happened = c.received + c.taken + c.answered + c.converted + c.rejected
        return bool(happened + c.unprocessed + self.rating.count)


async def digest(session: Session, period: Period, basis: Basis) -> Digest:
    """The figures of a period and of this moment."""
    since, until, now = period.since, period.until, basis.now
    arrived = await reports.arrivals(session, since, until)
    closed = await reports.closings(session, since, until)
    named = await naming(session, basis)
    taken = await reports.first_taken(session, since, until)
    answered = await reports.first_answered(session, since, until)
    waiting = await reports.open_at(session, now)
    late = set(await deadlines.overdue_leads(session, now))
    return Digest(
        period=period,
        now=now,
        counts=Counts(
            received=sum(one.received for one in arrived),
            taken=len(taken),
            answered=len(answered),
            converted=sum(one.count for one in closed if one.state is State.CONVERTED),
            rejected=sum(one.count for one in closed if one.state is State.REJECTED),
            unprocessed=len(waiting),
        ),
        before=await _before(session, period),
        repeat=sum(one.received for one in arrived if one.repeat),
        channels=_received_by(arrived, lambda one: basis.channel(one.channel)),
        sources=_received_by(arrived, lambda one: basis.source(one.source)),
        reasons=tuple(Tally(*pair) for pair in by_reason(closed, named)),
        oldest=waiting[0].created_at if waiting else None,
        overdue=sum(one.lead in late for one in waiting),
        missed=await reports.missed(session, since, until, now),
        to_take=paces(basis.hours, ((one.created_at, one.at) for one in taken)),
        to_answer=paces(basis.hours, ((one.created_at, one.at) for one in answered)),
        managers=await team(session, period, basis),
        rating=await _rating(session, since, until),
    )


async def _before(session: Session, period: Period) -> Counts:
    since, until = period.before
    counts = {what.value: await reports.count(session, what, since, until) for what in Happened}
    return Counts(**counts, unprocessed=len(await reports.open_at(session, until)))


def _received_by(
    arrived: Iterable[Arrival], name_of: Callable[[Arrival], str]
) -> tuple[Tally, ...]:
    counted: Counter[str] = Counter()
    for one in arrived:
        counted[name_of(one)] += one.received
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Tally(name, count) for name, count in ordered if name)


async def _rating(session: Session, since: datetime, until: datetime) -> Rating:
    """What is no number was said in another way, and does not count."""
    said = await reports.ratings(session, since, until)
    numbers = {int(answer): times for answer, times in said.items() if answer.isdecimal()}
    return Rating(sum(numbers.values()), sum(n * times for n, times in numbers.items()))
