"""What the storage tests make over and over: sessions, customers, managers, leads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.lead import Lead
from bot.messages import Post, Priority, plain
from storage import accounts, cards, leads, outbox, staff
from storage.accounts import Account
from storage.database import Database
from storage.outbox import Outcome
from storage.session import Ids, Reads, Session, flush
from storage.staff import Staff
from tests.cast import ANNA, BORIS, NAMES, TEAM

NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
CHAT = f"telegram:{TEAM}"
DESK = "main"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Another process's view of a database, closed at the end."""
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


def asking(database: Database) -> Session:
    """A session with nothing remembered."""
    return Session(Reads(database), Ids(database))


@asynccontextmanager
async def saving(database: Database) -> AsyncIterator[Session]:
    """A session that is flushed at the end."""
    session = asking(database)
    yield session
    await flush(database, [session])


async def rows(database: Database, statement: sa.Executable) -> Sequence[sa.Row[Any]]:
    """What a statement of the test's own finds."""
    async with database.read() as connection:
        return (await connection.execute(statement)).all()


async def count(database: Database, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    """How many rows there are."""
    found = await rows(database, sa.select(sa.func.count()).select_from(table).where(*where))
    return int(found[0][0])


async def a_customer(session: Session, who: int = ANNA, channel: str = "telegram") -> Account:
    """One of the cast who writes."""
    return await accounts.create(session, channel, str(who), now=NOW, name=NAMES.get(who, ""))


async def a_manager(session: Session, who: int = BORIS) -> Staff:
    """One of the cast who manages."""
    return await staff.create(
        session, f"telegram:{who}", name=NAMES.get(who, ""), username="", now=NOW
    )


async def a_lead(session: Session, customer: Account, **over: Any) -> Lead:
    """A customer's new lead, with its card wanted in the team's chat."""
    values = {"desk": DESK, "channel": customer.channel, "source": "", "created_at": NOW, **over}
    lead = await leads.create(session, account=customer.id, person=customer.person, **values)
    await cards.create(session, lead.id, CHAT, NOW)
    return lead


async def annas_lead(database: Database) -> Lead:
    """Anna and her lead, saved."""
    async with saving(database) as session:
        return await a_lead(session, await a_customer(session))


async def a_failed_call(database: Database, reason: str, lead: int | None = None) -> int:
    """A reply to Anna that failed for good; the call's number."""
    async with saving(database) as session:
        await outbox.add(
            session,
            "telegram",
            Post(str(ANNA), plain("Hello, Anna")),
            chat=str(ANNA),
            key=CHAT,
            priority=Priority.REPLY,
            now=NOW,
            lead=lead,
        )
    async with database.read() as connection:
        (call,) = await outbox.waiting(connection, "telegram", busy=(), now=NOW, limit=9)
    async with database.write() as connection:
        await outbox.claim(connection, [call], NOW)
        await outbox.record(connection, [Outcome(call, "failed", reason)], NOW)
    return call.id
