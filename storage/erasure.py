"""Erasing a person, long by all that shows them: what is known goes, counts of them stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.messages import address, in_history
from storage import accounts, erased
from storage.accounts import Account
from storage.database import Database
from storage.erased import MARK
from storage.forgetting import NOTHING, OPENING, emptied_events, statements, unnamed_events
from storage.prompts import is_prompt
from storage.schema import (
    answers,
    asking,
    cards,
    consents,
    contacts,
    erasures,
    inbox,
    leads,
    messages,
    outbox,
    places,
)
from storage.session import Session
from storage.words import forget

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
    numbers = [one.id for one in tree]
    ours = [
        Copy(row.chat, row.message_id, row.lead, _attached(row), ours=True)
        for row in await session.rows(_shown(tree, numbers))
    ]
    theirs = [
        Copy(row.chat, row.message_id, row.lead, attached=True, ours=False)
        for row in await session.rows(_written(numbers))
    ]
    lists = sa.select(places.c.chat, places.c.message_id).where(
        places.c.lead.is_(None), places.c.asks == LIST
    )
    first = _first_ids(ours)
    of_many = [
        Copy(row.chat, row.message_id, 0, attached=False, ours=True)
        for row in await session.rows(lists)
        if _number(row.message_id) > first.get(row.chat, 0)
    ]
    return [*ours, *theirs, *of_many]


async def came_through(session: Session, erasure: int) -> Sequence[Copy]:
    """What was on its way while they were erased, and is shown nevertheless."""
    query = sa.select(places.c.chat, places.c.message_id, places.c.lead).where(
        places.c.asks == f"{MARK}{erasure}"
    )
    return [
        Copy(row.chat, row.message_id, row.lead or 0, attached=True, ours=True)
        for row in await session.rows(query)
    ]


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
    still = outbox.c.ended_at.is_(None)
    query = sa.select(outbox.c.id).where(*asking(f"{MARK}{erasure}"), still).limit(1)
    return bool(await session.rows(query))


async def erase(
    session: Session,
    tree: Sequence[Account],
    *,
    receipt: str,
    asked_by: str,
    reasons: Sequence[str],
    now: datetime,
    whole: bool,
) -> int:
    """Let everything that tells of these accounts be erased with the flush; the proof's number.

    Of reasons to reject only the team's standard ones are kept. `whole` says that their
    person has no other accounts.
    """
    counts = await _counts(session, [one.id for one in tree])
    number = await session.insert(
        erasures, receipt=receipt, asked_by=asked_by, at=now, counts=counts
    )
    mark = f"{MARK}{number}"
    for statement in statements(tree, reasons, now, mark=mark, whole=whole):
        session.execute(statement)
    unreadable = await _unreadable(session, tree)
    session.execute(emptied_events(inbox.c.id.in_(unreadable)))
    erased.remember(session, receipt, [one.address for one in tree], now)
    return number


async def clean(session: Session, channels: Collection[str], now: datetime) -> bool:
    """Forget what was taken in since of all who were erased, as far as it was handled.

    See erased.forget for what it returns.
    """
    ended = inbox.c.ended_at.is_not(None)
    known = (ended, inbox.c.key.is_not(None), inbox.c.key != "erased")
    keys = await session.rows(sa.select(inbox.c.key).where(*known).distinct())
    theirs = await erased.among(session, [row.key for row in keys])
    session.execute(emptied_events(ended, inbox.c.key.in_(theirs)))
    session.execute(emptied_events(ended, inbox.c.key.like("%:erased-%")))
    session.execute(unnamed_events(await _gone(session)))
    return await erased.forget(session, channels, now)


async def tidy(database: Database, now: datetime) -> bool:
    """Leave nothing of what was erased in indexes and log; whether there was something."""
    query = sa.select(erasures.c.id).where(erasures.c.tidied_at.is_(None))
    async with database.read() as connection:
        found = list((await connection.execute(query)).scalars())
    if not found:
        return False
    await forget(database)
    if not await database.truncate_log():
        return False
    async with database.write() as connection:
        done = erasures.update().where(erasures.c.id.in_(found)).values(tidied_at=now)
        await connection.execute(done)
    return True


def forget_call(session: Session, delivery: int) -> None:
    """Keep no trace of whom a call went to."""
    session.update(outbox, {"id": delivery}, chat="", key="erased", payload=NOTHING)


def forget_list(session: Session, where: str, message_id: str) -> None:
    """A list that shows nothing any more need not be emptied again."""
    shown = (places.c.chat == where, places.c.message_id == message_id)
    session.execute(places.delete().where(*shown, places.c.lead.is_(None), places.c.asks == LIST))


def _shown(tree: Sequence[Account], numbers: Sequence[int]) -> sa.Select[Any]:
    """What the bot posted of their words, and of their leads; not what others wrote there."""
    about = sa.and_(places.c.message.is_(None), leads.c.account.in_(numbers))
    of_them = sa.or_(messages.c.account.in_(numbers), about)
    return (
        sa.select(
            places.c.chat,
            places.c.message_id,
            places.c.lead,
            places.c.asks,
            messages.c.attachments,
        )
        .join(leads, leads.c.id == places.c.lead)
        .join(messages, messages.c.id == places.c.message, isouter=True)
        .where(
            places.c.chat.not_in([one.address for one in tree]),
            sa.or_(of_them, _tells_of_a_lead_they_wrote_in(numbers)),
            sa.not_(is_prompt(places.c.asks)),  # nor could they be edited
        )
    )


def _written(numbers: Sequence[int]) -> sa.Select[Any]:
    """What managers wrote to them, and noted."""
    return sa.select(messages.c.chat, messages.c.message_id, messages.c.lead).where(
        messages.c.author == "staff",
        messages.c.lead.is_not(None),
        messages.c.account.in_(numbers),
    )


def _tells_of_a_lead_they_wrote_in(numbers: Sequence[int]) -> sa.ColumnElement[bool]:
    """A post about somebody else's lead, of when they were one person; but for its card."""
    theirs = sa.select(messages.c.lead).where(messages.c.account.in_(numbers))
    is_card = sa.exists().where(
        cards.c.chat == places.c.chat, cards.c.message_id == places.c.message_id
    )
    return sa.and_(places.c.message.is_(None), places.c.lead.in_(theirs), ~is_card)


