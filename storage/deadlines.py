"""When somebody must have acted: one open deadline a lead and kind, found by its due time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deadlines import Kind
from storage.schema import deadlines, leads
from storage.session import KEYS, Session


@dataclass(frozen=True, slots=True)
class Deadline:
    """By `due_at` somebody must have acted; at `next_at` the next `step` of reminding is due.

    Since `paused_at` it is the customer's turn, and nothing is due.
    """

    id: int
    lead: int
    kind: Kind
    step: int
    due_at: datetime
    next_at: datetime | None
    paused_at: datetime | None
    done_at: datetime | None

    def late(self, now: datetime) -> bool:
        """Whether it has passed and somebody still has to act."""
        return self.done_at is None and self.paused_at is None and self.due_at <= now


def late_by(now: datetime) -> sa.ColumnElement[bool]:
    """Deadline.late for a statement: what is paused is not late."""
    return sa.and_(_OPEN, deadlines.c.paused_at.is_(None), deadlines.c.due_at <= now)


async def start(
    session: Session, lead: int, kind: str, due_at: datetime, *, paused_at: datetime | None = None
) -> None:
    """Let a deadline run, or stand still from the first."""
    next_at = due_at if paused_at is None else None
    values = {"lead": lead, "kind": kind, "step": 0, "due_at": due_at, "next_at": next_at}
    # All columns are named so that whoever changes it in the same breath finds it.
    await session.insert(deadlines, **values, paused_at=paused_at, done_at=None)


def stop(session: Session, lead: int, kind: str, *, at: datetime) -> None:
    """The awaited act was done, or is no longer awaited."""
    session.update(deadlines, {"lead": lead, "kind": kind, "done_at": None}, done_at=at)


def pause(session: Session, deadline: Deadline, *, at: datetime) -> None:
    """Nothing is due until it is resumed."""
    session.update(deadlines, _still(deadline), paused_at=at, next_at=None)


def resume(
    session: Session, deadline: Deadline, *, due_at: datetime, next_at: datetime | None
) -> None:
    """Its time runs again."""
    session.update(deadlines, _still(deadline), paused_at=None, due_at=due_at, next_at=next_at)


def advance(session: Session, deadline: Deadline, next_at: datetime | None, steps: int = 1) -> None:
    """So many steps of reminding were decided; the next is due then, or never."""
    where = {"id": deadline.id, "step": deadline.step, "done_at": None}
    session.update(deadlines, where, step=deadline.step + steps, next_at=next_at)


async def by_id(session: Session, number: int) -> Deadline | None:
    """The deadline of this number."""
    return await session.one(_by_id, number)


async def open_of(session: Session, lead: int) -> Sequence[Deadline]:
    """What is still awaited for a lead, once this session is written down."""
    found = {one.id: one for one in await session.one(_open_of, lead) or ()}
    for update in session.updates:
        if update.table is deadlines:
            for one in list(found.values()):
                if all(getattr(one, name) == value for name, value in update.where.items()):
                    found[one.id] = replace(one, **update.values)
    begun = [one.values for one in session.inserts if one.table is deadlines]
    found |= {
        row["id"]: Deadline(**row | {"kind": Kind(row["kind"])})
        for row in begun
        if row["lead"] == lead
    }
    return [one for one in found.values() if one.done_at is None]


async def late(session: Session, lead: int) -> datetime | None:
    """Since when somebody should have acted on a lead, once people were reminded of it."""
    found = [one for one in await open_of(session, lead) if one.step and one.paused_at is None]
    return min((one.due_at for one in found), default=None)


async def overdue_leads(session: Session, now: datetime) -> Sequence[int]:
    """The numbers of the leads for which something is overdue, the longest overdue first."""
    first = sa.func.min(deadlines.c.due_at)
    rows = await session.rows(
        _of_ours(session, sa.select(deadlines.c.lead))
        .where(late_by(now))
        .group_by(deadlines.c.lead)
        .order_by(first, deadlines.c.lead)
    )
    return [row.lead for row in rows]


async def due(
    connection: AsyncConnection, now: datetime, limit: int, desks: Sequence[str] = ()
) -> Sequence[Deadline]:
    """Deadlines whose next step is due, the longest overdue first; of some `desks` or of all."""
    query = of_desks(due_query(now, limit), deadlines.c.lead, desks)
    return [_deadline(row) for row in await connection.execute(query)]


async def due_now(session: Session, now: datetime, limit: int) -> Sequence[Deadline]:
    """See due."""
    query = _of_ours(session, due_query(now, limit))
    return [_deadline(row) for row in await session.rows(query)]


def due_query(now: datetime, limit: int) -> sa.Select[Any]:
    """What finds those."""
    return (
        sa.select(deadlines)
        .where(_OPEN, deadlines.c.next_at <= now)
        .order_by(deadlines.c.next_at, deadlines.c.id)
        .limit(limit)
    )


def of_desks(
    query: sa.Select[Any], lead: sa.ColumnElement[int], desks: Sequence[str]
) -> sa.Select[Any]:
    """The same of the leads of these desks; of all where there are none or one."""
    if len(desks) < 2:
        return query
    return query.join(leads, leads.c.id == lead).where(leads.c.desk.in_(desks))


_OPEN = deadlines.c.done_at.is_(None)


def _of_ours(session: Session, query: sa.Select[Any]) -> sa.Select[Any]:
    """The same of the leads that the session sees."""
    if not session.desk:
        return query
    return query.join(leads, leads.c.id == deadlines.c.lead).where(*session.only_ours())


def _still(deadline: Deadline) -> dict[str, Any]:
    return {"id": deadline.id, "done_at": None}


def _deadline(row: Any) -> Deadline:
    values = {field.name: getattr(row, field.name) for field in fields(Deadline)}
    return Deadline(**values | {"kind": Kind(row.kind)})


async def _by_id(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Deadline]:
    rows = await connection.execute(sa.select(deadlines).where(deadlines.c.id.in_(keys)))
    return {row.id: _deadline(row) for row in rows}


_OPEN_OF = sa.select(deadlines).where(deadlines.c.lead.in_(KEYS), _OPEN).order_by(deadlines.c.id)


async def _open_of(
    connection: AsyncConnection, keys: Sequence[int]
) -> dict[int, Sequence[Deadline]]:
    found: dict[int, list[Deadline]] = defaultdict(list)
    for row in await connection.execute(_OPEN_OF, {"keys": keys}):
        found[row.lead].append(_deadline(row))
    return dict(found)
