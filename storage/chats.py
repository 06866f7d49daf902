"""Chats: what follows them to a new id, and what they are to us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import address, kind_of, split_address
from storage.database import Database, upsert
from storage.schema import LEAD_IS_OPEN, cards, chats, cursors, leads, members, outbox
from storage.session import KEYS, Session


@dataclass(frozen=True, slots=True)
class Topics:
    """Whether a chat is a forum, as far as was last seen, and whether it lets the bot open any."""

    forum: bool = False
    refused: bool = False


async def topics(session: Session, where: str) -> Topics:
    """What is known of a chat's topics."""
    return await session.one(_topics, where) or Topics()


def saw(session: Session, where: str, *, forum: bool) -> None:
    """The chat was seen to be a forum, or not; what it refused as the other is open again."""
    session.upsert(chats, address=where, forum=forum)
    let_topics(session, where)


async def found(connection: AsyncConnection, where: str, *, forum: bool) -> None:
    """The same, outside of any event."""
    row = {"address": where, "forum": forum}
    await connection.execute(upsert(connection, chats, "forum"), row)
    again = {"channel": _no_topics(where), "value": ""}
    await connection.execute(upsert(connection, cursors, "value"), again)


def let_topics(session: Session, where: str) -> None:
    """The bot may have got the right to open topics."""
    session.upsert(cursors, channel=_no_topics(where), value="")


async def refuse_topics(connection: AsyncConnection, where: str, now: datetime) -> None:
    """The chat lets the bot open no topics, until something is seen to have changed."""
    row = {"channel": _no_topics(where), "value": now.isoformat()}
    await connection.execute(upsert(connection, cursors, "value"), row)


def move(session: Session, channel: str, old: str, new: str) -> None:
    """Let cards, waiting calls and members of the old chat be those of the new one.

    The new chat counts its messages from one again: cards of open leads are posted
    anew, and what was written or shown in the old chat keeps its old place.
    """
    was, now = address(channel, old), address(channel, new)
    session.upsert(chats, address=was, moved_to=now)
    session.update(cards, {"chat": was}, thread="", topic="", titled="", left="")
    shown = _shown_anew()
    session.update(cards, {"chat": was}, chat=now, message_id=None, posted_above=None, shown=shown)
    session.update(members, {"chat": was}, chat=_unless_known(was, now))
    key = sa.func.replace(outbox.c.key, was, now)
    session.update(outbox, {"channel": channel, "chat": old}, chat=new, key=key, posted_above=None)


async def take_over(database: Database, where: str) -> None:
    """Let the cards that another bot of Telegram's has in this group be those of its bot of now.

    Nobody can change what another bot posted: cards of open leads are posted anew.
    """
    channel, number = split_address(where)
    if kind_of(channel) != "telegram" or not number.startswith("-"):
        return  # of VK's communities each has a number of its own for a chat
    ours = cards.alias()
    has_ours = sa.exists().where(ours.c.chat == where, ours.c.lead == cards.c.lead)
    by_others = (cards.c.chat.like(f"telegram%:{number}"), cards.c.chat != where, ~has_ours)
    async with database.read() as connection:
        found = await connection.execute(sa.select(cards.c.id).where(*by_others).limit(1))
        if found.first() is None:
            return
    anew = {"message_id": None, "posted_above": None, "state": "queued", "shown": _shown_anew()}
    async with database.write() as connection:
        await connection.execute(cards.update().where(*by_others).values(chat=where, **anew))


async def current(database: Database, where: str) -> str:
    """The address a chat has by now."""
    return _followed(where, await _moves(database))


async def former(database: Database, where: str) -> frozenset[str]:
    """The addresses that the chat of this address had before."""
    moves = await _moves(database)
    return frozenset(was for was in moves if _followed(was, moves) == where) - {where}


async def _moves(database: Database) -> dict[str, str]:
    async with database.read() as connection:
        query = sa.select(chats.c.address, chats.c.moved_to)
        rows = await connection.execute(query.where(chats.c.moved_to.is_not(None)))
        return {row.address: row.moved_to for row in rows}


def _followed(where: str, moves: dict[str, str]) -> str:
    seen = set()
    while where in moves and where not in seen:
        seen.add(where)
        where = moves[where]
    return where


def _shown_anew() -> sa.ColumnElement[int]:
    """What was shown of a card that is gone: nothing, where its lead is open."""
    open_leads = sa.select(leads.c.id).where(LEAD_IS_OPEN)
    return sa.case((cards.c.lead.in_(open_leads), 0), else_=cards.c.shown)


def _no_topics(where: str) -> str:
    return f"no topics {where}"


_MARKED = sa.select(cursors.c.channel).where(cursors.c.channel.in_(KEYS), cursors.c.value != "")
_FORUMS = sa.select(chats.c.address, chats.c.forum).where(chats.c.address.in_(KEYS))


async def _topics(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Topics]:
    marks = {_no_topics(where): where for where in keys}
    rows = await connection.execute(_MARKED, {"keys": list(marks)})
    refused = {marks[row.channel] for row in rows}
    forums = {row.address: row.forum for row in await connection.execute(_FORUMS, {"keys": keys})}
    return {where: Topics(forums.get(where, False), where in refused) for where in keys}


def _unless_known(was: str, now: str) -> sa.ColumnElement[str]:
    """The new address, but for those of whom the new chat has told already."""
    known = members.alias("known")
    told = sa.exists().where(known.c.chat == now, known.c.member == members.c.member)
    return sa.case((told, was), else_=now)
