"""What of a reply stands at the customer, or is on its way there, and changes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.messages import OUTGOING, Delete, Edit, Failure, Post, Priority, Text
from storage.schema import asking, outbox, places
from storage.session import Session

HOPELESS = frozenset({Failure.GONE.value, Failure.TOO_LARGE.value})  # it would fail again


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is to show words of a reply; `doubted` if it may have shown them already."""

    id: int
    post: Post
    state: str
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies of a reply in order: first those that stand in `shown`, by their ids.

    `busy` says that one is just being made.
    """

    shown: tuple[str, ...]
    waiting: tuple[Call, ...]
    busy: bool

    @property
    def doubted(self) -> bool:
        """Whether one of those that wait may stand there already."""
        return any(call.doubted for call in self.waiting)


@dataclass(frozen=True, slots=True)
class Change:
    """A call that changes or deletes the copy `message_id`, and what became of it so far."""

    id: int
    message_id: str
    state: str
    reason: str


async def of(session: Session, where: str, parts: Sequence[int]) -> Copies:
    """The copies of these messages in the chat of this address."""
    rows = await session.rows(
        sa.select(places.c.message_id).where(places.c.chat == where, places.c.message.in_(parts))
    )
    shown = sorted({row.message_id for row in rows}, key=int)
    calls = await session.rows(_posting(where, parts).where(outbox.c.ended_at.is_(None)))
    return Copies(tuple(shown), posts(filter(_waits, calls)), not all(map(_waits, calls)))


def undelivered() -> sa.ColumnElement[bool]:
    """The condition for calls to customers that are made again if somebody says so.

    Nobody knows whether they were made, or they were not and may be another time.
    """
    failed = sa.and_(outbox.c.state == "failed", outbox.c.reason.not_in(HOPELESS))
    return sa.and_(
        outbox.c.priority == Priority.REPLY.value,
        sa.or_(outbox.c.state.in_(("unknown", "expired")), failed),
    )


async def not_delivered(
    session: Session, where: str, parts: Sequence[int], since: datetime
) -> Sequence[Call]:
    """Calls that may be made again; `since` is when it was written."""
    query = _posting(where, parts).where(outbox.c.ended_at >= since, undelivered())
    return posts(await session.rows(query))


def posts(rows: Iterable[sa.Row[Any]]) -> tuple[Call, ...]:
    """Those of these calls that show words."""
    found = ((row, OUTGOING.validate_python(row.payload)) for row in rows)
    return tuple(
        Call(row.id, call, row.state, doubted=row.claimed_at is not None)
        for row, call in found
        if isinstance(call, Post)
    )


def reword(session: Session, call: Call, text: Text) -> None:
    """Let a call that waits say something else; Conflict at the flush once it waits no more."""
    payload = OUTGOING.dump_python(replace(call.post, text=text), mode="json")
    session.claim(_waiting(call).values(payload=payload))


def drop(session: Session, call: Call, now: datetime) -> None:
    """Let a call that waits not be made; Conflict at the flush once it waits no more.

    Or if by then it is in doubt whether it was made, and was not doubted before.
    """
    session.claim(_waiting(call).values(state="dropped", ended_at=now))


def reword_undelivered(session: Session, call: Call, text: Text) -> None:
    """Let a call that may be made again say something else then."""
    payload = OUTGOING.dump_python(replace(call.post, text=text), mode="json")
    session.update(outbox, {"id": call.id, "state": call.state}, payload=payload)


def forget_undelivered(session: Session, call: Call) -> None:
    """Let a call that may be made again not be; a button for it is then out of date."""
    empty = OUTGOING.dump_python(replace(call.post, text=(), attachments=()), mode="json")
    session.update(outbox, {"id": call.id, "state": call.state}, state="dropped", payload=empty)


async def changes(session: Session, asks: str) -> Sequence[Change]:
    """The calls with this mark that change copies, the earliest first."""
    rows = await session.rows(sa.select(outbox).where(*asking(asks)).order_by(outbox.c.id))
    return [
        Change(row.id, call.message_id, row.state, row.reason)
        for row in rows
        if isinstance(call := OUTGOING.validate_python(row.payload), Edit | Delete)
        and call.message_id  # or it was emptied since
    ]


def forestall(session: Session, change: Change, now: datetime) -> None:
    """Let a change that waits not be made, because another one follows."""
    waits = {"id": change.id, "state": "queued"}
    session.update(outbox, waits, state="replaced", ended_at=now)


def _posting(where: str, parts: Sequence[int]) -> sa.Select[Any]:
    meant = (outbox.c.key == where, outbox.c.message.in_(parts))
    return sa.select(outbox).where(*meant).order_by(outbox.c.id)


def _waits(row: Any) -> bool:
    """An edit is harmless at any time; a post must not be just being made."""
    return bool(row.payload.get("kind") != "post" or row.state == "queued")


def _waiting(call: Call) -> sa.Update:
    claimed = outbox.c.claimed_at
    known = claimed.is_not(None) if call.doubted else claimed.is_(None)
    return outbox.update().where(outbox.c.id == call.id, outbox.c.state == "queued", known)
