"""Clients: their numbers, and those known before, kept as accounts so that they are recognised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.messages import Reach, address
from storage import accounts
from storage.accounts import Account
from storage.database import Database
from storage.schema import clients, persons
from storage.session import Ids, Reads, Session, flush

CHANNEL = "import"
FIRST: Mapping[str, str] = {"telegram": "telegram", "vk": "vk"}  # the channel of each messenger
_AT_ONCE = 200
_TRIES = 3  # of a batch


@dataclass(frozen=True, slots=True)
class Known:
    """A client of an earlier list; phones in E.164, `telegram` and `vk` an id or an @name."""

    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    telegram: str = ""
    vk: str = ""

    @property
    def key(self) -> str:
        """By what they are found again when the list comes once more."""
        handles = (self.telegram and f"telegram {self.telegram}", self.vk and f"vk {self.vk}")
        return next(filter(None, (*self.phones, *self.emails, *handles)))

    def joined(self, other: Known) -> Known:
        """The same client with what another line tells of them as well."""
        return Known(
            self.name or other.name,
            tuple(dict.fromkeys((*self.phones, *other.phones))),
            tuple(dict.fromkeys((*self.emails, *other.emails))),
            self.telegram or other.telegram,
            self.vk or other.vk,
        )


@dataclass(frozen=True, slots=True)
class Client:
    """A number by which the team knows a person; a merged person has several."""

    id: int
    person: int  # of before any merge
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Remembered:
    """How many of a list were new, and how many were known already."""

    new: int
    known: int


async def by_id(session: Session, number: int) -> Client | None:
    """The client of this number."""
    found = await session.rows(sa.select(clients).where(clients.c.id == number))
    return _client(found[0]) if found else None


async def of_person(session: Session, root: int) -> Sequence[Client]:
    """The clients that a person is, by whichever account, oldest first."""
    query = sa.select(clients).join(persons, persons.c.id == clients.c.person)
    tree = sa.or_(persons.c.id == root, persons.c.root == root)
    return [_client(row) for row in await session.rows(query.where(tree).order_by(clients.c.id))]


async def remember(
    database: Database,
    found: Sequence[Known],
    now: datetime,
    done: Callable[[int], object],
    channels: Mapping[str, str] = FIRST,
) -> Remembered:
    """Keep the clients of a list; those kept before are brought up to date, never doubled.

    `channels` tells, by messenger, of which bot their ids are; `done` is told how many more
    are through.
    """
    ids, new = Ids(database), 0
    distinct = {one.key: one for one in found}
    many = list(distinct.values())
    for start in range(0, len(many), _AT_ONCE):
        batch = many[start : start + _AT_ONCE]
        new += await _keep(database, ids, batch, channels, now)
        done(len(batch))
    return Remembered(new, len(many) - new)


def _client(row: Any) -> Client:
    return Client(row.id, row.person, row.created_at)


async def _keep(
    database: Database,
    ids: Ids,
    batch: Sequence[Known],
    channels: Mapping[str, str],
    now: datetime,
) -> int:
    """How many were new. The product may write meanwhile: what it wrote is read, and tried anew."""
    for left in reversed(range(_TRIES)):
        sessions, new, reads = [], 0, Reads(database)
        taken: set[str] = set()
        for one in batch:
            session = Session(reads, ids)
            new += await _remember(session, one, channels, now, taken)
            sessions.append(session)
        try:
            await database.finish(flush(database, sessions))
        except IntegrityError:
            if not left:
                raise
            ids.forget()
        else:
            break
    return new


async def _remember(
    session: Session, known: Known, channels: Mapping[str, str], now: datetime, taken: set[str]
) -> bool:
    """Whether they are new."""
    listed = await accounts.at(session, address(CHANNEL, known.key))
    if listed is not None:
        said = {"name": known.name, "username": _username(known)}
        told = {key: one for key, one in said.items() if one and one != getattr(listed, key)}
        if told:
            accounts.change(session, listed, **told)
        _contacts(session, listed, known)
        await _reached(session, known, channels, now, taken, listed)
        return False
    reached = await _reached(session, known, channels, now, taken)
    person = reached.own if reached else None
    values: dict[str, Any] = {
        "name": known.name,
        "reach": Reach.OFFLINE,
        "username": _username(known),
    }
    account = await accounts.create(session, CHANNEL, known.key, now=now, person=person, **values)
    _contacts(session, account, known)
    session.put(clients, ignore=True, person=account.own, created_at=now)
    return True


async def _reached(
    session: Session,
    known: Known,
    channels: Mapping[str, str],
    now: datetime,
    taken: set[str],
    first: Account | None = None,
) -> Account | None:
    """Their first account; where the list tells an id of a channel, there is one from now on."""
    handles = {"telegram": known.telegram, "vk": known.vk}
    for kind, channel in channels.items():
        handle = handles[kind]
        where = address(channel, handle or "-")
        if not handle or handle.startswith("@") or where in taken:
            continue
        taken.add(where)
        account = await accounts.at(session, where)
        if account is None:
            person = first.own if first else None
            account = await accounts.create(
                session, channel, handle, now=now, person=person, name=known.name
            )
        first = first or account
    return first


def _username(known: Known) -> str:
    handle = known.telegram if known.telegram.startswith("@") else known.vk
    return handle.removeprefix("@") if handle.startswith("@") else ""


def _contacts(session: Session, account: Account, known: Known) -> None:
    for kind, values in (("phone", known.phones), ("email", known.emails)):
        for value in values:
            accounts.add_contact(session, account, kind, value)
    if known.telegram.startswith("@"):
        accounts.add_contact(session, account, "username", known.telegram.removeprefix("@"))
