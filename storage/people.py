"""Persons, long by their queries: merged and split again, who is alike, who is not the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import product
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Merge, Person
from storage.accounts import Account
from storage.schema import accounts, contacts, leads, merges, messages, persons, strangers
from storage.session import KEYS, Session

_TOO_MANY = 10  # persons who gave the same phone: it is somebody else's, perhaps our own


async def root_of(session: Session, number: int) -> Person | None:
    """Who stands for a person by now; None when there is none, or they were erased."""
    return await session.one(_root_of, number)


async def merges_of(session: Session, root: int) -> Sequence[Merge]:
    """The merges that make the tree of a root, oldest first."""
    found: Sequence[Merge] | None = await session.one(_merges_of, root)
    return found or ()


async def undone(session: Session, merge: int) -> bool:
    """Whether this merge is undone, or never was."""
    query = sa.select(merges.c.id).where(merges.c.id == merge, merges.c.undone_at.is_(None))
    return not await session.rows(query)


def merge(
    session: Session,
    winner: Person,
    loser: Person,
    *,
    by: int,
    at: datetime,
    absorbed: int | None,
) -> None:
    """The loser's tree, and the leads of all in it, belong to the winner from now on."""
    for one in (winner, loser):
        session.expect(persons, one.id, one.version)
    session.update(leads, {"person": loser.id}, person=winner.id)
    session.update(persons, {"id": winner.id}, version=winner.version + 1)
    session.update(persons, {"root": loser.id}, root=winner.id)
    session.update(persons, {"id": loser.id}, root=winner.id, version=loser.version + 1)
    session.put(merges, winner=winner.id, loser=loser.id, by=by, absorbed=absorbed, at=at)


def split(
    session: Session,
    winner: Person,
    undo: Merge,
    *,
    persons_of: Collection[int],
    accounts_of: Collection[int],
    by: int,
    at: datetime,
) -> None:
    """The loser stands for itself again: these persons return to it, and their accounts' leads."""
    session.expect(persons, winner.id, winner.version)
    for account in sorted(accounts_of):
        session.update(leads, {"account": account, "person": winner.id}, person=undo.loser)
    session.update(persons, {"id": winner.id}, version=winner.version + 1)
    for person in sorted(set(persons_of) - {undo.loser}):
        session.update(persons, {"id": person}, root=undo.loser)
    session.update(persons, {"id": undo.loser}, root=None, version=persons.c.version + 1)
    session.update(merges, {"id": undo.id, "undone_at": None}, undone_at=at, undone_by=by)


def keep_restored(session: Session, lead: int) -> None:
    """A lead that went up in another is open again for good, though its person is not split."""
    session.update(merges, {"absorbed": lead, "undone_at": None}, absorbed=None)


async def once_together(session: Session, accounts_: Collection[Account]) -> Collection[int]:
    """The roots of all who are, or ever were, one person with these accounts."""
    own = {one.own for one in accounts_} | {one.person for one in accounts_}
    met = sa.or_(merges.c.winner.in_(own), merges.c.loser.in_(own))
    pairs = await session.rows(sa.select(merges.c.winner, merges.c.loser).where(met))
    numbers = own.union(*(set(pair) for pair in pairs))
    rows = await session.rows(sa.select(_root(persons)).where(persons.c.id.in_(numbers)))
    return {row[0] for row in rows}


def differ(
    session: Session, ones: Collection[int], others: Collection[int], *, by: int, at: datetime
) -> None:
    """None of the ones is any of the others; that is not to be proposed again."""
    for one, other in product(ones, others):
        low, high = sorted((one, other))
        session.put(strangers, ignore=True, one=low, other=high, by=by, at=at)


async def strangers_of(session: Session, root: int) -> Collection[int]:
    """The roots of whom somebody said that they are not this person."""
    found: Collection[int] | None = await session.one(_strangers_of, root)
    return found or ()


async def contacts_of(session: Session, root: int) -> Sequence[tuple[str, str]]:
    """(kind, value) of what the person gave by any account we see, oldest first, each once."""
    found = await session.one(_contacts_of, root) or ()
    known = [(kind, value) for channel, kind, value in found if channel not in session.foreign]
    return list(dict.fromkeys(known))


async def alike(session: Session, root: int) -> Sequence[tuple[int, str]]:
    """(root, kind of contact) of whoever else gave the same."""
    found: Sequence[tuple[int, str]] | None = await session.one(_alike, root)
    return found or ()


async def of_others(session: Session, roots: Collection[int]) -> Collection[int]:
    """Those of these persons who are customers of other desks and not of the session's."""
    if not session.desk or not roots:
        return ()
    of_leads = sa.select(leads.c.person, leads.c.desk).where(leads.c.person.in_(roots)).distinct()
    wanted = [(row.person, row.desk) for row in await session.rows(of_leads)]
    of_accounts = (
        sa.select(_root(persons))
        .join_from(accounts, persons, persons.c.id == accounts.c.person)
        .where(_in_trees(persons, list(roots)), accounts.c.channel.in_(session.foreign))
    )
    elsewhere = {person for person, desk in wanted if desk != session.desk}
    elsewhere |= {row[0] for row in await session.rows(of_accounts)}
    return elsewhere - {person for person, desk in wanted if desk == session.desk}


async def holders(session: Session, kind: str, value: str) -> Sequence[int]:
    """The roots of all who gave this contact."""
    found: Sequence[int] | None = await session.one(_holders, (kind, value))
    return found or ()


async def last_writer(session: Session, root: int) -> int | None:
    """The account by which the person wrote last."""
    return await session.one(_last_writer, root)


