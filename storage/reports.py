"""Every query of digest and reports, long as one list in which each number has one definition.

A period is [since, until). What is counted:

- received: leads that came in during it, by any way, also those that went up in another.
- taken: those for which somebody became responsible in it for the first time.
- answered: those that got their first answer by a human in it.
- converted, rejected: those closed so in it that are still closed so. Who was reopened
  since counts no more, and whoever was closed twice counts where it was closed last; so
  nothing counts in two periods, and days add up to months.
- unprocessed at a moment: those open then, as their history tells, whatever came later.
- overdue: open ones past a deadline; a deadline is missed when what was awaited was done
  after it, or is still awaited past it.

Where there are several desks, only the leads of the session's count.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bot.domain.lead import DealKind, State, Warmth
from storage.deadlines import late_by
from storage.schema import LEAD_IS_OPEN, cards, deadlines, deals, feedback, leads, staff, touches
from storage.session import Session

_AT_ONCE = 1000  # rows of the list of leads
_CLOSING = ("reject", "convert", "absorb")
_OPENING = ("reopen", "restore", "outlived")


class Happened(StrEnum):
    """What happens to a lead at most once in all periods together."""

    RECEIVED = "received"
    TAKEN = "taken"
    ANSWERED = "answered"
    CONVERTED = "converted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Arrival:
    """So many leads of one kind that came in, and what became of them by now."""

    channel: str
    source: str
    warmth: Warmth
    repeat: bool
    received: int
    taken: int
    answered: int
    converted: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Closing:
    """So many leads that one manager closed for one reason."""

    state: State
    reason: str
    responsible: int | None
    count: int


@dataclass(frozen=True, slots=True)
class First:
    """When a lead came and when it was taken, or answered, for the first time; by whom."""

    lead: int
    created_at: datetime
    at: datetime
    staff: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lead that was open at a moment, and who has it by now."""

    lead: int
    created_at: datetime
    responsible: int | None


@dataclass(frozen=True, slots=True)
class Took:
    """How many leads came to one manager, and how many of them missed a deadline of theirs."""

    staff: int
    taken: int
    missed: int


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead in the list of all; the deal is its newest, the card that of the team's chat."""

    id: int
    created_at: datetime
    channel: str
    source: str
    repeat_of: int | None
    state: State
    responsible: int | None
    reason: str
    warmth: Warmth
    taken_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    deal: DealKind | None
    amount: int | None  # minor units of `currency`
    currency: str
    rating: str
    card: str  # the message's id


async def happened(
    session: Session, what: Happened, since: datetime, until: datetime
) -> Sequence[int]:
    """The numbers of the leads to which that happened, in their order."""
    query = _HAPPENED[what](since, until).where(*session.only_ours())
    return sorted(row.id for row in await session.rows(query))


async def count(session: Session, what: Happened, since: datetime, until: datetime) -> int:
    """How many there were."""
    found = _HAPPENED[what](since, until).where(*session.only_ours()).subquery()
    return int((await session.rows(sa.select(sa.func.count()).select_from(found)))[0][0])


async def arrivals(session: Session, since: datetime, until: datetime) -> Sequence[Arrival]:
    """What came in, in groups."""
    repeat = leads.c.repeat_of.is_not(None).label("repeat")
    group = (leads.c.channel, leads.c.source, leads.c.warmth, repeat)
    rows = await session.rows(
        sa.select(
            *group,
            sa.func.count().label("received"),
            sa.func.count(leads.c.taken_at).label("taken"),
            sa.func.count(leads.c.answered_at).label("answered"),
            *(_times(leads.c.state == one, one) for one in ("converted", "rejected")),
        )
        .where(*_between(leads.c.created_at, since, until), *session.only_ours())
        .group_by(*group)
    )
    return [
        Arrival(
            channel=row.channel,
            source=row.source,
            warmth=Warmth(row.warmth),
            repeat=bool(row.repeat),
            **{name: int(getattr(row, name)) for name in Happened},
        )
        for row in rows
    ]


async def closings(session: Session, since: datetime, until: datetime) -> Sequence[Closing]:
    """What was converted and rejected, in groups."""
    group = (leads.c.state, leads.c.reason, leads.c.responsible)
    rows = await session.rows(
        sa.select(*group, sa.func.count().label("n"))
        .where(
            leads.c.state.in_((State.CONVERTED.value, State.REJECTED.value)),
            *_between(leads.c.closed_at, since, until),
            *session.only_ours(),
        )
        .group_by(*group)
    )
    return [Closing(State(row.state), row.reason, row.responsible, int(row.n)) for row in rows]


async def first_taken(session: Session, since: datetime, until: datetime) -> Sequence[First]:
    """Each lead that was taken for the first time."""
    return await _firsts(session, _taken(since, until))


async def first_answered(session: Session, since: datetime, until: datetime) -> Sequence[First]:
    """Each lead that was answered for the first time; nobody's are those of VK's own inbox."""
    return await _firsts(session, _answered(since, until))


