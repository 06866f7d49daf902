"""What was written, and every place that stands for a lead or a message, long by its questions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Attachment
from storage.schema import messages, outbox, places, versions
from storage.session import KEYS, Session

ATTACHMENTS = TypeAdapter(tuple[Attachment, ...])


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that somebody wrote."""

    id: int
    account: int
    lead: int | None
    direction: str  # in | out | note | held
    author: str  # customer | staff | admin
    staff: int | None
    chat: str  # the address of the chat in which it was written
    message_id: str
    text: str
    attachments: tuple[Attachment, ...]
    at: datetime
    album: str = ""
    edited_at: datetime | None = None
    withdrawn_at: datetime | None = None  # taken back from the customer


@dataclass(frozen=True, slots=True)
class Place:
    """A message in some chat that stands for a lead; any reply or press there finds it.

    Without a lead it `asks` something else.
    """

    chat: str  # an address
    message_id: str
    lead: int | None
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
    album: str = "",
    edited_at: datetime | None = None,
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
        attachments=ATTACHMENTS.dump_python(attachments, mode="json"),
        at=at,
        album=album,
        edited_at=edited_at,
    )


async def keep(session: Session, **values: Any) -> Message:
    """Keep what was written, as `add` does; the message itself."""
    return Message(await add(session, **values), **values)


def edit(
    session: Session,
    message: Message,
    text: str,
    *,
    at: datetime,
    attachments: tuple[Attachment, ...] | None = None,
) -> None:
    """Keep what it says and carries now, and the words before as a version."""
    session.put(versions, message=message.id, text=message.text, until=at)
    carried = message.attachments if attachments is None else attachments
    kept = ATTACHMENTS.dump_python(carried, mode="json")
    session.update(messages, {"id": message.id}, text=text, attachments=kept, edited_at=at)


def came_late(session: Session, message: Message, original: str) -> None:
    """Keep what a message said before its edit, which overtook it."""
    session.put(versions, message=message.id, text=original, until=message.edited_at)


async def versions_of(session: Session, message: int) -> Sequence[str]:
    """What a message said before each of its edits, oldest first."""
    rows = await session.rows(
        sa.select(versions.c.text).where(versions.c.message == message).order_by(versions.c.id)
    )
    return [row.text for row in rows]


async def album_began(session: Session, account: int, album: str, since: datetime) -> bool:
    """Whether a part of the customer's album came since a moment."""
    found = await session.rows(
        sa.select(messages.c.id)
        .where(messages.c.account == account, messages.c.at >= since, messages.c.album == album)
        .limit(1)
    )
    return bool(found)


def keep_inside(session: Session, message: Message) -> None:
    """Let what was meant for the customer be a note."""
    session.update(messages, {"id": message.id}, direction="note")


def let_out(session: Session, message: Message, account: int) -> None:
    """Let what was held go to the customer, to whichever account of theirs it is."""
    session.update(messages, {"id": message.id}, direction="out", account=account)


def withdraw(session: Session, message: Message, at: datetime | None) -> None:
    """Take it back from the customer; without a moment it is there still."""
    session.update(messages, {"id": message.id}, withdrawn_at=at)


async def held(session: Session, lead: int, staff: int) -> Sequence[Message]:
    """What waits until its author says whether it is for the customer, in its order."""
    rows = await session.rows(
        sa.select(messages)
        .where(messages.c.lead == lead, messages.c.staff == staff, messages.c.direction == "held")
        .order_by(messages.c.id)
    )
    return [_message(row) for row in rows]


async def of_album(session: Session, lead: int, chat: str, album: str) -> Sequence[Message]:
    """The parts of an album of a lead's conversation that are known so far."""
    rows = await session.rows(
        sa.select(messages)
        .where(messages.c.lead == lead, messages.c.album == album, messages.c.chat == chat)
        .order_by(messages.c.id)
    )
    return [_message(row) for row in rows]


async def written(session: Session, chat: str, message_id: str) -> Message | None:
    """What was written under this id in a chat."""
    return await session.one(_written, (chat, message_id))


