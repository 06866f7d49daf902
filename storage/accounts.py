"""Customers: their accounts, the persons behind them, and the contacts they gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Reach, address
from storage.schema import accounts, contacts, persons
from storage.session import KEYS, Session


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
    banned_at: datetime | None = None
    ban_reason: str = ""
    slowed_until: datetime | None = None  # wrote too fast: until then kept, not shown one by one
    own: int = 0  # the person of before any merge
    # Of the root; 0 while nobody else can know of it.
    version: int = field(default=0, compare=False)
    away_until: datetime | None = None  # they were told that nobody works before then

    @property
    def address(self) -> str:
        """`telegram:123`."""
        return address(self.channel, self.platform_id)

    def slowed(self, now: datetime) -> bool:
        """Whether they wrote too fast a moment ago."""
        return self.slowed_until is not None and now < self.slowed_until

    @property
    def erased(self) -> bool:
        """Whether nothing of them is kept any more; others of their person may be left."""
        return self.platform_id == f"erased-{self.id}"


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
    session: Session,
    channel: str,
    platform_id: str,
    *,
    now: datetime,
    person: int | None = None,
    **known: Any,
) -> Account:
    """A new account, of a new person unless one is named, by its own number.

    `known` are name, username, language, source, reach.
    """
    if person is None:
        person = await session.insert(persons, created_at=now)
    values = {"name": "", "username": "", "language": "", "source": "", "reach": Reach.OPEN} | known
    number = await session.insert(
        accounts,
        channel=channel,
        platform_id=platform_id,
        person=person,
        created_at=now,
        **values,
    )
    return Account(number, channel, platform_id, person, own=person, **values)


def change(session: Session, account: Account, **values: Any) -> None:
    """Set any columns of the account."""
    session.update(accounts, {"id": account.id}, **values)


def add_contact(
    session: Session, account: Account, kind: str, value: str, message: int | None = None
) -> None:
    """Remember a phone or e-mail of theirs and where it was seen; known ones are left alone."""
    value = value.lower()  # people write their address as their keyboard likes it
    session.put(contacts, ignore=True, account=account.id, kind=kind, value=value, message=message)


async def of_person(session: Session, root: int) -> Sequence[Account]:
    """Every account of a person that the session sees, oldest first."""
    found: Sequence[Account] = await session.one(_of_person, root) or ()
    return [one for one in found if one.channel not in session.foreign]


async def banned(session: Session, account: Account) -> Account | None:
    """Whichever of their person's accounts is banned: a ban holds for the whole person."""
    if account.banned_at is not None:
        return account
    tree = await of_person(session, account.person)
    return next((one for one in tree if one.banned_at is not None), None)


def expect_person(session: Session, account: Account) -> None:
    """Let the flush fail with Conflict if the person is merged, split or banned meanwhile."""
    if account.version:
        session.expect(persons, account.person, account.version)


def change_person(session: Session, account: Account) -> None:
    """Let whoever expects the person as they were decide anew; two at once cannot both."""
    expect_person(session, account)
    if account.version:
        session.update(persons, {"id": account.person}, version=account.version + 1)


async def contacts_of(session: Session, account: int) -> Sequence[tuple[str, str]]:
    """(kind, value) of what the account gave, oldest first."""
    found: Sequence[tuple[str, str]] | None = await session.one(_contacts, account)
    return found or ()


_roots = persons.alias("roots")
_SELECT = (
    sa.select(accounts, _roots.c.id.label("person_root"), _roots.c.version)
    .join(persons, persons.c.id == accounts.c.person)
    .join(_roots, _roots.c.id == sa.func.coalesce(persons.c.root, persons.c.id))
)
_BY_ID = _SELECT.where(accounts.c.id.in_(KEYS))
_AT = _SELECT.where(sa.tuple_(accounts.c.channel, accounts.c.platform_id).in_(KEYS))
_OF_PERSON = _SELECT.where(sa.or_(persons.c.id.in_(KEYS), persons.c.root.in_(KEYS))).order_by(
    accounts.c.id
)


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
        row.banned_at,
        row.ban_reason,
        row.slowed_until,
        row.person,
        row.version,
        row.away_until,
    )


async def _at(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Account]:
    wanted = [tuple(key.split(":", 1)) for key in keys]
    rows = await connection.execute(_AT, {"keys": wanted})
    return {account.address: account for account in map(_account, rows)}


async def _by_id(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Account]:
    rows = await connection.execute(_BY_ID, {"keys": keys})
    return {account.id: account for account in map(_account, rows)}


async def _of_person(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, list[Account]]:
    rows = await connection.execute(_OF_PERSON, {"keys": keys})
    found: dict[int, list[Account]] = {}
    for account in map(_account, rows):
        found.setdefault(account.person, []).append(account)
    return found


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
