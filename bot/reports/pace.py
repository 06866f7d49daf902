"""How long something took: percentiles by nearest rank, and nothing pretended of a few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.hours import Hours

FEW = 5  # fewer than that have no percentiles


@dataclass(frozen=True, slots=True)
class Pace:
    """Half of `count` took `p50` at most, nine of ten `p90`.

    Nearest rank: the smallest of the durations that at least so many per cent do not
    exceed, so always one that occurred. Fewer than FEW have none: they are told one by
    one, as `few`, shortest first.
    """

    count: int = 0
    p50: timedelta | None = None
    p90: timedelta | None = None
    few: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True)
class Paces:
    """The same in working time and by the clock on the wall."""

    working: Pace = Pace()
    clock: Pace = Pace()


def paces(hours: Hours, spans: Iterable[tuple[datetime, datetime]]) -> Paces:
    """How long it took from one moment to the other."""
    known = list(spans)
    clock = pace(end - begin for begin, end in known)
    if not hours.week:
        return Paces(clock, clock)
    return Paces(pace(hours.between(begin, end) for begin, end in known), clock)


def pace(durations: Iterable[timedelta]) -> Pace:
    """The percentiles of these."""
    ordered = sorted(durations)
    if len(ordered) < FEW:
        return Pace(len(ordered), few=tuple(ordered))
    return Pace(len(ordered), percentile(ordered, 50), percentile(ordered, 90))


def percentile(ordered: Sequence[timedelta], percent: int) -> timedelta:
    """By nearest rank; there must be at least one."""
    return ordered[-(-len(ordered) * percent // 100) - 1]
