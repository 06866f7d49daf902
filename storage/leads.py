"""Leads, what was done to them, and who was responsible when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.lead import Lead, State
from storage.schema import assignments, leads, touches
from storage.session import Session

# Written out as the indexes say it, or SQLite would not use them.
_OPEN = [sa.literal_column(f"'{state}'", sa.Text) for state in ("new", "taken")]


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing that happened to a lead."""

    at: datetime
    actor: str  # customer | staff | bot
    staff: int | None
    kind: str
    data: dict[str, Any]


async def by_id(session: Session, number: int) -> Lead | None:
    """The lead of this number."""
    return await session.one(_by_id, number)


async def open_of(session: Session, person: int, desk: str) -> Lead | None:
    """The person's one open lead at a desk."""
    return await session.one(_open_of, (person, desk))


async def latest_of(session: Session, person: int, desk: str) -> Lead | None:
    """The person's newest lead at a desk, open or not."""
    return await session.one(_latest_of, (person, desk))


async def create(session: Session, **values: Any) -> Lead:
    """A new lead; `values` are Lead's fields but for id, state and version."""
    number = await session.insert(leads, state=State.NEW.value, version=1, **values)
    return Lead(id=number, state=State.NEW, **values)


def change(session: Session, lead: Lead, **values: Any) -> Lead:
    """The lead with these fields changed, unless somebody else changes it first (Conflict)."""
    session.expect(lead.id, lead.version)
    version = max(lead.version, session.versions[lead.id]) + 1
    session.update(leads, {"id": lead.id}, version=version, **values)
    return replace(lead, version=version, **values)


def touch(
    session: Session,
    lead: int,
    *,
    at: datetime,
    kind: str,
    actor: str = "bot",
    staff: int | None = None,
    **data: Any,
) -> None:
    """Write down what happened, for people and reports."""
    session.put(touches, lead=lead, at=at, actor=actor, staff=staff, kind=kind, data=data)


async def history(session: Session, lead: int) -> Sequence[Touch]:
    """Everything that happened to a lead, oldest first."""
    rows = await session.rows(
        sa.select(touches).where(touches.c.lead == lead).order_by(touches.c.at, touches.c.id)
    )
    return [Touch(row.at, row.actor, row.staff, row.kind, row.data) for row in rows]


def assign(
    session: Session, lead: int, staff: int, *, kind: str, by: int | None, at: datetime
) -> None:
    """Make somebody responsible from now on; the one before is relieved."""
    relieve(session, lead, at=at)
    session.put(assignments, lead=lead, staff=staff, kind=kind, by=by, at=at)


def relieve(session: Session, lead: int, *, at: datetime) -> None:
    """End the open assignment."""
    session.update(assignments, {"lead": lead, "ended_at": None}, ended_at=at)


async def unprocessed(session: Session, *, responsible: int | None = None) -> Sequence[Lead]:
    """Open leads, oldest first; of one manager if given."""
    query = sa.select(leads).where(leads.c.state.in_(_OPEN)).order_by(leads.c.created_at)
    if responsible is not None:
        query = query.where(leads.c.responsible == responsible)
    return [_lead(row) for row in await session.rows(query)]


_FIELDS = tuple(field.name for field in fields(Lead))


def _lead(row: Any) -> Lead:
    values = {name: getattr(row, name) for name in _FIELDS}
    return Lead(**values | {"state": State(row.state)})


async def _by_id(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Lead]:
    rows = await connection.execute(sa.select(leads).where(leads.c.id.in_(keys)))
    return {row.id: _lead(row) for row in rows}


async def _open_of(
    connection: AsyncConnection, keys: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], Lead]:
    rows = await connection.execute(
        sa.select(leads).where(
            leads.c.state.in_(_OPEN), leads.c.person.in_({person for person, _ in keys})
        )
    )
    return {(row.person, row.desk): _lead(row) for row in rows}


async def _latest_of(
    connection: AsyncConnection, keys: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], Lead]:
    rows = await connection.execute(
        sa.select(leads)
        .where(leads.c.person.in_({person for person, _ in keys}))
        .order_by(leads.c.id)
    )
    return {(row.person, row.desk): _lead(row) for row in rows}
