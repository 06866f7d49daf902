"""Next steps: at most one open a lead, found by the moment at which it is looked at next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.deadlines import of_desks
from storage.schema import leads, steps
from storage.session import KEYS, Session


@dataclass(frozen=True, slots=True)
class Step:
    """What a manager is to do about a lead by `due_at`; `exact` says they chose that very hour."""

    id: int
    lead: int
    words: str
    due_at: datetime
    next_at: datetime | None  # None once it was reminded of
    exact: bool
    by: int
    at: datetime
    done_at: datetime | None


async def by_id(session: Session, number: int) -> Step | None:
    """The step of this number."""
    return await session.one(_by_id, number)


async def open_of(session: Session, lead: int) -> Step | None:
    """What is to be done about a lead."""
    return await session.one(_open_of, lead)


async def open_of_leads(session: Session, numbers: Sequence[int]) -> dict[int, Step]:
    """What is to be done about these leads, by their numbers, the earliest first."""
    rows = await session.rows(
        sa.select(steps)
        .where(steps.c.lead.in_(numbers), steps.c.done_at.is_(None))
        .order_by(steps.c.due_at, steps.c.id)
    )
    return {row.lead: _step(row) for row in rows}


async def to_come_back(session: Session, person: int) -> Sequence[int]:
    """The closed leads of a person to which somebody is to come back."""
    found: Sequence[int] | None = await session.one(_to_come_back, person)
    return found or ()


async def start(
    session: Session,
    lead: int,
    *,
    due_at: datetime,
    next_at: datetime,
    exact: bool,
    by: int,
    at: datetime,
) -> Step:
    """A new step of a lead that has no open one."""
    values = {"due_at": due_at, "next_at": next_at, "exact": exact, "by": by, "at": at}
    number = await session.insert(steps, lead=lead, words="", done_at=None, **values)
    return Step(number, lead, "", due_at, next_at, exact, by, at, None)


def change(session: Session, step: Step, **values: Any) -> Step:
    """The step with these fields changed, while it is open."""
    session.update(steps, {"id": step.id, "done_at": None}, **values)
    return replace(step, **values)


async def ended_at(session: Session, lead: int, at: datetime) -> Step | None:
    """What was left undone when the lead was closed at this moment."""
    query = sa.select(steps).where(steps.c.lead == lead, steps.c.done_at == at)
    rows = await session.rows(query.order_by(steps.c.id.desc()).limit(1))
    return _step(rows[0]) if rows else None


def resume(session: Session, step: Step) -> None:
    """It is to be done after all, at the time it was planned for."""
    session.update(steps, {"id": step.id}, done_at=None)


def end(session: Session, lead: int, *, at: datetime) -> None:
    """It was done, or nothing is to be done about the lead any more."""
    session.update(steps, {"lead": lead, "done_at": None}, done_at=at)


async def due(
    connection: AsyncConnection, now: datetime, limit: int, desks: Sequence[str] = ()
) -> Sequence[Step]:
    """Open steps to be looked at now, the longest overdue first; see deadlines.due."""
    query = (
        sa.select(steps)
        .where(steps.c.done_at.is_(None), steps.c.next_at.is_not(None), steps.c.next_at <= now)
        .order_by(steps.c.next_at)
        .limit(limit)
    )
    rows = await connection.execute(of_desks(query, steps.c.lead, desks))
    return [_step(row) for row in rows]


def _step(row: Any) -> Step:
    return Step(**{field.name: getattr(row, field.name) for field in fields(Step)})


async def _by_id(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Step]:
    rows = await connection.execute(sa.select(steps).where(steps.c.id.in_(keys)))
    return {row.id: _step(row) for row in rows}


_OPEN_OF = sa.select(steps).where(steps.c.lead.in_(KEYS), steps.c.done_at.is_(None))


async def _open_of(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Step]:
    return {row.lead: _step(row) for row in await connection.execute(_OPEN_OF, {"keys": keys})}


async def _to_come_back(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, list[int]]:
    query = (
        sa.select(leads.c.person, leads.c.id)
        .join_from(leads, steps, steps.c.lead == leads.c.id)
        .where(leads.c.person.in_(keys), steps.c.done_at.is_(None), leads.c.state == "rejected")
        .order_by(leads.c.id)
    )
    found: dict[int, list[int]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.person, []).append(row.id)
    return found
