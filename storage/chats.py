"""Chats that got a new id: everything that names the old one follows."""

from __future__ import annotations

import sqlalchemy as sa

from bot.messages import address
from storage.database import Database
from storage.schema import cards, chats, members, messages, outbox, places
from storage.session import Session

_NAMED = ((cards, "chat"), (places, "chat"), (messages, "chat"), (members, "chat"))


def move(session: Session, channel: str, old: str, new: str) -> None:
    """Let every row that names the old chat name the new one."""
    was, now = address(channel, old), address(channel, new)
    session.upsert(chats, address=was, moved_to=now)
    for table, column in _NAMED:
        session.update(table, {column: was}, **{column: now})
    session.update(outbox, {"channel": channel, "chat": old}, chat=new)


async def current(database: Database, where: str) -> str:
    """The address a chat has by now."""
    async with database.read() as connection:
        rows = await connection.execute(sa.select(chats.c.address, chats.c.moved_to))
        moves = {row.address: row.moved_to for row in rows}
    seen = set()
    while where in moves and where not in seen:
        seen.add(where)
        where = moves[where]
    return where
