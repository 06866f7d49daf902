"""Customers: their accounts, the persons behind them, and the contacts they gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Reach, address
from storage.schema import accounts, contacts, persons
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Account:
    """Where a customer can be reached: one platform id on one channel."""

    id: int
    channel: str
    platform_id: str
    person: int  # the root
    name: str
    username: str
    language: str
    reach: Reach
    source: str

    @property
    def address(self) -> str:
        """`telegram:123`."""
        return address(self.channel, self.platform_id)


async def at(session: Session, where: str) -> Account | None:
    """The account at an address."""
    return await session.one(_at, where)


async def by_id(session: Session, number: int) -> Account:
    """The account of this number; KeyError when there is none."""
    found = await session.one(_by_id, number)
    if found is None:
        raise KeyError(f"no account={number}")
    return found


async def create(
    session: Session, channel: str, platform_id: str, *, now: datetime, **known: Any
) -> Account:
    """A new account of a new person; `known` are name, username, language, source."""
    person = await session.insert(persons, created_at=now)
    values = {"name": "", "username": "", "language": "", "source": ""} | known
    number = await session.insert(
        accounts,
        channel=channel,
        platform_id=platform_id,
        person=person,
        reach=Reach.OPEN.value,
        created_at=now,
        **values,
    )
    return Account(number, channel, platform_id, person, reach=Reach.OPEN, **values)


def change(session: Session, account: Account, **values: Any) -> None:
    """Set name, username, language, reach or source."""
    session.update(accounts, {"id": account.id}, **values)


def add_contact(session: Session, account: Account, kind: str, value: str) -> None:
    """Remember a phone or e-mail of theirs; known ones are left alone."""
    session.put(contacts, ignore=True, account=account.id, kind=kind, value=value)


async def contacts_of(session: Session, account: int) -> Sequence[tuple[str, str]]:
    """(kind, value) of what the account gave, oldest first."""
    found: Sequence[tuple[str, str]] | None = await session.one(_contacts, account)
    return found or ()


_SELECT = sa.select(
    accounts, sa.func.coalesce(persons.c.root, persons.c.id).label("person_root")
).join(persons, persons.c.id == accounts.c.person)


def _account(row: Any) -> Account:
    return Account(
        row.id,
        row.channel,
        row.platform_id,
        row.person_root,
        row.name,
        row.username,
        row.language,
        Reach(row.reach),
        row.source,
    )


async def _at(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Account]:
    wanted = [tuple(key.split(":", 1)) for key in keys]
    rows = await connection.execute(
        _SELECT.where(sa.tuple_(accounts.c.channel, accounts.c.platform_id).in_(wanted))
    )
    return {account.address: account for account in map(_account, rows)}


async def _by_id(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Account]:
    rows = await connection.execute(_SELECT.where(accounts.c.id.in_(keys)))
    return {account.id: account for account in map(_account, rows)}


async def _contacts(
    connection: AsyncConnection, keys: Sequence[int]
) -> dict[int, list[tuple[str, str]]]:
    rows = await connection.execute(
        sa.select(contacts.c.account, contacts.c.kind, contacts.c.value)
        .where(contacts.c.account.in_(keys))
        .order_by(contacts.c.id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row.account, []).append((row.kind, row.value))
    return found
