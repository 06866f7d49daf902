"""Questionnaires: how far each customer came, what they answered, what they agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import accounts, answers, consents, dialogues, messages, persons, places
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What an account was asked last: the question's number, -1 for the consent before any."""

    account: int
    lead: int
    question: int
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, in the words kept for the team."""

    question: str
    answer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody agreed to, or declined, and when."""

    version: str
    url: str
    agreed: bool
    at: datetime


async def of_account(session: Session, account: int) -> Dialogue | None:
    """The questionnaire that goes on with an account."""
    return await session.one(_of_account, account)


def asked(session: Session, account: int, lead: int, question: int, now: datetime) -> None:
    """This question is the one to be answered now."""
    session.upsert(
        dialogues, account=account, lead=lead, question=question, asked_at=now, ended_at=None
    )


def end(session: Session, account: int, now: datetime) -> None:
    """Nothing is asked any more."""
    session.update(dialogues, {"account": account, "ended_at": None}, ended_at=now)


async def place_of(session: Session, chat: str, asks: str) -> str:
    """The id that the question's message got in the customer's chat; "" while it is not known."""
    query = sa.select(places.c.message_id).where(places.c.chat == chat, places.c.asks == asks)
    rows = await session.rows(query)
    return str(rows[0].message_id) if rows else ""


def answer(
    session: Session, account: int, lead: int, question: str, words: str, now: datetime
) -> None:
    """Keep an answer."""
    session.put(answers, account=account, lead=lead, question=question, answer=words, at=now)


async def answers_of_person(session: Session, root: int) -> Sequence[Answer]:
    """What a person answered by any account, oldest first."""
    found: Sequence[Answer] | None = await session.one(_answers_of_person, root)
    return found or ()


async def answers_of_lead(session: Session, lead: int) -> Sequence[Answer]:
    """What was answered about a lead, oldest first."""
    found: Sequence[Answer] | None = await session.one(_answers_of_lead, lead)
    return found or ()


def consent(
    session: Session, account: int, *, version: str, url: str, agreed: bool, now: datetime
) -> None:
    """Keep that they agreed, or declined."""
    session.put(consents, account=account, version=version, url=url, agreed=agreed, at=now)


async def consents_of(session: Session, account: int) -> Sequence[Consent]:
    """What an account agreed to and declined, oldest first."""
    found: Sequence[Consent] | None = await session.one(_consents_of, account)
    return found or ()


async def answered_since(session: Session, lead: int, since: datetime) -> bool:
    """Whether a human wrote to the lead's customer since a moment."""
    query = sa.select(messages.c.id).where(
        messages.c.lead == lead, messages.c.direction == "out", messages.c.at >= since
    )
    return bool(await session.rows(query.limit(1)))


async def _of_account(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Dialogue]:
    rows = await connection.execute(
        sa.select(dialogues).where(
            dialogues.c.account.in_(keys),
            dialogues.c.ended_at.is_(None),
            dialogues.c.lead.is_not(None),
        )
    )
    return {
        row.account: Dialogue(row.account, row.lead, row.question, row.asked_at) for row in rows
    }


async def _answers_of_person(
    connection: AsyncConnection, keys: Sequence[int]
) -> dict[int, list[Answer]]:
    root = sa.func.coalesce(persons.c.root, persons.c.id)
    rows = await connection.execute(
        sa.select(root.label("root"), answers)
        .join_from(persons, accounts, accounts.c.person == persons.c.id)
        .join(answers, answers.c.account == accounts.c.id)
        .where(sa.or_(persons.c.id.in_(keys), persons.c.root.in_(keys)))
        .order_by(answers.c.id)
    )
    found: dict[int, list[Answer]] = {}
    for row in rows:
        found.setdefault(row.root, []).append(Answer(row.question, row.answer, row.at))
    return found


async def _answers_of_lead(
    connection: AsyncConnection, keys: Sequence[int]
) -> dict[int, list[Answer]]:
    rows = await connection.execute(
        sa.select(answers).where(answers.c.lead.in_(keys)).order_by(answers.c.id)
    )
    found: dict[int, list[Answer]] = {}
    for row in rows:
        found.setdefault(row.lead, []).append(Answer(row.question, row.answer, row.at))
    return found


async def _consents_of(
    connection: AsyncConnection, keys: Sequence[int]
) -> dict[int, list[Consent]]:
    rows = await connection.execute(
        sa.select(consents).where(consents.c.account.in_(keys)).order_by(consents.c.id)
    )
    found: dict[int, list[Consent]] = {}
    for row in rows:
        one = Consent(row.version, row.url, row.agreed, row.at)
        found.setdefault(row.account, []).append(one)
    return found
