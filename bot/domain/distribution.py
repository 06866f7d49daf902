"""Who is offered a new lead: the schemes of distribution, and why nobody may be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

_NEVER = datetime.min.replace(tzinfo=UTC)


class Scheme(StrEnum):
    """Who gets a new lead."""

    CLAIM = "claim"  # whoever takes it
    ROUND_ROBIN = "round_robin"  # everybody in turn
    LEAST_LOADED = "least_loaded"  # whoever has the fewest open leads
    STICKY = "sticky"  # who had the customer last, else everybody in turn


class Queue(StrEnum):
    """Why a lead is offered to nobody; whoever is there may take it."""

    FREE = ""  # nobody is to be asked
    NOBODY = "nobody"  # nobody is on shift
    BUSY = "busy"  # whoever is on shift has enough to do
    PASSED = "passed"  # it was offered often enough, or to all who are there


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody on shift, to whom leads may be given."""

    staff: int
    open: int = 0  # leads that they have or are offered
    offered: int = 0  # of these, those they have not taken yet
    last: datetime | None = None  # when they were offered one; aware

    def has_room(self, max_open: int) -> bool:
        """Whether they may be offered one more; 0: there is always room."""
        return not max_open or self.open < max_open

    def idle(self, max_open: int) -> bool:
        """Whether they are there for what waits in the queue: it goes to them one by one."""
        return not self.offered and self.has_room(max_open)


@dataclass(frozen=True, slots=True)
class Past:
    """What happened to a lead before: who had it or was offered it, and how many offers."""

    had: Collection[int] = ()
    offers: int = 0
    waited: bool = False  # it is in the queue, and goes to who has no other offer
    known: int | None = None  # who had the customer's lead before this one


def choose(
    scheme: Scheme, team: Sequence[Colleague], past: Past, *, offers: int, max_open: int
) -> int | Queue:
    """Whom to offer a lead to, or why nobody.

    At most `offers` are made of one lead; `max_open` leads are enough for one person, 0: never.
    """
    if scheme is Scheme.CLAIM:
        return Queue.FREE
    if past.offers >= offers:
        return Queue.PASSED
    if not team:
        return Queue.NOBODY
    others = [one for one in team if one.staff not in past.had]
    if not others:
        return Queue.PASSED if past.offers else Queue.FREE
    may = Colleague.idle if past.waited else Colleague.has_room
    left = [one for one in others if may(one, max_open)]
    return _first(scheme, left, past.known).staff if left else Queue.BUSY


def _first(scheme: Scheme, left: Sequence[Colleague], known: int | None) -> Colleague:
    if scheme is Scheme.STICKY:
        for one in left:
            if one.staff == known:
                return one
    if scheme is Scheme.LEAST_LOADED:
        return min(left, key=lambda one: (one.open, *_turn(one)))
    return min(left, key=_turn)


def _turn(one: Colleague) -> tuple[datetime, int]:
    """Whoever was asked longest ago is next, whatever happened to others meanwhile."""
    return (one.last or _NEVER, one.staff)
