"""A storm of leads: more new cards than a chat can take in a minute are folded into lists.

A list is a card without a lead, with a line and a button for each card in it; it
is shown, changed and found again like any other card, and unfolds when there is room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.cards import Card, card, of_channel
from storage.database import Database
from storage.schema import cards, leads
from storage.session import Ids, Session

LINES = 40  # in a list: one message, and buttons that thumbs can still hit

_LISTS = cards.alias("lists")
_IDLE = cards.c.chat.not_in(sa.bindparam("busy", expanding=True))

# New cards that nothing shows yet.
_UNSEEN = (
    cards.c.wanted > cards.c.shown,
    cards.c.message_id.is_(None),
    cards.c.folded.is_(None),
    cards.c.lead.is_not(None),
    cards.c.state == "queued",
    cards.c.posted_above.is_(None),
    cards.c.topic == "",  # what moves is no news
    cards.c.left == "",
)


async def crowded(
    connection: AsyncConnection,
    channel: str,
    room: Callable[[str], float],
    *,
    busy: Sequence[str],
) -> Sequence[str]:
    """The addresses of the idle chats for which more new cards wait than there is room for.

    `room` tells how many cards the chat at an address can show by now.
    """
    rows = await connection.execute(_unseen(), {"channel": channel, "busy": list(busy)})
    return [chat for chat, count in rows if count > room(chat)]


async def fold(database: Database, ids: Ids, where: str, now: datetime) -> None:
    """List the oldest new cards of a chat."""
    number = await ids.take(cards)
    async with database.write() as connection:
        await _fold_oldest(connection, where, number, now)


async def unfolded(
    connection: AsyncConnection, channel: str, *, busy: Sequence[str]
) -> Sequence[Card]:
    """The oldest card in a list, to be posted for itself now that nothing else waits."""
    asked = {"channel": channel, "busy": list(busy)}
    return [card(row) for row in await connection.execute(_oldest_folded(), asked)]


@cache  # put together once: these are asked at every turn
def _unseen() -> sa.Select[Any]:
    return (
        sa.select(cards.c.chat, sa.func.count())
        .where(*_UNSEEN, of_channel(sa.bindparam("channel")), _IDLE)
        .group_by(cards.c.chat)
    )


@cache
def _oldest_folded() -> sa.Select[Any]:
    return (
        sa.select(cards)
        .join(_LISTS, _LISTS.c.id == cards.c.folded)
        .where(
            cards.c.folded.is_not(None),
            cards.c.state == "queued",
            _LISTS.c.message_id.is_not(None),
            of_channel(sa.bindparam("channel")),
            _IDLE,
        )
        .order_by(cards.c.id)
        .limit(1)
    )


async def leads_in(session: Session, number: int) -> Sequence[int]:
    """The leads that a list shows: those that wait in it, oldest first."""
    rows = await session.rows(
        sa.select(cards.c.lead)
        .join(leads, leads.c.id == cards.c.lead)
        .where(cards.c.folded == number, leads.c.state == "new")
        .order_by(cards.c.id)
    )
    return [row.lead for row in rows]


async def _fold_oldest(connection: AsyncConnection, chat: str, number: int, now: datetime) -> None:
    oldest = await connection.execute(
        sa.select(cards.c.id, cards.c.queued_at)
        .where(*_UNSEEN, cards.c.chat == chat)
        .order_by(cards.c.id)
        .limit(LINES)
    )
    found = oldest.all()
    first = min((row.queued_at for row in found), default=now)
    await connection.execute(cards.insert().values(id=number, chat=chat, queued_at=first))
    await connection.execute(
        cards.update().where(cards.c.id.in_([row.id for row in found])).values(folded=number)
    )