_mine, _theirs = persons.alias("mine"), persons.alias("theirs")
_my_accounts, _their_accounts = accounts.alias("my_accounts"), accounts.alias("their_accounts")
_my_contacts, _their_contacts = contacts.alias("my_contacts"), contacts.alias("their_contacts")


def _root(table: sa.FromClause) -> sa.Function[int]:
    return sa.func.coalesce(table.c.root, table.c.id)


def _in_trees(
    table: sa.FromClause, roots: Sequence[int] | sa.BindParameter[Any]
) -> sa.ColumnElement[bool]:
    """In a form for which the databases use both indexes."""
    return sa.or_(table.c.id.in_(roots), table.c.root.in_(roots))


async def _root_of(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Person]:
    tree = sa.select(_theirs.c.id).where(
        sa.or_(_theirs.c.id == persons.c.id, _theirs.c.root == persons.c.id)
    )
    since = sa.select(sa.func.min(accounts.c.created_at)).where(accounts.c.person.in_(tree))
    rows = await connection.execute(
        sa.select(
            _mine.c.id.label("asked"),
            persons.c.id,
            persons.c.version,
            persons.c.created_at,
            since.scalar_subquery().label("since"),
        )
        .join(persons, persons.c.id == _root(_mine))
        .where(_mine.c.id.in_(keys), _mine.c.erased_at.is_(None), persons.c.erased_at.is_(None))
    )
    return {row.asked: Person(row.id, row.version, row.since or row.created_at) for row in rows}


async def _merges_of(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, list[Merge]]:
    rows = await connection.execute(
        sa.select(merges, persons.c.root)
        .join(persons, persons.c.id == merges.c.loser)
        .where(merges.c.undone_at.is_(None), persons.c.root.in_(keys))
        .order_by(merges.c.id)
    )
    found: dict[int, list[Merge]] = {}
    for row in rows:
        one = Merge(row.id, row.winner, row.loser, row.absorbed)
        found.setdefault(row.root, []).append(one)
    return found


async def _strangers_of(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for mine, theirs in (
        (strangers.c.one, strangers.c.other),
        (strangers.c.other, strangers.c.one),
    ):
        rows = await connection.execute(
            sa.select(_root(_mine).label("mine"), _root(_theirs).label("theirs"))
            .join_from(strangers, _mine, _mine.c.id == mine)
            .join(_theirs, _theirs.c.id == theirs)
            .where(_in_trees(_mine, keys))
        )
        for row in rows:
            found.setdefault(row.mine, set()).add(row.theirs)
    return found


_CONTACTS_OF = (
    sa.select(_root(persons).label("root"), accounts.c.channel, contacts.c.kind, contacts.c.value)
    .join_from(persons, accounts, accounts.c.person == persons.c.id)
    .join(contacts, contacts.c.account == accounts.c.id)
    .where(_in_trees(persons, KEYS))
    .order_by(contacts.c.id)
)


async def _contacts_of(
    connection: AsyncConnection, keys: Sequence[int]
) -> dict[int, list[tuple[str, str, str]]]:
    rows = await connection.execute(_CONTACTS_OF, {"keys": keys})
    found: dict[int, list[tuple[str, str, str]]] = {}
    for row in rows:
        found.setdefault(row.root, []).append((row.channel, row.kind, row.value))
    return found


async def _alike(
    connection: AsyncConnection, keys: Sequence[int]
) -> dict[int, list[tuple[int, str]]]:
    rows = await connection.execute(
        sa.select(
            _root(_mine).label("mine"),
            _root(_theirs).label("theirs"),
            _my_contacts.c.kind,
            _my_contacts.c.value,
        )
        .join_from(_mine, _my_accounts, _my_accounts.c.person == _mine.c.id)
        .join(_my_contacts, _my_contacts.c.account == _my_accounts.c.id)
        .join(_their_contacts, _same_contact())
        .join(_their_accounts, _their_accounts.c.id == _their_contacts.c.account)
        .join(_theirs, _theirs.c.id == _their_accounts.c.person)
        .where(_in_trees(_mine, keys), _theirs.c.erased_at.is_(None))
    )
    pairs = {tuple(row) for row in rows if row.mine != row.theirs}
    shared = Counter((mine, kind, value) for mine, _, kind, value in pairs)
    found: dict[int, list[tuple[int, str]]] = {}
    for mine, theirs, kind, value in sorted(pairs):
        if shared[mine, kind, value] < _TOO_MANY:
            found.setdefault(mine, []).append((theirs, kind))
    return found


def _same_contact() -> sa.ColumnElement[bool]:
    return sa.and_(
        _their_contacts.c.value == _my_contacts.c.value,
        _their_contacts.c.kind == _my_contacts.c.kind,
    )


async def _holders(
    connection: AsyncConnection, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[int]]:
    rows = await connection.execute(
        sa.select(contacts.c.kind, contacts.c.value, _root(persons).label("root"))
        .join_from(contacts, accounts, accounts.c.id == contacts.c.account)
        .join(persons, persons.c.id == accounts.c.person)
        .where(sa.tuple_(contacts.c.kind, contacts.c.value).in_(keys))
        .order_by(contacts.c.id)
    )
    found: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        found.setdefault((row.kind, row.value), []).append(row.root)
    return found


async def _last_writer(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, int]:
    latest = sa.func.max(messages.c.at)
    rows = await connection.execute(
        sa.select(_root(persons).label("root"), accounts.c.id)
        .join_from(persons, accounts, accounts.c.person == persons.c.id)
        .join(messages, messages.c.account == accounts.c.id)
        .where(_in_trees(persons, keys), messages.c.author == "customer")
        .group_by(persons.c.id, persons.c.root, accounts.c.id)
        .order_by(latest, sa.func.max(messages.c.id))
    )
    found: dict[int, Any] = {row.root: row.id for row in rows}
    return found
