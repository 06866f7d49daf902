"""What was set aside: events, calls and cards that failed for good, until somebody decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import EVENTS, FREE, OUTGOING, EventSetAside, Failure, Post, Priority
from storage.inbox import INTERNAL, add_events
from storage.schema import cards, cursors, inbox, outbox
from storage.session import Session

What = Literal["event", "call", "card"]
Ours = Callable[[str], bool]  # whether a channel is of those that are asked about

BETWEEN = timedelta(minutes=1)  # two notices; what is set aside meanwhile shares the second

_NOTICE = "set aside:"
_TOLD = "set aside"  # the row of `cursors` that keeps when the last notice was given

# Nobody of the team can do anything about these, or they are told in other ways.
_EXPECTED = frozenset(
    {
        Failure.BLOCKED,
        Failure.DENIED,
        Failure.GONE,
        Failure.LOST,
        Failure.TOO_LATE,
        Failure.TOO_LARGE,
        Failure.RIGHTS,
        Failure.MOVED,
    }
)
# A refused reply is told to its manager, and a refused answer to a press is past its time.
_TOLD_OTHERWISE = frozenset({*FREE, Priority.REPLY})


@dataclass(frozen=True, slots=True)
class Dead:
    """One thing that was set aside; `mark` is how people name it: 12, call:12, card:12."""

    what: What
    number: int
    channel: str
    at: datetime
    attempts: int
    reason: str

    @property
    def mark(self) -> str:
        """Events go by their number alone."""
        return mark(self.what, self.number)


class _Call(Protocol):
    @property
    def priority(self) -> Priority: ...
    @property
    def key(self) -> str: ...


def mark(what: What, number: int) -> str:
    """How people name it."""
    return str(number) if what == "event" else f"{what}:{number}"


def alarm_key(where: str) -> str:
    """The key of alarms to a chat: one that fails for good must raise no other."""
    return f"{where}/alarm"


def is_alarm(call: _Call) -> bool:
    """Whether it is an alarm."""
    return call.key.endswith(alarm_key(""))


def must_be_heard(call: _Call, reason: str) -> bool:
    """Whether a supervisor has to hear that this call failed for good."""
    if reason in _EXPECTED or is_alarm(call):
        return False
    return reason != Failure.REFUSED or call.priority not in _TOLD_OTHERWISE


async def tell(connection: AsyncConnection, found: Sequence[EventSetAside], now: datetime) -> None:
    """Let a handler hear of what was set aside: at once, or a minute after the last notice."""
    if not found:
        return
    told = await connection.execute(sa.select(cursors.c.value).where(cursors.c.channel == _TOLD))
    last = told.scalar()
    # A clock that was ahead once must not keep the next notice back.
    not_before = min(datetime.fromisoformat(last), now) + BETWEEN if last else now
    events: Mapping[str, EventSetAside] = {
        f"{_NOTICE}{one.what}:{one.number}:{now.isoformat()}": one for one in found
    }
    await add_events(connection, events, now, not_before=not_before)


async def take_notices(session: Session, now: datetime, ours: Ours) -> list[EventSetAside]:
    """What nobody was told of yet of `ours`, in order; from now on it counts as told."""
    rows = await session.rows(
        sa.select(inbox.c.id, inbox.c.body)
        .where(
            inbox.c.ended_at.is_(None),
            inbox.c.channel == INTERNAL,
            sa.func.substr(inbox.c.event_id, 1, len(_NOTICE)) == _NOTICE,
        )
        .order_by(inbox.c.id)
    )
    events = ((row.id, EVENTS.validate_python(row.body)) for row in rows)
    told = {
        number: event
        for number, event in events
        if isinstance(event, EventSetAside) and ours(event.channel)
    }
    for number in told:
        session.update(inbox, {"id": number}, state="done", ended_at=now)
    session.upsert(cursors, channel=_TOLD, value=now.isoformat())
    return list(told.values())


async def found(session: Session, ours: Ours = lambda _: True) -> list[Dead]:
    """All of `ours` that is set aside: events, calls, cards, each in order."""
    events = await session.rows(
        sa.select(inbox).where(inbox.c.state == "dead").order_by(inbox.c.id)
    )
    calls = await session.rows(sa.select(outbox).where(awaits_decision()).order_by(outbox.c.id))
    shown = await session.rows(sa.select(cards).where(*_FAILED_CARD).order_by(cards.c.id))
    every = [
        *(_dead("event", row, row.channel, row.ended_at) for row in events),
        *(_dead("call", row, row.channel, row.ended_at) for row in calls),
        *(_dead("card", row, row.chat.partition(":")[0], row.queued_at) for row in shown),
    ]
    return [one for one in every if ours(one.channel)]


def retry(session: Session, one: Dead, now: datetime) -> None:
    """Put it back in the queue, as if it had never been tried."""
    again: dict[str, Any] = {"attempts": 0, "not_before": None}
    if one.what == "event":
        session.update(inbox, _where(one, "dead"), state="new", ended_at=None, **again)
    elif one.what == "call":
        # Whoever asks for it wants it made, however late it is.
        values = again | {"state": "queued", "ended_at": None, "expires_at": None}
        session.update(outbox, _where(one, "failed"), **values)
    else:
        session.update(cards, _where(one, "failed"), state="queued", queued_at=now, **again)


def drop(session: Session, one: Dead) -> None:
    """End it for good: what remains is that it was, and why it failed."""
    if one.what == "event":
        session.update(inbox, _where(one, "dead"), state="dropped", body={})
    elif one.what == "call":
        empty = OUTGOING.dump_python(Post("", ()), mode="json")
        session.update(outbox, _where(one, "failed"), state="dropped", payload=empty)
    else:
        # Its next change is shown again, if it can be.
        session.update(cards, _where(one, "failed"), state="queued", shown=cards.c.wanted)


def replaced(session: Session, call: int) -> None:
    """Something else was said in place of a call that failed, so nobody needs to decide."""
    session.update(outbox, {"id": call, "state": "failed"}, state="replaced")


def awaits_decision() -> sa.ColumnElement[bool]:
    """Whether a call failed in a way that somebody may do something about."""
    otherwise = [priority.value for priority in _TOLD_OTHERWISE]
    return sa.and_(
        outbox.c.state == "failed",
        outbox.c.reason.not_in([failure.value for failure in _EXPECTED]),
        sa.or_(outbox.c.reason != Failure.REFUSED.value, outbox.c.priority.not_in(otherwise)),
    )


_FAILED_CARD = (cards.c.state == "failed", cards.c.wanted > cards.c.shown)


def _dead(what: What, row: Any, channel: str, at: datetime) -> Dead:
    return Dead(what, row.id, channel, at, row.attempts, row.reason)


def _where(one: Dead, state: str) -> dict[str, Any]:
    """Only while it is set aside: somebody else may have decided meanwhile."""
    return {"id": one.number, "state": state}
