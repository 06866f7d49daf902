"""Reasons to reject of each desk, once its team has changed the list that its settings began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from storage.schema import reasons
from storage.session import Session

_ADDED = 1000  # behind those of the settings; among themselves they stand as they came


async def every(session: Session, desk: str) -> Sequence[str]:
    """Those of a desk, in the order of their buttons; none while nobody changed the list.

    With "" those of all desks.
    """
    query = sa.select(reasons.c.reason)
    query = query.where(reasons.c.desk == desk) if desk else query
    rows = await session.rows(
        query.order_by(reasons.c.position, reasons.c.at, reasons.c.reason, reasons.c.desk)
    )
    return [row.reason for row in rows]


def begin(session: Session, desk: str, known: Sequence[str], *, by: int, at: datetime) -> None:
    """Store the list that the settings give, unless there is a stored one.

    One statement, which another one's first change refuses or makes needless: both hold.
    """
    values = [
        sa.select(
            sa.literal(desk, sa.Text).label("desk"),
            sa.literal(reason, sa.Text).label("reason"),
            sa.literal(position, sa.Integer).label("position"),
            sa.literal(by, sa.BigInteger).label("by"),
            sa.literal(at, reasons.c.at.type).label("at"),
        )
        for position, reason in enumerate(known)
    ]
    rows = sa.union_all(*values).subquery()
    some = sa.exists(sa.select(reasons.c.reason).where(reasons.c.desk == desk))
    session.execute(
        reasons.insert().from_select(
            ["desk", "reason", "position", "by", "at"], sa.select(rows).where(~some)
        )
    )


def add(session: Session, desk: str, reason: str, *, by: int, at: datetime) -> None:
    """Put one at the end; what two add in the same moment is refused once and tried again."""
    session.put(reasons, desk=desk, reason=reason, position=_ADDED, by=by, at=at)


def remove(session: Session, desk: str, reason: str) -> None:
    """Take one away."""
    mine = (reasons.c.desk == desk, reasons.c.reason == reason)
    session.execute(reasons.delete().where(*mine))