def _attached(row: sa.Row[Any]) -> bool:
    """Whether it shows more than words; of what came through too late nobody knows any more."""
    return bool(row.attachments) or row.asks.startswith(MARK)


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


async def _unreadable(session: Session, tree: Sequence[Account]) -> list[int]:
    """Events of theirs that were never understood, as far as they name them."""
    ids = {one.platform_id for one in tree}
    dead = sa.select(inbox.c.id, inbox.c.body).where(
        inbox.c.state == sa.literal_column("'dead'"), inbox.c.key.is_(None)
    )
    return [row.id for row in await session.rows(dead) if _names(row.body, ids)]


def _names(body: Any, ids: Collection[str]) -> bool:
    if isinstance(body, dict | list):
        parts = body.values() if isinstance(body, dict) else body
        return any(_names(part, ids) for part in parts)
    return str(body) in ids


async def _calls(session: Session, erasure: int) -> Sequence[sa.Row[Any]]:
    return await session.rows(sa.select(outbox).where(*asking(f"{MARK}{erasure}")))


async def _gone(session: Session) -> list[str]:
    """Addresses that ids of ended events name, erased lately, and not come back since."""
    theirs = await erased.among(session, await _named(session))
    return [one for one in theirs if await accounts.at(session, one) is None]


async def _named(session: Session) -> set[str]:
    """The addresses that ids of ended events name, also where there is no key."""
    known = (inbox.c.ended_at.is_not(None), inbox.c.event_id.like(in_history("%", "%")))
    query = sa.select(inbox.c.channel, OPENING.label("opening")).where(*known).distinct()
    rows = await session.rows(query)
    return {address(row.channel, row.opening.split(":")[1]) for row in rows}


async def _counts(session: Session, numbers: Sequence[int]) -> dict[str, int]:
    found = {"accounts": len(numbers)}
    for table in (leads, messages, contacts, answers, consents):
        query = sa.select(sa.func.count()).select_from(table).where(table.c.account.in_(numbers))
        found[table.name] = int((await session.rows(query))[0][0])
    return found
