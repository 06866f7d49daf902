"""The lead's life: its states, the actions people take, and the one table that joins them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from bot.domain.errors import Refusal, Refused


class State(StrEnum):
    """Where a lead stands."""

    NEW = "new"  # waits for a manager
    TAKEN = "taken"  # has a responsible manager
    REJECTED = "rejected"  # closed with a reason
    CONVERTED = "converted"  # closed as won, with a deal
    ABSORBED = "absorbed"  # went up in another lead of the same person


OPEN = frozenset({State.NEW, State.TAKEN})
CLOSED = frozenset({State.REJECTED, State.CONVERTED})


class Action(StrEnum):
    """What people do to a lead; the order is that of the card's buttons."""

    TAKE = "take"
    STEP = "step"
    ASSIGN = "assign"
    CONVERT = "convert"
    REJECT = "reject"
    RETURN = "return"
    REOPEN = "reopen"
    LATER = "later"


class Warmth(StrEnum):
    """How likely the lead is to become something, as a manager sees it."""

    UNKNOWN = ""
    COLD = "cold"
    WARM = "warm"
    HOT = "hot"


class Role(IntEnum):
    """What somebody may do; each role includes the ones before it."""

    STRANGER = 0
    MANAGER = 1  # free leads and their own
    DISPATCHER = 2  # gives out and takes back anybody's leads
    SUPERVISOR = 3  # anything on any lead


MAIN = "main"  # the desk that every installation has


class DealKind(StrEnum):
    """What a lead is converted into."""

    DEAL = "deal"
    TASK = "task"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody is asked to take a lead; until they do it stays new. Times are aware UTC."""

    id: int  # of its assignment
    staff: int
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Lead:
    """One interest of one customer. Times are aware UTC; `version` grows with every change."""

    id: int
    account: int
    person: int
    desk: str
    channel: str
    source: str
    state: State
    created_at: datetime
    version: int = 1
    repeat_of: int | None = None
    responsible: int | None = None  # staff id
    reason: str = ""
    first_words: str = ""
    taken_at: datetime | None = None
    answered_at: datetime | None = None  # first human answer
    closed_at: datetime | None = None
    absorbed_into: int | None = None  # the lead in which it went up
    warmth: Warmth = Warmth.UNKNOWN
    queued: str = ""  # why nobody is asked to take it, see distribution.Queue
    offer: Offer | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in OPEN

    @property
    def holder(self) -> int | None:
        """Who has it, or is asked to take it."""
        return self.offer.staff if self.offer and not self.responsible else self.responsible


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff about to act."""

    staff: int
    role: Role


@dataclass(frozen=True, slots=True)
class Transition:
    """An action's row: from which states, to which, and the role that suffices on anybody's lead.

    On a free lead, and on their own, every manager may act; what they are offered is
    theirs until they had time to take it.
    """

    action: Action
    sources: frozenset[State]
    target: State
    anybodys: Role
    otherwise: State | None = None  # where it goes when nobody is there to have it

    def target_for(self, somebody: bool) -> State:
        """The state that follows, by whether somebody is there to have the lead."""
        return self.target if somebody or self.otherwise is None else self.otherwise


TRANSITIONS: tuple[Transition, ...] = (
    Transition(Action.TAKE, frozenset({State.NEW}), State.TAKEN, Role.DISPATCHER),
    Transition(Action.STEP, frozenset({State.TAKEN}), State.TAKEN, Role.DISPATCHER),
    Transition(Action.ASSIGN, OPEN, State.TAKEN, Role.DISPATCHER),
    Transition(Action.CONVERT, OPEN, State.CONVERTED, Role.SUPERVISOR),
    Transition(Action.REJECT, OPEN, State.REJECTED, Role.SUPERVISOR),
    Transition(Action.RETURN, frozenset({State.TAKEN}), State.NEW, Role.DISPATCHER),
    Transition(Action.REOPEN, CLOSED, State.TAKEN, Role.MANAGER, otherwise=State.NEW),
    Transition(Action.LATER, frozenset({State.REJECTED}), State.REJECTED, Role.DISPATCHER),
)


@dataclass(frozen=True, slots=True)
class Passage:
    """What becomes of a lead when its customer is made one with another, or two again.

    Any manager may; the customer is what they decide about, whoever has the leads.
    """

    sources: frozenset[State]
    targets: frozenset[State]


MERGE = Passage(OPEN, frozenset({State.ABSORBED}))  # of two open leads one goes up in the other
SPLIT = Passage(frozenset({State.ABSORBED}), OPEN)  # and is as it was before

_BY_ACTION = {transition.action: transition for transition in TRANSITIONS}


def actions(state: State) -> tuple[Action, ...]:
    """What can be done in a state, in the order of the card's buttons."""
    return tuple(row.action for row in TRANSITIONS if state in row.sources)


def decide(lead: Lead, action: Action, actor: Actor) -> Transition:
    """The transition this actor may make now; raises Refused with the reason otherwise."""
    if actor.role < Role.MANAGER:
        raise Refused(Refusal.STRANGER)
    transition = _BY_ACTION[action]
    if lead.state not in transition.sources:
        raise Refused(_why_not(lead, action))
    _refuse_somebody_elses(lead, actor, transition.anybodys)
    return transition


def check_may_note(lead: Lead, actor: Actor) -> None:
    """Raise Refused unless this actor may note something on an open lead, such as its warmth."""
    if actor.role < Role.MANAGER:
        raise Refused(Refusal.STRANGER)
    if not lead.open:
        raise Refused(Refusal.ABSORBED if lead.state is State.ABSORBED else Refusal.CLOSED)
    _refuse_somebody_elses(lead, actor, Role.DISPATCHER)


def _refuse_somebody_elses(lead: Lead, actor: Actor, anybodys: Role) -> None:
    if lead.holder not in (None, actor.staff) and actor.role < anybodys:
        raise Refused(Refusal.NOT_YOURS if lead.responsible else Refusal.OFFERED)


def _why_not(lead: Lead, action: Action) -> Refusal:
    if lead.state in CLOSED:
        return Refusal.CLOSED
    if lead.state is State.ABSORBED:
        return Refusal.ABSORBED
    if action is Action.TAKE:
        return Refusal.TAKEN
    if action in (Action.REOPEN, Action.LATER):
        return Refusal.OPEN
    return Refusal.FREE
