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
