"""Working time: when the team is open, and when so much of it will have passed.

The team is open whenever its wall clock shows an opening hour of a working day. So an
hour that the clocks skip does not count, one that they repeat counts twice, and a shift
whose beginning they skip begins at the jump. A shift that runs past midnight belongs to
the day on which it begins, also into a day off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fractions import Fraction
from itertools import islice
from math import ceil

_DAY = timedelta(days=1)
_LOOK_AHEAD = 366  # closed days after which nobody will ever come

_Piece = tuple[datetime, datetime]
_Regime = tuple[datetime, datetime, timedelta]  # an offset from UTC, and how long it holds


class NeverOpen(Exception):
    """No working hour within 366 days: what is asked for will not come."""


@dataclass(frozen=True, slots=True)
class Term:
    """How long something may take: so many working days, then so much working time."""

    days: int | Fraction = 0
    time: timedelta = timedelta(0)

    def __truediv__(self, parts: int) -> Term:
        return Term(Fraction(self.days) / parts, self.time / parts)


@dataclass(frozen=True, slots=True)
class Shift:
    """Opening hours, as the clock's time since the day's midnight; up to 48 h if past the next."""

    opens: timedelta
    closes: timedelta


@dataclass(frozen=True, slots=True)
class Hours:
    """When a team works; all moments are aware, those returned in UTC.

    `week` has the shifts of each weekday, Monday = 0, in order and without overlap, those
    past midnight included; empty: round the clock. `days_off` gives the days off of a year.
    """

    week: Mapping[int, tuple[Shift, ...]]
    days_off: Callable[[int], frozenset[date]]
    timezone: tzinfo

    def is_open(self, at: datetime) -> bool:
        """Whether that moment is in working time; the one of closing is not."""
        at = at.astimezone(UTC)
        return not self.week or any(self._open(at, at + timedelta.resolution))

    def next_open(self, at: datetime) -> datetime:
        """That moment if it is in working time, else the next that is; raises NeverOpen."""
        at = at.astimezone(UTC)
        if not self.week:
            return at
        for opens, _ in self._openings(at):
            return opens
        raise NeverOpen

    def add(self, start: datetime, duration: timedelta | Term) -> datetime:
        """The first moment at which `duration` has passed since `start`; raises NeverOpen.

        Every day with working time is one working day, a short one too; parts of days
        count by the share of the day's working time. Round the clock a day is 24 hours.
        Durations are not negative.
        """
        term = duration if isinstance(duration, Term) else Term(time=duration)
        start = start.astimezone(UTC)
        if not self.week:
            return start + _part(_DAY, Fraction(term.days)) + term.time
        return self._after(self._after_days(start, term.days), term.time)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The working time that passes from `a` to `b`; negative if `b` is earlier."""
        a, b = a.astimezone(UTC), b.astimezone(UTC)
        if not self.week:
            return b - a
        if b < a:
            return -self.between(b, a)
        windows = (a + number * _DAY for number in range(ceil((b - a) / _DAY)))
        return _length(
            piece for since in windows for piece in self._open(since, min(b, since + _DAY))
        )

    def _after(self, start: datetime, rest: timedelta) -> datetime:
        if not rest:
            return start
        for opens, closes in self._openings(start):
            if rest <= closes - opens:
                return opens + rest
            rest -= closes - opens
        raise NeverOpen

    def _after_days(self, start: datetime, days: int | Fraction) -> datetime:
        if not days:
            return start
        ahead = self._working_days(start)
        today = next(ahead, None)
        if today is None:
            raise NeverOpen
        target = _share(today, start) + days
        whole = ceil(target) - 1  # the end of a day rather than the beginning of the next
        last = next(islice(ahead, whole - 1, None), None) if whole else today
        if last is None:
            raise NeverOpen
        return _moment(last, target - whole)

    def _openings(self, since: datetime) -> Iterator[_Piece]:
        """What is open from then on, in order; ends when it stays closed."""
        closed = 0
        while closed <= _LOOK_AHEAD:
            until = since + _DAY
            closed += 1
            for piece in self._open(since, until):
                closed = 0
                yield piece
            since = until

    def _working_days(self, at: datetime) -> Iterator[list[_Piece]]:
        """The working time of each working day that is not over; ends when all are off."""
        day = at.astimezone(self.timezone).date() - _DAY
        closed = 0
        while closed <= _LOOK_AHEAD:
            pieces = self._day(day)
            closed += 1
            if pieces and pieces[-1][1] > at:
                closed = 0
                yield pieces
            day += _DAY

    def _open(self, since: datetime, until: datetime) -> Iterator[_Piece]:
        """What is open within at most a day, in order."""
        for regime in _regimes(self.timezone, since, until):
            begins, ends, offset = regime
            day = (begins + offset).date() - _DAY
            while day <= (ends + offset).date():
                yield from self._pieces(day, regime)
                day += _DAY

    def _day(self, day: date) -> list[_Piece]:
        midnight = datetime.combine(day, time(), UTC)
        regimes = _regimes(self.timezone, midnight - _DAY, midnight + 3 * _DAY)
        return [piece for regime in regimes for piece in self._pieces(day, regime)]

    def _pieces(self, day: date, regime: _Regime) -> Iterator[_Piece]:
        """The real time of a day's shifts while an offset holds."""
        shifts = self.week.get(day.weekday())
        if not shifts or day in self.days_off(day.year):
            return
        begins, ends, offset = regime
        midnight = datetime.combine(day, time(), UTC) - offset
        for shift in shifts:
            opens, closes = max(begins, midnight + shift.opens), min(ends, midnight + shift.closes)
            if opens < closes:
                yield opens, closes


def _regimes(zone: tzinfo, since: datetime, until: datetime) -> list[_Regime]:
    """The zone's offsets over a few days, in which the clocks change once at most."""
    before, after = _offset(zone, since), _offset(zone, until)
    if before == after:
        return [(since, until, before)]
    jump = _jump(zone, since, until)
    return [(since, jump, before), (jump, until, after)]


def _jump(zone: tzinfo, since: datetime, until: datetime) -> datetime:
    """The moment, a whole second, at which the clocks change."""
    before = _offset(zone, since)
    low, high = int(since.timestamp()), ceil(until.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, datetime.fromtimestamp(middle, UTC)) == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _share(pieces: list[_Piece], at: datetime) -> Fraction:
    """How much of a day's working time is over at a moment."""
    past = _length((opens, min(closes, at)) for opens, closes in pieces if opens < at)
    return Fraction(past // timedelta.resolution, _length(pieces) // timedelta.resolution)


def _moment(pieces: list[_Piece], share: Fraction) -> datetime:
    """When so much of a day's working time, all at most, is over."""
    rest = _part(_length(pieces), share)
    for opens, closes in pieces:
        if rest <= closes - opens:
            return opens + rest
        rest -= closes - opens
    return pieces[-1][1]


def _part(length: timedelta, share: Fraction) -> timedelta:
    return int(length // timedelta.resolution * share) * timedelta.resolution


def _length(pieces: Iterable[_Piece]) -> timedelta:
    return sum((closes - opens for opens, closes in pieces), timedelta(0))