async def in_conversation(session: Session, chat: str, message_id: str) -> Message | None:
    """What stands under this id in a customer's chat: their own words, or what went to them.

    Nothing for what the product says by itself.
    """
    return await session.one(_in_conversation, (chat, message_id))


async def by_id(session: Session, number: int) -> Message:
    """The message of this number; KeyError when there is none."""
    found = await find(session, number)
    if found is None:
        raise KeyError(f"no message={number}")
    return found


async def find(session: Session, number: int) -> Message | None:
    """The message of this number; None when there is none, or none any more."""
    return await session.one(_by_id, number)


async def of_lead(session: Session, lead: int, newest: int | None = None) -> Sequence[Message]:
    """The conversation of a lead, oldest first; of a longer one so many of the newest."""
    order = messages.c.at.desc(), messages.c.id.desc()
    query = sa.select(messages).where(messages.c.lead == lead).order_by(*order).limit(newest)
    return [_message(row) for row in reversed(await session.rows(query))]


async def count_of_lead(session: Session, lead: int) -> int:
    """How many messages its conversation has."""
    query = sa.select(sa.func.count()).where(messages.c.lead == lead)
    return int((await session.rows(query))[0][0])


async def unanswered(session: Session, lead: int) -> Sequence[Message]:
    """What the customer wrote since the last human answer, oldest first."""
    last = sa.select(sa.func.coalesce(sa.func.max(messages.c.id), 0)).where(
        messages.c.lead == lead,
        messages.c.direction == "out",
        messages.c.author.in_(("staff", "admin")),
    )
    rows = await session.rows(
        sa.select(messages)
        .where(
            messages.c.lead == lead,
            messages.c.author == "customer",
            messages.c.id > last.scalar_subquery(),
        )
        .order_by(messages.c.id)
    )
    return [_message(row) for row in rows]


def move(session: Session, accounts: Collection[int], lead: int, to: int) -> None:
    """What these accounts wrote and were told in a lead, and all that shows it, is another's."""
    theirs = sa.select(messages.c.id).where(messages.c.account.in_(accounts))
    for table in (places, outbox):
        meant = (table.c.lead == lead, table.c.message.in_(theirs))
        session.execute(table.update().where(*meant).values(lead=to))
    meant = (messages.c.lead == lead, messages.c.account.in_(accounts))
    session.execute(messages.update().where(*meant).values(lead=to))


async def lately(session: Session, account: int, since: datetime) -> int:
    """How many messages or albums they wrote since a moment, asked for many accounts at once."""
    return await session.one(_lately, (account, since)) or 0


async def edits_since(session: Session, account: int, since: datetime) -> int:
    """How often they changed something that they had written, since a moment."""
    return await _of_changes(session, sa.func.count(), account, since)


async def pages_since(session: Session, account: int, since: datetime) -> int:
    """How many messages are kept of them since a moment, asked for many accounts at once.

    One of more than 4,096 characters counts once more for each so many.
    """
    return await session.one(_pages_since, (account, since)) or 0


async def pages_changed_since(session: Session, account: int, since: datetime) -> int:
    """In the same way how many texts before an edit."""
    return await _of_changes(session, _pages(versions.c.text), account, since)


async def between(
    session: Session, account: int, since: datetime, until: datetime
) -> Sequence[Message]:
    """What the customer wrote, or changed, in a time, oldest first."""
    rows = await session.rows(
        sa.select(messages)
        .where(
            messages.c.account == account,
            messages.c.author == "customer",
            sa.or_(
                *(
                    sa.and_(when >= since, when < until)
                    for when in (messages.c.at, messages.c.edited_at)
                )
            ),
        )
        .order_by(messages.c.at, messages.c.id)
    )
    return [_message(row) for row in rows]


async def count_since(session: Session, account: int, since: datetime) -> int:
    """How many messages the customer wrote since a moment."""
    query = sa.select(sa.func.count()).where(
        messages.c.account == account, messages.c.at >= since, messages.c.author == "customer"
    )
    return int((await session.rows(query))[0][0])


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
        ATTACHMENTS.validate_python(row.attachments),
        row.at,
        row.album,
        row.edited_at,
        row.withdrawn_at,
    )


