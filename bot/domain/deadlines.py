"""What somebody must do about a lead, by when, and who is reminded of it in which order: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.hours import Hours, Term
from bot.domain.lead import State


class Kind(StrEnum):
    """What is awaited."""

    TAKE = "take"  # that somebody takes a free lead
    FIRST_REPLY = "first_reply"  # the first human answer
    NEXT_REPLY = "next_reply"  # a human answer to what the customer wrote after the last one
    CLOSE = "close"  # that a taken lead is rejected or converted


class Rung(StrEnum):
    """Who hears that a deadline has passed; they hear one after the other."""

    CARD = "card"  # whoever reads the lead's card
    MANAGER = "manager"  # who has it, under its card and in private
    CHAT = "chat"  # the whole team
    SUPERVISORS = "supervisors"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about a lead's deadlines.

    `waits`: an answered customer has written since. `can_write`: a messenger leads back from
    them, so that it can be their turn.
    """

    state: State
    answered: bool = False
    waits: bool = False
    can_write: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a lead's deadlines; each kind is named at most once.

    `start` begins anew what is open already, `start_paused` begins while nothing is due.
    """

    start: frozenset[Kind] = frozenset()
    start_paused: frozenset[Kind] = frozenset()
    stop: frozenset[Kind] = frozenset()
    pause: frozenset[Kind] = frozenset()
    resume: frozenset[Kind] = frozenset()


def awaited(facts: Facts) -> Mapping[Kind, bool]:
    """What somebody must do about a lead now, and whether its time runs or is paused."""
    if facts.state is State.NEW:
        return {Kind.TAKE: True}
    if facts.state is not State.TAKEN:
        return {}
    if not facts.answered:
        return {Kind.FIRST_REPLY: True, Kind.CLOSE: True}
    if facts.waits:
        return {Kind.NEXT_REPLY: True, Kind.CLOSE: True}
    return {Kind.CLOSE: not facts.can_write}


def change(standing: Mapping[Kind, bool], facts: Facts, *, handed: bool = False) -> Change:
    """The way from the open deadlines, each running or paused, to what is awaited.

    Whoever is `handed` a lead has time of their own to answer.
    """
    wanted = awaited(facts)
    anew = {Kind.FIRST_REPLY, Kind.NEXT_REPLY} & wanted.keys() if handed else set()
    fresh = (wanted.keys() - standing.keys()) | anew
    kept = (wanted.keys() & standing.keys()) - anew
    return Change(
        start=frozenset(kind for kind in fresh if wanted[kind]),
        start_paused=frozenset(kind for kind in fresh if not wanted[kind]),
        stop=frozenset(standing.keys() - wanted.keys()),
        pause=frozenset(kind for kind in kept if standing[kind] and not wanted[kind]),
        resume=frozenset(kind for kind in kept if wanted[kind] and not standing[kind]),
    )


def answer_by(hours: Hours, now: datetime, since: datetime, term: Term) -> datetime:
    """By when whoever was just handed a lead must answer what waits since then.

    Who gets it late still has a fair moment.
    """
    return max(hours.add(since, term), hours.add(now, term / 3))


def resumed(hours: Hours, now: datetime, due_at: datetime, paused_at: datetime) -> datetime:
    """When something is due whose time stood still; what was late already is late at once."""
    if due_at <= paused_at:
        return now
    return hours.add(now, hours.between(paused_at, due_at))


def rungs(kind: Kind) -> tuple[Rung, ...]:
    """Who hears of it, in this order."""
    if kind is Kind.TAKE:
        return (Rung.CARD, Rung.SUPERVISORS)
    return (Rung.MANAGER, Rung.CHAT, Rung.SUPERVISORS)


def patience(kind: Kind, step: int, term: Term) -> Term | None:
    """How long after this step the next one follows; None after the last.

    The supervisors hear when the time allowed has passed once more.
    """
    left = len(rungs(kind)) - 1
    return term / left if step < left else None
