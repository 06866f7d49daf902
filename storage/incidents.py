"""What only a person can mend, from its beginning to its end: one open incident of a kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import incidents
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Incident:
    """`subject` is a channel, the address of a chat, a desk, or "" for the product as a whole."""

    id: int
    kind: str  # refused | silent | unreached | shut_out | members | topics | disk | desk
    subject: str
    began_at: datetime
    told_at: datetime | None


async def open_of(session: Session, kind: str, subject: str) -> Incident | None:
    """The one that is not over."""
    rows = await session.rows(
        sa.select(incidents).where(_OPEN, incidents.c.kind == kind, incidents.c.subject == subject)
    )
    return _incident(rows[0]) if rows else None


async def begin(
    session: Session, kind: str, subject: str, *, at: datetime, told_at: datetime | None
) -> None:
    """It is not over from now on; refused with an IntegrityError while another one is open."""
    values = {"kind": kind, "subject": subject, "began_at": at, "told_at": told_at}
    await session.insert(incidents, **values, ended_at=None)


def end(session: Session, incident: Incident, at: datetime) -> None:
    """It is over, and that is told."""
    told_at = incident.told_at or at
    session.update(incidents, {"id": incident.id, "ended_at": None}, ended_at=at, told_at=told_at)


async def standing(connection: AsyncConnection) -> set[tuple[str, str]]:
    """The kinds and subjects of all that is not over."""
    rows = await connection.execute(sa.select(incidents.c.kind, incidents.c.subject).where(_OPEN))
    return {(row.kind, row.subject) for row in rows}


_OPEN = incidents.c.ended_at.is_(None)


def _incident(row: Any) -> Incident:
    return Incident(row.id, row.kind, row.subject, row.began_at, row.told_at)
