"""Reasons to reject, once the team has changed the list that its settings began with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from storage.schema import reasons
from storage.session import Session

_ADDED = 1000  # behind those of the settings; among themselves they stand as they came


async def every(session: Session) -> Sequence[str]:
    """In the order of their buttons; none while nobody changed the list."""
    rows = await session.rows(
        sa.select(reasons.c.reason).order_by(reasons.c.position, reasons.c.at, reasons.c.reason)
    )
    return [row.reason for row in rows]


def begin(session: Session, known: Sequence[str], *, by: int, at: datetime) -> None:
    """Store the list that the settings give, unless there is a stored one.

    One statement, which another one's first change refuses or makes needless: both hold.
    """
    values = [
        sa.select(
            sa.literal(reason, sa.Text).label("reason"),
            sa.literal(position, sa.Integer).label("position"),
            sa.literal(by, sa.BigInteger).label("by"),
            sa.literal(at, reasons.c.at.type).label("at"),
        )
        for position, reason in enumerate(known)
    ]
    rows = sa.union_all(*values).subquery()
    some = sa.exists(sa.select(reasons.c.reason))
    session.execute(
        reasons.insert().from_select(
            ["reason", "position", "by", "at"], sa.select(rows).where(~some)
        )
    )


def add(session: Session, reason: str, *, by: int, at: datetime) -> None:
    """Put one at the end; what two add in the same moment is refused once and tried again."""
    session.put(reasons, reason=reason, position=_ADDED, by=by, at=at)


def remove(session: Session, reason: str) -> None:
    """Take one away."""
    session.execute(reasons.delete().where(reasons.c.reason == reason))
