"""When somebody must have acted: one open deadline a lead and kind, found by its due time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import deadlines
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Deadline:
    """By `due_at` somebody must have acted; at `next_at` the next `step` of reminding is due."""

    id: int
    lead: int
    kind: str  # take | first_reply
    step: int
    due_at: datetime
    next_at: datetime | None
    done_at: datetime | None


async def start(session: Session, lead: int, kind: str, due_at: datetime) -> None:
    """Let a deadline run."""
    values = {"lead": lead, "kind": kind, "step": 0, "due_at": due_at, "next_at": due_at}
    # `done_at` is named so that whoever stops it in the same breath finds it.
    await session.insert(deadlines, **values, done_at=None)


def stop(session: Session, lead: int, kind: str, *, at: datetime) -> None:
    """The awaited act was done, or is no longer awaited."""
    session.update(deadlines, {"lead": lead, "kind": kind, "done_at": None}, done_at=at)


def advance(session: Session, deadline: Deadline, next_at: datetime | None) -> None:
    """One step of reminding was decided; the next is due then, or never."""
    where = {"id": deadline.id, "step": deadline.step, "done_at": None}
    session.update(deadlines, where, step=deadline.step + 1, next_at=next_at)


async def by_id(session: Session, number: int) -> Deadline | None:
    """The deadline of this number."""
    return await session.one(_by_id, number)


async def open_of(session: Session, lead: int) -> Sequence[Deadline]:
    """What is still awaited for a lead."""
    rows = await session.rows(
        sa.select(deadlines).where(deadlines.c.lead == lead, deadlines.c.done_at.is_(None))
    )
    return [_deadline(row) for row in rows]


async def overdue_leads(session: Session, now: datetime) -> Sequence[int]:
    """The numbers of the leads for which something is overdue."""
    rows = await session.rows(
        sa.select(deadlines.c.lead)
        .where(deadlines.c.done_at.is_(None), deadlines.c.due_at <= now)
        .distinct()
    )
    return [row.lead for row in rows]


async def due(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[Deadline]:
    """Deadlines whose next step is due, the longest overdue first."""
    rows = await connection.execute(
        sa.select(deadlines)
        .where(deadlines.c.done_at.is_(None), deadlines.c.next_at <= now)
        .order_by(deadlines.c.next_at)
        .limit(limit)
    )
    return [_deadline(row) for row in rows]


def _deadline(row: Any) -> Deadline:
    return Deadline(row.id, row.lead, row.kind, row.step, row.due_at, row.next_at, row.done_at)


async def _by_id(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Deadline]:
    rows = await connection.execute(sa.select(deadlines).where(deadlines.c.id.in_(keys)))
    return {row.id: _deadline(row) for row in rows}