_WRITTEN_AS = sa.select(messages).where(sa.tuple_(messages.c.chat, messages.c.message_id).in_(KEYS))
_BY_ID = sa.select(messages).where(messages.c.id.in_(KEYS))
_PLACE = sa.select(places).where(sa.tuple_(places.c.chat, places.c.message_id).in_(KEYS))
_IN_CONVERSATION = sa.union_all(
    *(
        sa.select(messages, at.c.chat.label("at_chat"), at.c.message_id.label("at_id"))
        .select_from(source)
        .where(sa.tuple_(at.c.chat, at.c.message_id).in_(KEYS))
        for at, source in (
            (messages, messages),
            (places, places.join(messages, messages.c.id == places.c.message)),
        )
    )
)

_PAGE = 4096  # characters

# An album is written at once, however many parts it has.
_WRITTEN = sa.func.coalesce(sa.func.nullif(messages.c.album, ""), messages.c.message_id)
_LATELY = (
    sa.select(messages.c.account, sa.func.count(_WRITTEN.distinct()))
    .where(
        messages.c.account.in_(KEYS),
        messages.c.at >= sa.bindparam("since"),
        messages.c.author == "customer",
    )
    .group_by(messages.c.account)
)


async def _written(
    connection: AsyncConnection, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Message]:
    rows = await connection.execute(_WRITTEN_AS, {"keys": keys})
    return {(row.chat, row.message_id): _message(row) for row in rows}


async def _in_conversation(
    connection: AsyncConnection, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Message]:
    rows = await connection.execute(_IN_CONVERSATION, {"keys": keys})
    return {(row.at_chat, row.at_id): _message(row) for row in rows}


async def _lately(
    connection: AsyncConnection, keys: Sequence[tuple[int, datetime]]
) -> dict[tuple[int, datetime], int]:
    """Since the earliest of the moments, which in one batch are the same."""
    since = min(moment for _, moment in keys)
    asked = {"keys": [account for account, _ in keys], "since": since}
    found = await connection.execute(_LATELY, asked)
    counts: dict[int, int] = {row[0]: row[1] for row in found}
    return {key: counts.get(key[0], 0) for key in keys}


async def _pages_since(
    connection: AsyncConnection, keys: Sequence[tuple[int, datetime]]
) -> dict[tuple[int, datetime], int]:
    attached = sa.cast(messages.c.attachments, sa.Text)
    counts: dict[tuple[int, datetime], int] = {}
    for since in {since for _, since in keys}:
        query = (
            sa.select(messages.c.account, _pages(messages.c.text, attached))
            .where(
                messages.c.account.in_({account for account, moment in keys if moment == since}),
                messages.c.at >= since,
                messages.c.author == "customer",
            )
            .group_by(messages.c.account)
        )
        found = await connection.execute(query)
        counts |= {(row[0], since): int(row[1]) for row in found}
    return counts


async def _of_changes(
    session: Session, total: sa.ColumnElement[int], account: int, since: datetime
) -> int:
    """A sum over the texts that a customer changed since a moment; 0 of none."""
    query = (
        sa.select(total)
        .select_from(versions)
        .join(messages, messages.c.id == versions.c.message)
        .where(
            messages.c.account == account,
            messages.c.author == "customer",
            messages.c.edited_at >= since,
            versions.c.until >= since,
        )
    )
    return int((await session.rows(query))[0][0] or 0)


def _pages(*texts: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
    length = sum((sa.func.length(one) for one in texts), sa.literal(0))
    return sa.func.sum(1 + length // _PAGE)


async def _by_id(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Message]:
    rows = await connection.execute(_BY_ID, {"keys": keys})
    return {row.id: _message(row) for row in rows}


async def _place(
    connection: AsyncConnection, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Place]:
    rows = await connection.execute(_PLACE, {"keys": keys})
    return {
        (row.chat, row.message_id): Place(row.chat, row.message_id, row.lead, row.message, row.asks)
        for row in rows
    }