async def took(session: Session, since: datetime, until: datetime, now: datetime) -> Sequence[Took]:
    """Per manager the leads that they took or were given, each once, also those of before.

    The deadline to take a lead is the queue's and no manager's.
    """
    to = touches.c.data["to"].as_integer()
    theirs = (
        sa.select(touches.c.lead, to.label("to"))
        .where(touches.c.kind.in_(("take", "give")), *_between(touches.c.at, since, until))
        .distinct()
    )
    if session.desk:
        theirs = theirs.join(leads, leads.c.id == touches.c.lead).where(*session.only_ours())
    found = theirs.subquery()
    late = sa.case((_missed(now), found.c.lead))
    rows = await session.rows(
        sa.select(
            found.c.to,
            sa.func.count(found.c.lead.distinct()).label("taken"),
            sa.func.count(late.distinct()).label("missed"),
        )
        .join(
            deadlines,
            sa.and_(deadlines.c.lead == found.c.lead, deadlines.c.kind != "take"),
            isouter=True,
        )
        .where(found.c.to.is_not(None))
        .group_by(found.c.to)
    )
    return [Took(int(row.to), int(row.taken), int(row.missed)) for row in rows]


async def answers_to_convert(
    session: Session, since: datetime, until: datetime
) -> Mapping[int | None, int]:
    """Per manager the team's answers in the leads that were converted, until they were."""
    rows = await session.rows(
        sa.select(leads.c.responsible, sa.func.count().label("n"))
        .join(touches, touches.c.lead == leads.c.id)
        .where(
            leads.c.state == State.CONVERTED.value,
            *_between(leads.c.closed_at, since, until),
            touches.c.kind == "answered",
            touches.c.at <= leads.c.closed_at,
            *session.only_ours(),
        )
        .group_by(leads.c.responsible)
    )
    return {row.responsible: int(row.n) for row in rows}


async def open_at(session: Session, at: datetime) -> Sequence[Waiting]:
    """The leads that were open at a moment, oldest first.

    What is told of a lead after that moment tells how it was: what was closed later was
    open, what was reopened was closed.
    """
    columns = (leads.c.id, leads.c.created_at, leads.c.responsible)
    ours = session.only_ours()
    known = {
        row.id: row for row in await session.rows(sa.select(*columns).where(LEAD_IS_OPEN, *ours))
    }
    changes = await session.rows(
        sa.select(*columns, touches.c.kind)
        .join(touches, touches.c.lead == leads.c.id)
        .where(touches.c.at >= at, touches.c.kind.in_((*_CLOSING, *_OPENING)), *ours)
        .order_by(touches.c.at.desc(), touches.c.id.desc())  # so that the first one wins
    )
    closed = await session.rows(sa.select(*columns).where(leads.c.closed_at >= at, *ours))
    known |= {row.id: row for row in closed}  # an erasure leaves no touch
    for row in changes:
        if row.kind in _CLOSING:
            known[row.id] = row
        else:
            known.pop(row.id, None)
    # When it came is looked at here, or SQLite would begin with all that came before.
    found = [
        Waiting(row.id, row.created_at, row.responsible)
        for row in known.values()
        if row.created_at < at
    ]
    return sorted(found, key=lambda one: (one.created_at, one.lead))


async def missed(session: Session, since: datetime, until: datetime, now: datetime) -> int:
    """How many of the leads received then have missed any deadline by now."""
    rows = await session.rows(
        sa.select(sa.func.count(leads.c.id.distinct()))
        .join(deadlines, deadlines.c.lead == leads.c.id)
        .where(*_between(leads.c.created_at, since, until), _missed(now), *session.only_ours())
    )
    return int(rows[0][0])


async def ratings(session: Session, since: datetime, until: datetime) -> Mapping[str, int]:
    """What customers who were asked said, and how often."""
    query = sa.select(feedback.c.answer, sa.func.count().label("n")).where(
        feedback.c.kind == "rating", *_between(feedback.c.answered_at, since, until)
    )
    if session.desk:
        query = query.join(leads, leads.c.id == feedback.c.lead).where(*session.only_ours())
    rows = await session.rows(query.group_by(feedback.c.answer))
    return {row.answer: int(row.n) for row in rows}


async def staff_names(session: Session) -> Mapping[int, str]:
    """What everybody who ever was in the team is called."""
    return {row.id: row.name for row in await session.rows(sa.select(staff.c.id, staff.c.name))}


async def amounts(session: Session, since: datetime, until: datetime) -> Mapping[str, int]:
    """Per currency what the leads received then were converted into, in minor units."""
    of_lead = deals.alias("of_lead")
    newest = (
        sa.select(sa.func.max(of_lead.c.id))
        .where(of_lead.c.lead == leads.c.id)
        .correlate(leads)
        .scalar_subquery()
    )
    rows = await session.rows(
        sa.select(deals.c.currency, sa.func.sum(deals.c.amount).label("minor"))
        .select_from(leads)
        .join(deals, deals.c.lead == leads.c.id)
        .where(
            *_between(leads.c.created_at, since, until),
            leads.c.state == State.CONVERTED.value,
            deals.c.amount.is_not(None),
            deals.c.id == newest,
            *session.only_ours(),
        )
        .group_by(deals.c.currency)
    )
    return {row.currency: int(row.minor) for row in rows}


