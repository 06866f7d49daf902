"""Posts of which nobody knows whether they were made, and the ids under which they may stand.

When a post is claimed, the highest message id that its chat is known to have had
is kept with it (`posted_above`) until its outcome is known: if it was made, its id
is above. What was posted, or written in the chat and heard, moves that mark.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import FREE, split_address
from storage.database import upsert
from storage.messages import Place
from storage.schema import cards, chats, messages, outbox, places
from storage.session import Session


def mark(table: sa.Table, where: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    """What a claim keeps: the chat's mark, or the one of an earlier claim still in doubt."""
    highest = sa.select(
        sa.case((chats.c.posted_id > chats.c.heard_id, chats.c.posted_id), else_=chats.c.heard_id)
    ).where(chats.c.address == where)
    return sa.func.coalesce(table.c.posted_above, highest.scalar_subquery())


async def posted(connection: AsyncConnection, highest: Mapping[str, int]) -> None:
    """The highest ids that were given to posts of ours, by the chats' addresses."""
    if highest:
        rows = [{"address": where, "posted_id": number} for where, number in highest.items()]
        await connection.execute(upsert(connection, chats, "posted_id"), rows)


async def pass_over(connection: AsyncConnection, where: str, count: int) -> None:
    """So many messages of ours may stand in a chat and will not be sought."""
    both = (chats.c.posted_id, chats.c.heard_id)
    highest = sa.case((both[0] > both[1], both[0]), else_=both[1])
    statement = chats.update().where(chats.c.address == where)
    await connection.execute(statement.values(posted_id=highest + count))


async def heard(connection: AsyncConnection, highest: Mapping[str, int]) -> None:
    """The highest ids that were given to what others wrote, by the chats' addresses."""
    if highest:
        rows = [{"address": where, "heard_id": number} for where, number in highest.items()]
        await connection.execute(upsert(connection, chats, "heard_id"), rows)


async def possible(session: Session, where: str, message_id: str) -> bool:
    """Whether a post of ours that is not recorded may stand under this id."""
    return bool(await session.one(_possible, (where, message_id)))


async def unknown(session: Session, where: str, message_id: str) -> bool:
    """Whether nothing tells what a message of ours is, nor is any being written down."""
    # Asked before the rest is looked up: it may be written down in between.
    if await possible(session, where, message_id):
        return False
    known = [
        sa.select(table.c.message_id).where(table.c.chat == where, table.c.message_id == message_id)
        for table in (places, cards)
    ]
    return not await session.rows(sa.union_all(*known))


def made_out(session: Session, where: str, message_id: str, lead: int) -> None:
    """A message of ours turned out to stand for this lead."""
    session.put(places, ignore=True, chat=where, message_id=message_id, lead=lead)


async def asked_before(session: Session, where: str, message_id: str) -> Place | None:
    """The question that a message of ours of which nothing is known asked, before it was repeated.

    Such a post cannot be edited, so nobody could find it.
    """
    channel, chat = split_address(where)
    query = (
        sa.select(places.c.lead, places.c.asks)
        .join(outbox, sa.func.coalesce(outbox.c.lead, 0) == sa.func.coalesce(places.c.lead, 0))
        .where(
            outbox.c.channel == channel,
            outbox.c.chat == chat,
            outbox.c.state == "sent",
            outbox.c.asks != sa.literal_column("''"),  # as its index says it
            outbox.c.posted_above < int(message_id),
            places.c.chat == where,
            places.c.asks != "",
            sa.cast(places.c.message_id, sa.Integer) > int(message_id),
            # Once it was answered, its place keeps only what was asked.
            sa.func.substr(outbox.c.asks, 1, sa.func.length(places.c.asks)) == places.c.asks,
        )
    )
    found = {(row.lead, row.asks) for row in await session.rows(query)}
    if len(found) != 1:
        return None
    lead, asks = found.pop()
    return Place(where, message_id, lead, None, asks)


async def known(connection: AsyncConnection, where: str, ids: Collection[str]) -> set[str]:
    """Those of these message ids of which we know what stands there."""
    found = [
        sa.select(table.c.message_id).where(table.c.chat == where, table.c.message_id.in_(ids))
        for table in (places, messages)
    ]
    return set((await connection.execute(sa.union(*found))).scalars())


async def in_chats(connection: AsyncConnection, channel: str) -> set[str]:
    """Chats, by the platform's own ids, with a post in doubt that waits to be sought."""
    of_cards = sa.select(cards.c.chat).where(
        cards.c.wanted > cards.c.shown,
        cards.c.state == "queued",
        cards.c.posted_above.is_not(None),
        sa.func.substr(cards.c.chat, 1, len(channel) + 1) == f"{channel}:",
    )
    of_calls = sa.select(outbox.c.channel + ":" + outbox.c.chat).where(
        outbox.c.channel == channel,
        outbox.c.ended_at.is_(None),
        outbox.c.state == "queued",
        outbox.c.posted_above.is_not(None),
    )
    rows = await connection.execute(sa.union(of_cards, of_calls))
    return {where.removeprefix(f"{channel}:") for where in rows.scalars()}


async def _possible(
    connection: AsyncConnection, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], bool]:
    return {key: await _is_possible(connection, *key) for key in set(keys)}


async def _is_possible(connection: AsyncConnection, where: str, message_id: str) -> bool:
    channel, chat = split_address(where)
    of_cards = sa.select(cards.c.id).where(
        cards.c.chat == where, cards.c.wanted > cards.c.shown, _may_be(cards, int(message_id))
    )
    of_calls = sa.select(outbox.c.id).where(
        outbox.c.channel == channel,
        outbox.c.chat == chat,
        outbox.c.ended_at.is_(None),
        outbox.c.priority.not_in(FREE),
        _may_be(outbox, int(message_id)),
    )
    found = await connection.execute(sa.union_all(of_cards, of_calls).limit(1))
    return found.first() is not None


def _may_be(table: sa.Table, message_id: int) -> sa.ColumnElement[bool]:
    """In doubt above a lower id, or just being posted in a chat that has no mark yet."""
    unmarked = sa.and_(table.c.state == "claimed", table.c.posted_above.is_(None))
    return sa.or_(table.c.posted_above < message_id, unmarked)
