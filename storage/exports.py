"""What customers wrote themselves, counted and in full: never what the team noted about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from bot.messages import Attachment
from storage.schema import answers, leads, messages, versions
from storage.session import Session

_ATTACHMENTS = TypeAdapter(tuple[Attachment, ...])


@dataclass(frozen=True, slots=True)
class Written:
    """One message of theirs, or what it said before they changed it."""

    at: datetime
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One lead of theirs, as far as it is theirs to know."""

    created_at: datetime
    source: str


async def count_messages(session: Session, account: int) -> int:
    """How many messages the account wrote."""
    query = sa.select(sa.func.count()).select_from(messages).where(_theirs(account))
    return int((await session.rows(query))[0][0])


async def messages_of(session: Session, account: int) -> Sequence[Written]:
    """What the account wrote, oldest first, with what they changed since."""
    now = await session.rows(sa.select(messages).where(_theirs(account)))
    before = await session.rows(
        sa.select(versions.c.text, messages.c.at)
        .join(messages, messages.c.id == versions.c.message)
        .where(_theirs(account))
    )
    found = [Written(row.at, row.text) for row in before]
    found += [
        Written(row.at, row.text, _ATTACHMENTS.validate_python(row.attachments)) for row in now
    ]
    return sorted(found, key=lambda one: one.at)


async def leads_of(session: Session, account: int) -> Sequence[Request]:
    """What the account asked for, oldest first."""
    query = sa.select(leads).where(leads.c.account == account).order_by(leads.c.id)
    return [Request(row.created_at, row.source) for row in await session.rows(query)]


async def answers_of(session: Session, account: int) -> Sequence[tuple[str, str]]:
    """(question, answer) of what the account was asked, in order."""
    query = sa.select(answers).where(answers.c.account == account).order_by(answers.c.id)
    return [(row.question, row.answer) for row in await session.rows(query)]


def _theirs(account: int) -> sa.ColumnElement[Any]:
    return sa.and_(messages.c.account == account, messages.c.author == "customer")
