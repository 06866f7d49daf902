"""Leads, what was done to them, and who was responsible when; long as the questions are many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.lead import Lead, Offer, State, Warmth
from storage.schema import LEAD_IS_OPEN, assignments, leads, touches
from storage.session import KEYS, Session


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing that happened to a lead."""

    at: datetime
    actor: str  # customer | staff | bot
    staff: int | None
    kind: str
    data: dict[str, Any]


async def by_id(session: Session, number: int) -> Lead | None:
    """The lead of this number, if the session sees it."""
    found = await session.one(_by_id, number)
    return found if found and session.sees(found.desk) else None


async def open_of(session: Session, person: int, desk: str) -> Lead | None:
    """The person's one open lead at a desk."""
    return await session.one(_open_of, (person, desk))


async def latest_of(session: Session, person: int, desk: str) -> Lead | None:
    """The person's open lead at a desk, else the newest closed one."""
    return await session.one(_latest_of, (person, desk))


async def earlier(session: Session, lead: Lead, limit: int) -> Sequence[Lead]:
    """What else the person wanted: closed leads, newest first, then absorbed ones."""
    rows = await session.rows(
        _SELECT.where(
            leads.c.person == lead.person,
            leads.c.id != lead.id,
            sa.not_(LEAD_IS_OPEN),
            *session.only_ours(),
        )
        .order_by(_standing.desc(), leads.c.id.desc())
        .limit(limit)
    )
    return [_lead(row) for row in rows]


async def absorbed_by(session: Session, lead: int) -> Sequence[int]:
    """The leads that went up in this one, directly or in one that did, in their order."""
    going = sa.select(leads.c.id).where(leads.c.absorbed_into == lead).cte(recursive=True)
    more = leads.alias()
    going = going.union(sa.select(more.c.id).where(more.c.absorbed_into == going.c.id))
    return [row.id for row in await session.rows(sa.select(going.c.id).order_by(going.c.id))]


async def standing_for(session: Session, lead: Lead) -> Lead:
    """The lead itself, or the one in which it went up in the end."""
    while lead.state is State.ABSORBED and lead.absorbed_into is not None:
        into = await by_id(session, lead.absorbed_into)
        if into is None:
            break
        lead = into
    return lead


async def create(session: Session, **values: Any) -> Lead:
    """A new lead; `values` are Lead's fields but for id, state and version."""
    number = await session.insert(leads, state=State.NEW.value, version=1, **values)
    return Lead(id=number, state=State.NEW, **values)


def change(session: Session, lead: Lead, **values: Any) -> Lead:
    """The lead with these fields changed, unless somebody else changes it first (Conflict)."""
    session.expect(leads, lead.id, lead.version)
    version = max(lead.version, session.versions[leads.name, lead.id]) + 1
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


async def touch_again(session: Session, lead: int, *, at: datetime, kind: str, **data: Any) -> None:
    """Write down what happened, in place of the last touch where that is of the same kind."""
    last = sa.select(touches.c.id, touches.c.kind).where(touches.c.lead == lead)
    found = await session.rows(last.order_by(touches.c.at.desc(), touches.c.id.desc()).limit(1))
    if found and found[0].kind == kind:
        session.update(touches, {"id": found[0].id}, at=at, data=data)
    else:
        touch(session, lead, at=at, kind=kind, **data)


async def history(session: Session, lead: int) -> Sequence[Touch]:
    """Everything that happened to a lead, oldest first."""
    rows = await session.rows(
        sa.select(touches).where(touches.c.lead == lead).order_by(touches.c.at, touches.c.id)
    )
    return [Touch(row.at, row.actor, row.staff, row.kind, row.data) for row in rows]


async def changed_at(session: Session, lead: int, message: int) -> datetime | None:
    """When, by its messenger, the customer last changed a message that is part of the lead."""
    of_message = touches.c.data["message"].as_integer() == message
    told = await session.rows(
        sa.select(touches.c.data["told"].as_string())
        .where(touches.c.lead == lead, touches.c.kind == "edited", of_message)
        .order_by(touches.c.id.desc())
        .limit(1)
    )
    return datetime.fromisoformat(told[0][0]) if told and told[0][0] else None


def assign(
    session: Session, lead: int, staff: int, *, kind: str, by: int | None, at: datetime
) -> None:
    """Make somebody responsible from now on; the one before is relieved."""
    relieve(session, lead, at=at)
    session.put(assignments, lead=lead, staff=staff, kind=kind, by=by, at=at)


async def offer(session: Session, lead: int, staff: int, *, at: datetime, until: datetime) -> int:
    """Ask somebody to take it; the offer's number."""
    return await session.insert(
        assignments, lead=lead, staff=staff, kind="offer", at=at, until=until
    )


