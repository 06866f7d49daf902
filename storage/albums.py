"""Albums among the calls to be made: their parts wait for one another, and go or stay as one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import copies
from storage.schema import outbox
from storage.session import Session

HOLD = timedelta(seconds=1.5)  # after each part, for the others to come

_PARTS = outbox.c.album != sa.literal_column("''")  # as the index says it
_NEVER_ARRIVED = ("failed", "expired")


def calls_of(key: str, album: str) -> sa.ColumnElement[bool]:
    """The condition for the calls that an album consists of."""
    return sa.and_(_PARTS, outbox.c.key == key, outbox.c.album == album)


def hold(session: Session, key: str, album: str, now: datetime) -> datetime:
    """Let what waits of the album wait for another part; until when it does."""
    until = now + HOLD
    session.update(outbox, {"key": key, "album": album, "ended_at": None}, not_before=until)
    return until


async def hold_all(connection: AsyncConnection, channel: str, now: datetime) -> None:
    """After a pause of ours the parts that did not come yet may come now."""
    waits = (outbox.c.ended_at.is_(None), outbox.c.channel == channel)
    await connection.execute(
        outbox.update()
        .where(*waits, _PARTS, outbox.c.claimed_at.is_(None))
        .values(not_before=now + HOLD)
    )


async def speaks(session: Session, number: int, key: str, album: str) -> bool:
    """Whether this call is the first of its album's; one that is in none speaks for itself."""
    if not album:
        return True
    first = sa.select(sa.func.min(outbox.c.id)).where(calls_of(key, album))
    return bool((await session.rows(first))[0][0] == number)


async def take_back(session: Session, key: str, album: str, now: datetime) -> bool:
    """Drop what of an album still waits to be sent; whether some of it had gone already."""
    found = await session.rows(sa.select(outbox).where(calls_of(key, album)))
    for call in copies.posts(filter(_waits, found)):
        copies.drop(session, call, now)
    for call in copies.posts(row for row in found if row.state in _NEVER_ARRIVED):
        copies.forget_undelivered(session, call)
    back = {"dropped", *_NEVER_ARRIVED}
    return any(not _waits(row) and row.state not in back for row in found)


def _waits(row: sa.Row[Any]) -> bool:
    return bool(row.state == "queued" and row.claimed_at is None)