async def lead_rows(
    session: Session, since: datetime, until: datetime, chat: str
) -> AsyncIterator[LeadRow]:
    """Each lead received, in the order of time; so many at once, that memory is bounded."""
    last_at, last = since, 0
    while True:
        page = await session.rows(
            sa.select(leads)
            .where(
                leads.c.created_at >= last_at,
                leads.c.created_at < until,
                sa.or_(leads.c.created_at > last_at, leads.c.id > last),
                *session.only_ours(),
            )
            .order_by(leads.c.created_at, leads.c.id)
            .limit(_AT_ONCE)
        )
        if not page:
            return
        async for row in _completed(session, page, chat):
            yield row
        last_at, last = page[-1].created_at, page[-1].id


async def _completed(
    session: Session, page: Sequence[sa.Row[Any]], chat: str
) -> AsyncIterator[LeadRow]:
    """What other tables know of these leads."""
    numbers = [row.id for row in page]
    known = {
        row.lead: row
        for row in await session.rows(
            sa.select(deals).where(deals.c.lead.in_(numbers)).order_by(deals.c.id)
        )
    }
    shown = await session.rows(
        sa.select(cards.c.lead, cards.c.message_id).where(
            cards.c.lead.in_(numbers), cards.c.chat == chat
        )
    )
    places = {row.lead: row.message_id or "" for row in shown}
    rated = await session.rows(
        sa.select(feedback.c.lead, feedback.c.answer).where(
            feedback.c.lead.in_(numbers), feedback.c.kind == "rating"
        )
    )
    ratings_ = {row.lead: row.answer for row in rated}
    for row in page:
        deal = known.get(row.id) if row.state == State.CONVERTED.value else None
        yield LeadRow(
            **{name: getattr(row, name) for name in _ROW},
            state=State(row.state),
            warmth=Warmth(row.warmth),
            deal=DealKind(deal.kind) if deal else None,
            amount=deal.amount if deal else None,
            currency=deal.currency if deal else "",
            rating=ratings_.get(row.id, ""),
            card=places.get(row.id, ""),
        )


_ROW = (
    "id",
    "created_at",
    "channel",
    "source",
    "repeat_of",
    "responsible",
    "reason",
    "taken_at",
    "answered_at",
    "closed_at",
)


def _received(since: datetime, until: datetime) -> sa.Select[Any]:
    return sa.select(leads.c.id).where(*_between(leads.c.created_at, since, until))


def _closed(state: State, since: datetime, until: datetime) -> sa.Select[Any]:
    return sa.select(leads.c.id).where(
        leads.c.state == state.value, *_between(leads.c.closed_at, since, until)
    )


def _taken(since: datetime, until: datetime) -> sa.Select[Any]:
    kinds = ("take", "give", "convert", "reopen")  # each of them may be what took it
    return _first(leads.c.taken_at, kinds, since, until)


def _answered(since: datetime, until: datetime) -> sa.Select[Any]:
    return _first(leads.c.answered_at, ("answered",), since, until)


def _first(
    column: sa.Column[datetime], kinds: Sequence[str], since: datetime, until: datetime
) -> sa.Select[Any]:
    """By what happened in the period, for which there is an index, not by the leads."""
    return (
        sa.select(
            leads.c.id,
            leads.c.created_at,
            column.label("at"),
            sa.func.max(touches.c.staff).label("staff"),
        )
        .select_from(touches)
        .join(leads, leads.c.id == touches.c.lead)
        .where(
            *_between(touches.c.at, since, until),
            touches.c.kind.in_(kinds),
            column == touches.c.at,
        )
        .group_by(leads.c.id, leads.c.created_at, column)
    )


_HAPPENED: dict[Happened, Callable[[datetime, datetime], sa.Select[Any]]] = {
    Happened.RECEIVED: _received,
    Happened.TAKEN: _taken,
    Happened.ANSWERED: _answered,
    Happened.CONVERTED: lambda since, until: _closed(State.CONVERTED, since, until),
    Happened.REJECTED: lambda since, until: _closed(State.REJECTED, since, until),
}


async def _firsts(session: Session, found: sa.Select[Any]) -> Sequence[First]:
    rows = await session.rows(found.where(*session.only_ours()))
    return [First(row.id, row.created_at, row.at, row.staff) for row in rows]


def _times(condition: sa.ColumnElement[bool], name: str) -> sa.Label[Any]:
    return sa.func.sum(sa.case((condition, 1), else_=0)).label(name)


def _missed(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(deadlines.c.done_at > deadlines.c.due_at, late_by(now))


def _between(
    column: sa.Column[Any], since: datetime, until: datetime
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return column >= since, column < until
