"""Who said that they mean to answer a lead that is a colleague's."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage.schema import assistants
from storage.session import Session


async def has(session: Session, lead: int, staff: int) -> bool:
    """Whether they said so of this lead."""
    said = (assistants.c.lead == lead, assistants.c.staff == staff)
    return bool(await session.rows(sa.select(assistants.c.lead).where(*said)))


def remember(session: Session, lead: int, staff: int, at: datetime) -> None:
    """Never ask them again about this lead."""
    session.put(assistants, ignore=True, lead=lead, staff=staff, at=at)
