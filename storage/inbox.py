"""Events taken in, long by all that is asked of them: kept raw, handled in order, never lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import EVENTS, Event, Raw
from storage import doubts
from storage.database import Database, Fenced, insert_new, upsert
from storage.schema import cursors, inbox, processes
from storage.session import KEYS, Session, few_lengths

SHORT = 16_384  # characters of a raw event that is kept when it was handled
INTERNAL = "dialead"  # the channel name of the product's own events


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event that waits: `body` as the platform gave it, `key` once it was parsed."""

    id: int
    channel: str
    event_id: str
    body: dict[str, Any]
    key: str | None
    attempts: int
    received_at: datetime


async def accept(
    database: Database,
    channel: str,
    raws: Sequence[Raw],
    cursor: str | None,
    now: datetime,
    *,
    keys: Mapping[str, str] = MappingProxyType({}),
    heard: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Keep what came, and the position up to which it came, in one transaction.

    Without a `cursor`, where events are posted one by one, the position stays. `keys` are
    those known by now, by the events' ids; `heard` see doubts.heard.
    """
    rows = [
        {
            "channel": channel,
            "event_id": raw.id,
            "body": raw.body,
            "received_at": now,
            "key": keys.get(raw.id),
        }
        for raw in raws
    ]
    async with database.write() as connection:
        if rows:
            await connection.execute(insert_new(connection, inbox), rows)
        await doubts.heard(connection, heard)
        if cursor is not None:
            position = upsert(connection, cursors, "value").values(channel=channel, value=cursor)
            await connection.execute(position)


async def cursor(database: Database, channel: str) -> str:
    """The position kept last, or "" at the first start."""
    async with database.read() as connection:
        found = await connection.execute(
            sa.select(cursors.c.value).where(cursors.c.channel == channel)
        )
        return found.scalar() or ""


async def add_events(
    connection: AsyncConnection,
    events: Mapping[str, Event],
    now: datetime,
    *,
    not_before: datetime | None = None,
) -> None:
    """Events of the product's own, by their unique names; known ones are left alone."""
    if not events:
        return
    rows = [_row(name, event, now, not_before) for name, event in events.items()]
    await connection.execute(insert_new(connection, inbox), rows)


def later(session: Session, name: str, event: Event, *, now: datetime, at: datetime) -> None:
    """An event of the product's own to be handled at a later moment, once by its unique name."""
    session.put(inbox, ignore=True, **_row(name, event, now, at))


async def unrouted(
    database: Database, limit: int, channels: Collection[str] | None = None
) -> Sequence[Arrival]:
    """Events that nobody has parsed yet, in order; those of other channels are left waiting."""
    query = _unrouted(channels is not None)
    return await _arrivals(database, query, channels=list(channels or ()), most=limit)


async def heads(
    database: Database,
    *,
    process: int | None = None,
    busy: Collection[str],
    now: datetime,
    limit: int,
    channels: Collection[str] | None = None,
) -> Sequence[Arrival]:
    """The first waiting event of each key that is not busy, if it may be handled now.

    Those of other channels than these are left waiting, and hold up nobody. For a `process`
    they are held against others, as those are that another one holds which lives.
    """
    asked = {"channels": list(channels or ()), "busy": list(busy), "now": now, "most": limit}
    if process is None:
        return await _arrivals(database, _heads(channels is not None), **asked)
    async with database.write() as connection:
        claim = _claim(channels is not None)
        rows = await connection.execute(claim, {**asked, "claimant": process})
        return sorted(map(_arrival, rows), key=lambda arrival: arrival.id)


async def next_retry(database: Database, now: datetime) -> datetime | None:
    """When the earliest event that waits for another attempt may be handled."""
    async with database.read() as connection:
        found: datetime | None = (await connection.execute(_NEXT_RETRY, {"now": now})).scalar()
        return found


async def route(connection: AsyncConnection, keys: Mapping[int, str]) -> None:
    """Give events the keys within which they go in order."""
    await _update(connection, [{"b_id": number, "key": key} for number, key in keys.items()])


async def assert_held(
    connection: AsyncConnection, numbers: Sequence[int], process: int | None
) -> None:
    """Fenced unless this process still holds all of these events; nobody else takes them now."""
    if process is None:
        return
    asked = {"keys": few_lengths(numbers), "claimant": process}
    found = (await connection.execute(_HELD, asked)).all()
    if len(found) < len(numbers):
        raise Fenced("another process works on these events by now")


async def done(connection: AsyncConnection, numbers: Sequence[int], now: datetime) -> None:
    """These events were handled; what came with much around it is not kept as it came."""
    if numbers:
        rows = [{"b_id": number, "b_now": now} for number in numbers]
        await connection.execute(_DONE, rows)


async def empty(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Nothing of what these events told is kept, but that they came."""
    if numbers:
        emptied = inbox.update().where(inbox.c.id.in_(numbers)).values(body=sa.null())
        await connection.execute(emptied)


async def retry(
    connection: AsyncConnection,
    number: int,
    *,
    not_before: datetime,
    reason: str,
    counts: bool = True,
) -> None:
    """This event could not be handled; it is tried again later. Does it count as an attempt?"""
    await connection.execute(
        inbox.update()
        .where(inbox.c.id == number)
        .values(
            attempts=inbox.c.attempts + int(counts),
            not_before=not_before,
            reason=reason,
            process=None,
        )
    )


async def set_aside(connection: AsyncConnection, reasons: Mapping[int, str], now: datetime) -> None:
    """These events can't be handled; they are kept with the reason."""
    if not reasons:
        return
    await connection.execute(
        _BY_NUMBER.values(
            state="dead",
            attempts=inbox.c.attempts + 1,
            reason=sa.bindparam("b_reason"),
            ended_at=now,
        ),
        [{"b_id": number, "b_reason": why} for number, why in reasons.items()],
    )


def _row(name: str, event: Event, now: datetime, not_before: datetime | None) -> dict[str, Any]:
    """An event of the product's own as it is kept."""
    return {
        "channel": INTERNAL,
        "event_id": name,
        "body": EVENTS.dump_python(event, mode="json"),
        "received_at": now,
        "not_before": not_before,
    }


@cache  # put together once: these are asked at every turn
def _unrouted(chosen: bool) -> sa.Select[Any]:
    return (
        sa.select(inbox)
        .where(inbox.c.ended_at.is_(None), inbox.c.key.is_(None), _of(chosen))
        .order_by(inbox.c.id)
        .limit(sa.bindparam("most"))
    )


@cache
def _heads(chosen: bool) -> sa.Select[Any]:
    waiting = (
        inbox.c.ended_at.is_(None),
        inbox.c.key.is_not(None),
        inbox.c.key.not_in(sa.bindparam("busy", expanding=True)),
        _of(chosen),
    )
    first = sa.select(sa.func.min(inbox.c.id)).where(*waiting).group_by(inbox.c.key)
    return (
        sa.select(inbox)
        .where(
            inbox.c.id.in_(first),
            sa.or_(inbox.c.not_before.is_(None), inbox.c.not_before <= sa.bindparam("now")),
        )
        .order_by(inbox.c.id)
        .limit(sa.bindparam("most"))
    )


@cache
def _claim(chosen: bool) -> sa.Update:
    """The heads, held by a process; what others are just claiming is left out."""
    claimant = sa.bindparam("claimant", type_=inbox.c.process.type)
    held = inbox.c.process.in_(sa.select(processes.c.id).where(processes.c.id != claimant))
    free = _heads(chosen).where(sa.or_(inbox.c.process.is_(None), ~held))
    locked = free.with_only_columns(inbox.c.id).with_for_update(skip_locked=True)
    claim = inbox.update().where(inbox.c.id.in_(locked), inbox.c.ended_at.is_(None))
    return claim.values(process=claimant).returning(inbox)


_HELD = (
    sa.select(inbox.c.id)
    .where(inbox.c.id.in_(KEYS), inbox.c.process == sa.bindparam("claimant"))
    .order_by(inbox.c.id)
    .with_for_update()
)
_NEXT_RETRY = sa.select(sa.func.min(inbox.c.not_before)).where(
    inbox.c.ended_at.is_(None), inbox.c.not_before > sa.bindparam("now")
)


_BY_NUMBER = inbox.update().where(inbox.c.id == sa.bindparam("b_id"))
_DONE = _BY_NUMBER.values(
    state="done",
    ended_at=sa.bindparam("b_now"),
    # The bound of a day counts a message's words, not what comes with them.
    body=sa.case((sa.func.length(sa.cast(inbox.c.body, sa.Text)) <= SHORT, inbox.c.body)),
)


def _of(chosen: bool) -> sa.ColumnElement[bool]:
    """Of any channel, or of the chosen ones."""
    return inbox.c.channel.in_(sa.bindparam("channels", expanding=True)) if chosen else sa.true()


async def _update(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(_BY_NUMBER, rows)


async def _arrivals(database: Database, query: sa.Select[Any], **asked: Any) -> Sequence[Arrival]:
    async with database.read() as connection:
        return [_arrival(row) for row in await connection.execute(query, asked)]


def _arrival(row: Any) -> Arrival:
    return Arrival(
        row.id, row.channel, row.event_id, row.body, row.key, row.attempts, row.received_at
    )
