"""Chats that got a new id: what is still to be shown or sent there follows."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.messages import address
from storage.database import Database
from storage.schema import cards, chats, cursors, leads, members, outbox
from storage.session import Session


def move(session: Session, channel: str, old: str, new: str) -> None:
    """Let cards, waiting calls and members of the old chat be those of the new one.

    The new chat counts its messages from one again: cards of open leads are posted
    anew, and what was written or shown in the old chat keeps its old place.
    """
    was, now = address(channel, old), address(channel, new)
    session.upsert(chats, address=was, moved_to=now)
    open_leads = sa.select(leads.c.id).where(leads.c.state.in_(("new", "taken")))
    shown = sa.case((cards.c.lead.in_(open_leads), 0), else_=cards.c.shown)
    session.update(cards, {"chat": was}, chat=now, message_id=None, posted_above=None, shown=shown)
    session.update(members, {"chat": was}, chat=_unless_known(was, now))
    key = sa.func.replace(outbox.c.key, was, now)
    session.update(outbox, {"channel": channel, "chat": old}, chat=new, key=key, posted_above=None)


async def current(database: Database, where: str) -> str:
    """The address a chat has by now."""
    return _followed(where, await _moves(database))


async def former(database: Database, where: str) -> frozenset[str]:
    """The addresses that the chat of this address had before."""
    moves = await _moves(database)
    return frozenset(was for was in moves if _followed(was, moves) == where) - {where}


async def shut_out_since(session: Session, where: str) -> datetime | None:
    """When it was last told that this chat refuses the bot, if it was told at all."""
    query = sa.select(cursors.c.value).where(cursors.c.channel == _shut(where))
    found = await session.rows(query)
    return datetime.fromisoformat(found[0].value) if found and found[0].value else None


def shut_out(session: Session, where: str, at: datetime | None) -> None:
    """It is told now that this chat refuses the bot; None when it is welcome again."""
    session.upsert(cursors, channel=_shut(where), value=at.isoformat() if at else "")


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


def _shut(where: str) -> str:
    return f"shut out {where}"


def _unless_known(was: str, now: str) -> sa.ColumnElement[str]:
    """The new address, but for those of whom the new chat has told already."""
    known = members.alias("known")
    told = sa.exists().where(known.c.chat == now, known.c.member == members.c.member)
    return sa.case((told, was), else_=now)
