"""What is kept no longer than the owner decided: what was handled, and customers long gone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.messages import ErasureWanted
from storage import dead
from storage import inbox as events
from storage.accounts import Account
from storage.clients import CHANNEL
from storage.database import Database
from storage.forgetting import MADE, NOTHING
from storage.schema import LEAD_IS_OPEN, accounts, inbox, leads, messages, outbox, persons
from storage.session import Session

_AT_ONCE = 1000
_PURGED = "purged"  # the key of calls that were emptied
_DONE = ("done", "dropped")


async def purge(database: Database, before: datetime) -> int:
    """Empty events and calls that ended before a moment; how many, at most so many at once.

    That they were there stays known, so that one which comes again is no news.
    """
    old_events = sa.select(inbox.c.id).where(
        inbox.c.ended_at < before, inbox.c.state.in_(_DONE), inbox.c.body.is_not(None)
    )
    # What failed for good is over as well, unless somebody may still decide about it.
    failed = sa.and_(outbox.c.state == "failed", outbox.c.asks == "", ~dead.awaits_decision())
    old_calls = sa.select(outbox.c.id).where(
        outbox.c.ended_at < before,
        sa.or_(outbox.c.state.in_(MADE), failed),
        outbox.c.key != _PURGED,
    )
    async with database.read() as connection:
        taken_in = list((await connection.execute(old_events.limit(_AT_ONCE))).scalars())
        made = list((await connection.execute(old_calls.limit(_AT_ONCE))).scalars())
    if not (taken_in or made):
        return 0
    async with database.write() as connection:
        of_events = inbox.update().where(inbox.c.id.in_(taken_in))
        await connection.execute(of_events.values(body=sa.null()))
        of_calls = outbox.update().where(outbox.c.id.in_(made))
        await connection.execute(of_calls.values(payload=NOTHING, key=_PURGED))
    return len(taken_in) + len(made)


async def take_old_customers(database: Database, before: datetime, now: datetime) -> int:
    """Take in the erasure of those who were last heard of before a moment; how many there were.

    Whoever is spared, because they came back meanwhile, may be taken on another day.
    """
    async with database.read() as connection:
        found = [int(row.id) for row in await connection.execute(_old(before))]
    day = f"{now:%Y-%m-%d}"
    wanted = {
        f"erasure:age:{number}:{day}": ErasureWanted(number, "age", receipt()) for number in found
    }
    async with database.write() as connection:
        await events.add_events(connection, wanted, now)
    return len(found)


async def still_old(session: Session, tree: Sequence[Account], before: datetime) -> bool:
    """Whether nothing of these accounts is open, and nothing was heard of them since a moment."""
    numbers = [one.id for one in tree]
    found = await session.rows(sa.select(sa.or_(*_alive(numbers, before))))
    return not found[0][0]


def receipt() -> str:
    """A number that tells nothing of whom it was given to."""
    return secrets.token_hex(4).upper()


def _old(before: datetime) -> sa.Select[tuple[int]]:
    """One account of each person of whom nothing is open, and nothing was heard since.

    Clients of an imported list who never wrote stay, also those of whom it has a messenger's
    id: the owner gave them.
    """
    own, other = persons.alias("own"), persons.alias("other")
    theirs = (
        sa.select(accounts.c.id)
        .join(other, other.c.id == accounts.c.person)
        .where(sa.func.coalesce(other.c.root, other.c.id) == own.c.id)
        .correlate(own)
    )
    wrote = (sa.exists().where(one.c.account.in_(theirs)) for one in (messages, leads))
    return (
        sa.select(accounts.c.id)
        .join(own, own.c.id == accounts.c.person)
        .where(
            own.c.root.is_(None),
            own.c.erased_at.is_(None),
            accounts.c.channel != CHANNEL,
            accounts.c.created_at < before,
            sa.or_(~theirs.where(accounts.c.channel == CHANNEL).exists(), *wrote),
            *(~one for one in _alive(theirs, before)),
        )
        .limit(_AT_ONCE)
    )


def _alive(
    theirs: sa.Select[tuple[int]] | Sequence[int], before: datetime
) -> list[sa.ColumnElement[bool]]:
    """That something of these accounts is open, or was heard since."""
    return [
        sa.exists().where(messages.c.account.in_(theirs), messages.c.at >= before),
        sa.exists().where(
            leads.c.account.in_(theirs),
            sa.or_(LEAD_IS_OPEN, leads.c.closed_at >= before),
        ),
    ]
