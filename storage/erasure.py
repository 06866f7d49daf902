"""Erasing a person: what is known of them goes, and what they were counted as stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.messages import address
from storage.accounts import Account
from storage.database import Database
from storage.forgetting import NOTHING, statements
from storage.schema import (
    answers,
    consents,
    contacts,
    erasures,
    leads,
    messages,
    outbox,
    places,
)
from storage.session import Session

LIST = "list"  # what a post in a chat of the team asks that tells of many leads


@dataclass(frozen=True, slots=True)
class Copy:
    """A message in a chat of the team that shows something of the person."""

    chat: str  # an address
    message_id: str
    lead: int  # 0: it is a list of many
    attached: bool  # it shows more than words
    ours: bool  # the bot posted it


@dataclass(frozen=True, slots=True)
class Erasure:
    """The proof: what was erased when, with nothing of whom."""

    id: int
    receipt: str
    asked_by: str
    at: datetime
    counts: dict[str, int]


async def by_id(session: Session, number: int) -> Erasure | None:
    """The erasure of this number."""
    return _erasure(await session.rows(sa.select(erasures).where(erasures.c.id == number)))


async def of_receipt(session: Session, receipt: str) -> Erasure | None:
    """The erasure that this receipt proves."""
    return _erasure(await session.rows(sa.select(erasures).where(erasures.c.receipt == receipt)))


async def copies(session: Session, tree: Sequence[Account]) -> Sequence[Copy]:
    """Everything in the team's chats that shows something of these accounts."""
    of_them = leads.c.account.in_([one.id for one in tree])
    own = [one.address for one in tree]
    shown = (
        sa.select(places.c.chat, places.c.message_id, places.c.lead, messages.c.attachments)
        .join(leads, sa.and_(leads.c.id == places.c.lead, of_them))
        .join(messages, messages.c.id == places.c.message, isouter=True)
        .where(places.c.chat.not_in(own))
    )
    written = (
        sa.select(messages.c.chat, messages.c.message_id, messages.c.lead)
        .join(leads, sa.and_(leads.c.id == messages.c.lead, of_them))
        .where(messages.c.author == "staff")
    )
    lists = sa.select(places.c.chat, places.c.message_id).where(
        places.c.lead.is_(None), places.c.asks == LIST
    )
    ours = [
        Copy(row.chat, row.message_id, row.lead, bool(row.attachments), ours=True)
        for row in await session.rows(shown)
    ]
    theirs = [
        Copy(row.chat, row.message_id, row.lead, attached=True, ours=False)
        for row in await session.rows(written)
    ]
    first = _first_ids(ours)
    of_many = [
        Copy(row.chat, row.message_id, 0, attached=False, ours=True)
        for row in await session.rows(lists)
        if _number(row.message_id) > first.get(row.chat, _number(""))
    ]
    return [*ours, *theirs, *of_many]


async def emptied(session: Session, erasure: int) -> set[tuple[str, str]]:
    """(chat's address, message id) of the copies for which a call was queued."""
    rows = await _calls(session, erasure)
    return {(address(row.channel, row.chat), row.payload.get("message_id", "")) for row in rows}


async def left(session: Session, erasure: int) -> Sequence[tuple[str, str]]:
    """The same for those which the platform would not let us empty."""
    rows = await _calls(session, erasure)
    return [
        (address(row.channel, row.chat), row.payload["message_id"])
        for row in rows
        if row.state == "failed" and row.payload.get("message_id")
    ]


async def waiting(session: Session, erasure: int) -> bool:
    """Whether some copies are still to be emptied."""
    return any(row.state in ("queued", "claimed") for row in await _calls(session, erasure))


async def erase(
    session: Session,
    tree: Sequence[Account],
    *,
    receipt: str,
    asked_by: str,
    reasons: Sequence[str],
    now: datetime,
) -> int:
    """Let everything that tells of these accounts be erased with the flush; the proof's number.

    Of reasons to reject only the team's standard ones are kept.
    """
    counts = await _counts(session, [one.id for one in tree])
    number = await session.insert(
        erasures, receipt=receipt, asked_by=asked_by, at=now, counts=counts
    )
    for statement in statements(tree, reasons, now):
        session.execute(statement)
    return number


async def tidy(database: Database, now: datetime) -> bool:
    """Leave nothing of what was erased in the database's own log; whether there was something."""
    query = sa.select(erasures.c.id).where(erasures.c.tidied_at.is_(None))
    async with database.read() as connection:
        found = list((await connection.execute(query)).scalars())
    if not found or not await database.truncate_log():
        return False
    async with database.write() as connection:
        done = erasures.update().where(erasures.c.id.in_(found)).values(tidied_at=now)
        await connection.execute(done)
    return True


def forget_call(session: Session, delivery: int) -> None:
    """Keep no trace of whom a call went to."""
    session.update(outbox, {"id": delivery}, chat="", key="erased", payload=NOTHING)


def _first_ids(copies: Sequence[Copy]) -> dict[str, int]:
    """The id of the earliest copy in each chat; what was posted before tells nothing of them."""
    found: dict[str, int] = {}
    for copy in copies:
        number = _number(copy.message_id)
        found[copy.chat] = min(number, found.get(copy.chat, number))
    return found


def _number(message_id: str) -> int:
    return int(message_id) if message_id.isdecimal() else 2**63


def _erasure(rows: Sequence[sa.Row[Any]]) -> Erasure | None:
    for row in rows:
        return Erasure(row.id, row.receipt, row.asked_by, row.at, row.counts)
    return None


async def _calls(session: Session, erasure: int) -> Sequence[sa.Row[Any]]:
    return await session.rows(sa.select(outbox).where(outbox.c.asks == f"erased:{erasure}"))


async def _counts(session: Session, numbers: Sequence[int]) -> dict[str, int]:
    found = {"accounts": len(numbers)}
    for table in (leads, messages, contacts, answers, consents):
        query = sa.select(sa.func.count()).select_from(table).where(table.c.account.in_(numbers))
        found[table.name] = int((await session.rows(query))[0][0])
    return found
