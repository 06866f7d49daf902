"""What of a reply stands at the customer, or is on its way there, and changes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.messages import OUTGOING, Delete, Edit, Post, Text
from storage.schema import asking, outbox, places
from storage.session import Session

_LASTS = timedelta(hours=26)  # a reply expires after a day


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is to show words of a reply; `doubted` if it may have shown them already."""

    id: int
    post: Post
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


async def unknown(
    session: Session, where: str, parts: Sequence[int], since: datetime
) -> Sequence[Call]:
    """Calls of which nobody knows whether they were made; `since` is when it was written."""
    ended = outbox.c.ended_at.between(since, since + _LASTS)
    query = _posting(where, parts).where(ended, outbox.c.state == "unknown")
    return posts(await session.rows(query))


def posts(rows: Iterable[sa.Row[Any]]) -> tuple[Call, ...]:
    """Those of these calls that show words."""
    found = ((row, OUTGOING.validate_python(row.payload)) for row in rows)
    return tuple(
        Call(row.id, call, doubted=row.claimed_at is not None)
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


def reword_unknown(session: Session, call: Call, text: Text) -> None:
    """Let a call of unknown outcome say something else if it is made again."""
    payload = OUTGOING.dump_python(replace(call.post, text=text), mode="json")
    session.update(outbox, {"id": call.id, "state": "unknown"}, payload=payload)


def forget_unknown(session: Session, call: Call) -> None:
    """Let a call of unknown outcome not be made again."""
    session.update(outbox, {"id": call.id, "state": "unknown"}, state="dropped")


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
