"""What customers were asked by one tap after closing, and answered: each thing once a lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.feedback import Asks
from storage.schema import feedback, leads
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Feedback:
    """One thing asked of a lead's customer; `answer` is a Why or "1" to "5", "" until they tap."""

    lead: int
    kind: Asks
    answer: str
    asked_at: datetime
    answered_at: datetime | None  # the first time


@dataclass(frozen=True, slots=True)
class Answers:
    """How often one answer was given."""

    kind: Asks
    answer: str
    channel: str  # of the lead
    responsible: int | None  # staff, of the lead
    count: int


@dataclass(frozen=True, slots=True)
class Ratings:
    """The ratings of a period: how many, and their average; None when there are none."""

    count: int
    average: float | None


async def of_lead(session: Session, lead: int) -> Sequence[Feedback]:
    """What the customer was asked about a lead, whether they answered or not."""
    found: Sequence[Feedback] | None = await session.one(_of_lead, lead)
    return found or ()


async def of_account(session: Session, account: int) -> Sequence[Feedback]:
    """What was answered about the leads of an account, in order."""
    query = (
        sa.select(feedback)
        .join_from(feedback, leads, leads.c.id == feedback.c.lead)
        .where(leads.c.account == account, feedback.c.answered_at.is_not(None))
        .order_by(feedback.c.answered_at)
    )
    return [_feedback(row) for row in await session.rows(query)]


def ask(session: Session, lead: int, kind: Asks, *, at: datetime) -> None:
    """It is asked now, once: another row of the kind is refused."""
    session.put(feedback, lead=lead, kind=kind.value, answer="", asked_at=at)


def answer(session: Session, one: Feedback, words: str, *, at: datetime) -> None:
    """Keep what they tapped; the moment is that of the first tap."""
    where = {"lead": one.lead, "kind": one.kind.value}
    session.update(feedback, where, answer=words, answered_at=one.answered_at or at)


async def answers_between(session: Session, since: datetime, until: datetime) -> Sequence[Answers]:
    """What was first answered in [since, until), counted for reports."""
    columns = (feedback.c.kind, feedback.c.answer, leads.c.channel, leads.c.responsible)
    rows = await session.rows(
        sa.select(*columns, sa.func.count().label("times"))
        .join_from(feedback, leads, leads.c.id == feedback.c.lead)
        .where(feedback.c.answered_at >= since, feedback.c.answered_at < until)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [
        Answers(Asks(row.kind), row.answer, row.channel, row.responsible, row.times) for row in rows
    ]


async def ratings_between(session: Session, since: datetime, until: datetime) -> Ratings:
    """The ratings first given in [since, until)."""
    found = [
        (int(one.answer), one.count)
        for one in await answers_between(session, since, until)
        if one.kind is Asks.RATING
    ]
    count = sum(times for _, times in found)
    total = sum(rating * times for rating, times in found)
    return Ratings(count, total / count if count else None)


async def _of_lead(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, list[Feedback]]:
    rows = await connection.execute(
        sa.select(feedback).where(feedback.c.lead.in_(keys)).order_by(feedback.c.asked_at)
    )
    found: dict[int, list[Feedback]] = {}
    for row in rows:
        found.setdefault(row.lead, []).append(_feedback(row))
    return found


def _feedback(row: Any) -> Feedback:
    return Feedback(row.lead, Asks(row.kind), row.answer, row.asked_at, row.answered_at)
