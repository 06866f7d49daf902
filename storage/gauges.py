"""How much waits, and for how long: what a monitor asks every few seconds, by indexes alone.

Conditions of partial indexes are written out, or SQLite would not use them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import LEAD_IS_OPEN, cards, deadlines, inbox, leads, outbox


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits in one queue of a channel; `oldest` is since when, None when nothing does."""

    channel: str
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Gauges:
    """Everything that waits at one moment."""

    inbox: Sequence[Queue]
    outbox: Sequence[Queue]
    set_aside: int  # events that failed for good
    cards: int  # that do not show their lead as it is
    leads: dict[str, int]  # open ones, by state
    overdue: int  # deadlines


async def read(connection: AsyncConnection, now: datetime) -> Gauges:
    """What waits now; what is meant for later does not."""
    states = sa.select(leads.c.state, sa.func.count()).where(LEAD_IS_OPEN)
    counted = {"new": 0, "taken": 0}
    counted |= {row[0]: row[1] for row in await connection.execute(states.group_by(leads.c.state))}
    return Gauges(
        inbox=await _queues(connection, inbox, inbox.c.received_at, now),
        outbox=await _queues(connection, outbox, outbox.c.turn_at, now),
        set_aside=await _count(connection, inbox, sa.literal_column("inbox.state = 'dead'")),
        cards=await _count(connection, cards, cards.c.wanted > cards.c.shown),
        leads=counted,
        overdue=await _count(
            connection,
            deadlines,
            deadlines.c.done_at.is_(None),
            deadlines.c.paused_at.is_(None),  # it is the customer's turn
            deadlines.c.due_at <= now,
        ),
    )


async def _queues(
    connection: AsyncConnection, table: sa.Table, since: sa.Column[datetime], now: datetime
) -> Sequence[Queue]:
    due = sa.or_(table.c.not_before.is_(None), table.c.not_before <= now)
    rows = await connection.execute(
        sa.select(table.c.channel, sa.func.count().label("n"), sa.func.min(since).label("oldest"))
        .where(table.c.ended_at.is_(None), due)
        .group_by(table.c.channel)
        .order_by(table.c.channel)
    )
    return [Queue(row.channel, row.n, row.oldest) for row in rows]


async def _count(
    connection: AsyncConnection, table: sa.Table, *where: sa.ColumnElement[bool]
) -> int:
    found = await connection.execute(sa.select(sa.func.count()).select_from(table).where(*where))
    return int(found.scalar_one())
