"""What the distribution of leads goes by: who is there, how much they have, what was offered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.distribution import Past
from bot.domain.lead import Lead
from storage.schema import LEAD_IS_OPEN, assignments, leads, staff, staff_accounts
from storage.session import Session
from storage.staff import belonging


@dataclass(frozen=True, slots=True)
class Standing:
    """One of the team: what they said of their shift, what they have, when they were asked."""

    id: int
    name: str
    address: str
    shift: str  # on | off; "" until they first say
    open: int  # leads that they have or are offered
    offered: int
    last: datetime | None  # when they were offered one


async def team(session: Session, chat: str, named: Collection[str]) -> Sequence[Standing]:
    """Those in the chat and those named in the settings who have not left it, by name."""
    rows = await session.rows(_TEAM.where(*belonging(chat, named)))
    # Sorted here, because databases differ in what comes first.
    return sorted(map(_standing, rows), key=lambda one: (one.name.casefold(), one.id))


def change_shift(session: Session, who: int, shift: str) -> None:
    """They are `on` or `off` shift from now on."""
    session.update(staff, {"id": who}, shift=shift)


async def past(session: Session, lead: Lead) -> Past:
    """Who had a lead or was offered it, and who had its person's lead before."""
    rows = await session.rows(
        sa.select(assignments.c.staff, assignments.c.kind).where(assignments.c.lead == lead.id)
    )
    offers = sum(row.kind == "offer" for row in rows)
    return Past(
        had=frozenset(row.staff for row in rows),
        offers=offers,
        waited=bool(lead.queued),
        known=await _manager_before(session, lead),
    )


async def offered_to(session: Session, who: int) -> Sequence[int]:
    """The leads that somebody is asked to take."""
    rows = await session.rows(
        sa.select(assignments.c.lead)
        .where(assignments.c.staff == who, assignments.c.kind == "offer", _OPEN)
        .order_by(assignments.c.id)
    )
    return [row.lead for row in rows]


async def next_waiting(session: Session, *, besides: int = 0, behind: int = 0) -> int | None:
    """The oldest lead in the queue for which nobody had time, of those behind a number."""
    # By a sum, or SQLite would look through all leads by number instead of the few that wait.
    rows = await session.rows(
        sa.select(leads.c.id)
        .where(_WAITS, leads.c.id != besides, leads.c.id + 0 > behind, *session.only_ours())
        .order_by(leads.c.created_at, leads.c.id)
        .limit(1)
    )
    return rows[0].id if rows else None


async def count_free(session: Session) -> int:
    """New leads that nobody is asked to take."""
    asked = sa.select(assignments.c.lead).where(_OPEN)
    rows = await session.rows(
        sa.select(sa.func.count())
        .select_from(leads)
        .where(_NEW, leads.c.id.not_in(asked), *session.only_ours())
    )
    return int(rows[0][0])


async def _manager_before(session: Session, lead: Lead) -> int | None:
    rows = await session.rows(
        sa.select(leads.c.responsible)
        .where(
            leads.c.person == lead.person,
            leads.c.id != lead.id,
            leads.c.responsible.is_not(None),
            *session.only_ours(),
        )
        .order_by(leads.c.id.desc())
        .limit(1)
    )
    return rows[0].responsible if rows else None


# Written out as the indexes say it, or SQLite would not use them.
_OPEN = assignments.c.ended_at.is_(None)
_NEW = sa.and_(LEAD_IS_OPEN, leads.c.state == "new")
_WAITS = sa.text("leads.state = 'new' and leads.queued in ('nobody', 'busy')")
_OFFER = assignments.c.kind == sa.literal_column("'offer'", sa.Text)


def _of_each(value: Any, *conditions: Any) -> sa.ScalarSelect[Any]:
    """A value of each one's own assignments, by index: a team is small, its past is not."""
    query = sa.select(value).where(assignments.c.staff == staff.c.id, *conditions)
    return query.correlate(staff).scalar_subquery()


_TEAM = sa.select(
    staff.c.id,
    staff.c.name,
    staff.c.shift,
    staff_accounts.c.address,
    _of_each(sa.func.count(), _OPEN).label("open"),
    # As a sum over the open ones: by its kind it would be looked for among all there ever were.
    _of_each(sa.func.coalesce(sa.func.sum(sa.case((_OFFER, 1), else_=0)), 0), _OPEN).label(
        "offered"
    ),
    _of_each(sa.func.max(assignments.c.at), _OFFER).label("last"),
).join(staff_accounts, staff_accounts.c.staff == staff.c.id)


def _standing(row: Any) -> Standing:
    return Standing(row.id, row.name, row.address, row.shift, row.open, row.offered, row.last)
