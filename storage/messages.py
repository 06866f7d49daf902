"""What was written, and every place in every chat that stands for a lead or a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Attachment
from storage.schema import messages, places, versions
from storage.session import Session

_ATTACHMENTS = TypeAdapter(tuple[Attachment, ...])


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that somebody wrote."""

    id: int
    account: int
    lead: int | None
    direction: str  # in | out | note
    author: str  # customer | staff | bot | admin
    staff: int | None
    chat: str  # the address of the chat in which it was written
    message_id: str
    text: str
    attachments: tuple[Attachment, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A message in some chat that stands for a lead; any reply or press there finds it."""

    chat: str  # an address
    message_id: str
    lead: int
    message: int | None
    asks: str


async def add(
    session: Session,
    *,
    account: int,
    lead: int | None,
    direction: str,
    author: str,
    chat: str,
    message_id: str,
    at: datetime,
    text: str = "",
    attachments: tuple[Attachment, ...] = (),
    staff: int | None = None,
) -> int:
    """Keep what was written; its number."""
    return await session.insert(
        messages,
        account=account,
        lead=lead,
        direction=direction,
        author=author,
        staff=staff,
        chat=chat,
        message_id=message_id,
        text=text,
        attachments=_ATTACHMENTS.dump_python(attachments, mode="json"),
        at=at,
    )


def edit(session: Session, message: Message, text: str, *, at: datetime) -> None:
    """Keep the new text, and the one before as a version."""
    session.put(versions, message=message.id, text=message.text, until=at)
    session.update(messages, {"id": message.id}, text=text, edited_at=at)


def join(session: Session, message: int, lead: int) -> None:
    """Let a message that came before any lead belong to one."""
    session.update(messages, {"id": message}, lead=lead)


async def written(session: Session, chat: str, message_id: str) -> Message | None:
    """What was written under this id in a chat."""
    return await session.one(_written, (chat, message_id))


async def by_id(session: Session, number: int) -> Message:
    """The message of this number; KeyError when there is none."""
    found = await session.one(_by_id, number)
    if found is None:
        raise KeyError(f"no message={number}")
    return found


async def of_lead(session: Session, lead: int) -> Sequence[Message]:
    """The conversation of a lead, oldest first."""
    rows = await session.rows(
        sa.select(messages).where(messages.c.lead == lead).order_by(messages.c.at, messages.c.id)
    )
    return [_message(row) for row in rows]


async def place(session: Session, chat: str, message_id: str) -> Place | None:
    """What a message in a chat stands for."""
    return await session.one(_place, (chat, message_id))


def _message(row: Any) -> Message:
    return Message(
        row.id,
        row.account,
        row.lead,
        row.direction,
        row.author,
        row.staff,
        row.chat,
        row.message_id,
        row.text,
        _ATTACHMENTS.validate_python(row.attachments),
        row.at,
    )


async def _written(
    connection: AsyncConnection, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Message]:
    rows = await connection.execute(
        sa.select(messages).where(sa.tuple_(messages.c.chat, messages.c.message_id).in_(keys))
    )
    return {(row.chat, row.message_id): _message(row) for row in rows}


async def _by_id(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Message]:
    rows = await connection.execute(sa.select(messages).where(messages.c.id.in_(keys)))
    return {row.id: _message(row) for row in rows}


async def _place(
    connection: AsyncConnection, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Place]:
    rows = await connection.execute(
        sa.select(places).where(sa.tuple_(places.c.chat, places.c.message_id).in_(keys))
    )
    return {
        (row.chat, row.message_id): Place(row.chat, row.message_id, row.lead, row.message, row.asks)
        for row in rows
    }