def relieve(session: Session, lead: int, *, at: datetime) -> None:
    """End the open assignment, also an offer."""
    session.update(assignments, {"lead": lead, "ended_at": None}, ended_at=at)


async def of_person(session: Session, root: int, limit: int) -> Sequence[Lead]:
    """All that a person wanted but for what went up in other leads, newest first."""
    ours = (leads.c.person == root, leads.c.state != "absorbed", *session.only_ours())
    query = _SELECT.where(*ours)
    rows = await session.rows(query.order_by(leads.c.id.desc()).limit(limit))
    return [_lead(row) for row in rows]


async def newest_of(session: Session, account: int) -> Lead | None:
    """The newest lead of one account."""
    query = _SELECT.where(leads.c.account == account).order_by(leads.c.id.desc()).limit(1)
    rows = await session.rows(query)
    return _lead(rows[0]) if rows else None


async def numbers_of(session: Session, roots: Collection[int]) -> Sequence[int]:
    """Every lead of these persons, in their order."""
    query = sa.select(leads.c.id).where(leads.c.person.in_(roots))
    return [row.id for row in await session.rows(query.order_by(leads.c.id))]


async def unprocessed(session: Session, *, responsible: int | None = None) -> Sequence[Lead]:
    """Open leads, oldest first; of one manager if given."""
    query = _SELECT.where(LEAD_IS_OPEN, *session.only_ours())
    query = query.order_by(leads.c.created_at)
    if responsible is not None:
        query = query.where(leads.c.responsible == responsible)
    return [_lead(row) for row in await session.rows(query)]


async def holders(session: Session) -> Sequence[tuple[int, int]]:
    """(staff, how many open leads they have) of everybody who has any."""
    has = (LEAD_IS_OPEN, leads.c.responsible.is_not(None), *session.only_ours())
    query = sa.select(leads.c.responsible, sa.func.count().label("n")).where(*has)
    rows = await session.rows(query.group_by(leads.c.responsible))
    return [(row.responsible, row.n) for row in rows]


async def left_by(session: Session, staff: int) -> Sequence[Lead]:
    """What is free since somebody left, and was nobody's in between; oldest first."""
    had, later = assignments.alias("had"), assignments.alias("later")
    since = sa.exists().where(
        later.c.lead == had.c.lead, later.c.kind != "offer", later.c.at > had.c.at
    )
    by_leaving = sa.exists().where(
        had.c.lead == leads.c.id,
        had.c.staff == staff,
        had.c.kind != "offer",
        touches.c.lead == leads.c.id,
        touches.c.kind == "left",
        touches.c.at == had.c.ended_at,
        ~since,
    )
    query = _SELECT.where(LEAD_IS_OPEN, leads.c.state == "new", by_leaving, *session.only_ours())
    return [_lead(row) for row in await session.rows(query.order_by(leads.c.created_at))]


# What went up in another counts least, what is open most.
_standing = sa.case((leads.c.state == "absorbed", 0), (LEAD_IS_OPEN, 2), else_=1)
_FIELDS = tuple(field.name for field in fields(Lead) if field.name != "offer")

_offers = assignments.alias("offers")
_SELECT = sa.select(
    leads,
    _offers.c.id.label("offer"),
    _offers.c.staff.label("offered_to"),
    _offers.c.at.label("offered_at"),
    _offers.c.until,
).join(
    _offers,
    sa.and_(_offers.c.lead == leads.c.id, _offers.c.ended_at.is_(None), _offers.c.kind == "offer"),
    isouter=True,
)
_BY_ID = _SELECT.where(leads.c.id.in_(KEYS))
_OF_PERSON = _SELECT.where(leads.c.person.in_(KEYS))
_OPEN_OF = _OF_PERSON.where(LEAD_IS_OPEN)
_LATEST_OF = _OF_PERSON.order_by(_standing, leads.c.id)  # the last of each person is kept


def _lead(row: Any) -> Lead:
    values = {name: getattr(row, name) for name in _FIELDS}
    offer = None
    if row.offer is not None:
        offer = Offer(row.offer, row.offered_to, row.offered_at, row.until)
    kinds = {"state": State(row.state), "warmth": Warmth(row.warmth)}
    return Lead(**values | kinds | {"offer": offer})


async def _by_id(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Lead]:
    rows = await connection.execute(_BY_ID, {"keys": keys})
    return {row.id: _lead(row) for row in rows}


async def _open_of(
    connection: AsyncConnection, keys: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], Lead]:
    rows = await connection.execute(_OPEN_OF, {"keys": [person for person, _ in keys]})
    return {(row.person, row.desk): _lead(row) for row in rows}


async def _latest_of(
    connection: AsyncConnection, keys: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], Lead]:
    rows = await connection.execute(_LATEST_OF, {"keys": [person for person, _ in keys]})
    return {(row.person, row.desk): _lead(row) for row in rows}
