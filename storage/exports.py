"""What customers wrote themselves, counted and in full: never what the team noted about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.messages import Attachment
from storage.messages import ATTACHMENTS
from storage.schema import answers, leads, messages, versions
from storage.session import Session

_AT_ONCE = 50  # messages
_HEAD = 40  # characters; when it was written


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


async def characters_of(session: Session, account: int) -> int:
    """How long all that the account wrote is with a line's head each, if not shorter."""
    now = sa.func.length(messages.c.text) + sa.func.length(sa.cast(messages.c.attachments, sa.Text))
    written = sa.select(sa.func.sum(now + _HEAD)).where(_theirs(account))
    before = sa.select(sa.func.sum(sa.func.length(versions.c.text) + _HEAD))
    before = before.join(messages, messages.c.id == versions.c.message).where(_theirs(account))
    return sum([int((await session.rows(query))[0][0] or 0) for query in (written, before)])


async def messages_of(session: Session, account: int) -> AsyncIterator[Written]:
    """What the account wrote, oldest first, each after what it said before they changed it.

    Read a page at a time: of somebody who writes much it is more than fits into memory.
    """
    order = messages.c.at, messages.c.id
    query = sa.select(messages).where(_theirs(account)).order_by(*order).limit(_AT_ONCE)
    after: tuple[sa.ColumnElement[bool], ...] = ()
    while page := await session.rows(query.where(*after)):
        before = await _before(session, [row.id for row in page])
        for row in page:
            for text in before[row.id]:
                yield Written(row.at, text)
            yield Written(row.at, row.text, ATTACHMENTS.validate_python(row.attachments))
        last = page[-1]
        later = sa.or_(messages.c.at > last.at, messages.c.id > last.id)
        after = (messages.c.at >= last.at, later)


async def leads_of(session: Session, account: int) -> Sequence[Request]:
    """What the account asked for, oldest first."""
    query = sa.select(leads).where(leads.c.account == account).order_by(leads.c.id)
    return [Request(row.created_at, row.source) for row in await session.rows(query)]


async def answers_of(session: Session, account: int) -> Sequence[tuple[str, str]]:
    """(question, answer) of what the account was asked, in order."""
    query = sa.select(answers).where(answers.c.account == account).order_by(answers.c.id)
    return [(row.question, row.answer) for row in await session.rows(query)]


async def _before(session: Session, numbers: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """What these messages said before each change, in order."""
    query = sa.select(versions.c.message, versions.c.text).where(versions.c.message.in_(numbers))
    found: dict[int, list[str]] = defaultdict(list)
    for row in await session.rows(query.order_by(versions.c.id)):
        found[row.message].append(row.text)
    return found


def _theirs(account: int) -> sa.ColumnElement[Any]:
    return sa.and_(messages.c.account == account, messages.c.author == "customer")
