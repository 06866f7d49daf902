"""The unit of work, long as one class: what an event reads, and writes until flushed.

Reads of all events of a batch that ask for the same kind of thing in the same
moment become one statement; writes of all of them become one transaction with
one statement per table and shape.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import sqlalchemy as sa
from aiodataloader import DataLoader
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, insert_new, upsert
from storage.schema import leads, metadata

K = TypeVar("K")
V = TypeVar("V")

# What a `find` looks for, as one parameter of a statement that is put together once.
KEYS: sa.BindParameter[Any] = sa.bindparam("keys", expanding=True)

Find = Callable[[AsyncConnection, Sequence[K]], Awaitable[Mapping[K, V]]]


def few_lengths(keys: Sequence[K]) -> list[K]:
    """The last again and again, up to a power of two.

    To the database each number of keys is a statement of its own, to be planned and kept.
    """
    return [*keys, *list(keys[-1:]) * ((1 << (len(keys) - 1).bit_length()) - len(keys))]


class Conflict(Exception):
    """Somebody else changed what this event decided upon; handle the event again."""


class TooEarly(Exception):
    """Something that must be known first is just being written down; handle the event again."""


class Reads:
    """What the events of one batch ask the database; answers are remembered for the batch."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loaders: dict[Find[Any, Any], DataLoader[Any, Any]] = {}

    async def one(self, find: Find[K, V], key: K) -> V | None:
        """What `find(connection, keys)` maps this key to, or None."""
        loader = self._loaders.get(find)
        if loader is None:
            loader = self._loaders[find] = DataLoader(self._batched(find))
        found: V | None = await loader.load(key)
        return found

    async def rows(
        self, statement: sa.Executable, asked: Mapping[str, Any] | None = None
    ) -> Sequence[sa.Row[Any]]:
        """The rows of one statement of its own; `asked` binds its parameters."""
        async with self._database.read() as connection:
            return (await connection.execute(statement, asked)).all()

    def _batched(
        self, find: Find[Any, Any]
    ) -> Callable[[list[Any]], Coroutine[Any, Any, list[Any]]]:
        async def load(keys: list[Any]) -> list[Any]:
            async with self._database.read() as connection:
                found = await find(connection, few_lengths(keys))
            return [found.get(key) for key in keys]

        return load


@dataclass(frozen=True, slots=True)
class _Insert:
    table: sa.Table
    values: dict[str, Any]
    known: Literal["refuse", "ignore", "replace"]  # what to do with a row that is there

    def meets(self, where: dict[str, Any]) -> bool:
        """Whether an update with this condition means the row."""
        return all(self._value(name) == value for name, value in where.items())

    def _value(self, name: str) -> Any:
        default = self.table.c[name].default
        return self.values.get(name, getattr(default, "arg", None))


@dataclass(frozen=True, slots=True)
class _Update:
    table: sa.Table
    where: dict[str, Any]
    values: dict[str, Any]


@dataclass(slots=True)
class Session:
    """One event's reads and collected writes.

    Where there are several desks it sees the leads of one only, and no account on the
    channels of the others, which are `foreign`. With no desk it sees everything.
    """

    reads: Reads
    ids: Ids
    desk: str = ""
    foreign: frozenset[str] = frozenset()
    inserts: list[_Insert] = field(default_factory=list)
    updates: list[_Update] = field(default_factory=list)
    late_updates: list[_Update] = field(default_factory=list)  # after the inserts
    statements: list[sa.Executable] = field(default_factory=list)  # before everything else
    claims: list[sa.Update] = field(default_factory=list)  # each must change a row
    # (table, number) -> the version decided upon
    versions: dict[tuple[str, int], int] = field(default_factory=dict)
    keeps_event: bool = True  # or of the event itself nothing is kept but that it came

    def sees(self, desk: str) -> bool:
        """Whether what belongs to a desk is to be found."""
        return self.desk in ("", desk)

    def only_ours(self) -> tuple[sa.ColumnElement[bool], ...]:
        """What a statement about leads must ask for besides."""
        return (leads.c.desk == self.desk,) if self.desk else ()

    async def one(self, find: Find[K, V], key: K) -> V | None:
        """See Reads.one."""
        return await self.reads.one(find, key)

    async def rows(
        self, statement: sa.Executable, asked: Mapping[str, Any] | None = None
    ) -> Sequence[sa.Row[Any]]:
        """See Reads.rows."""
        return await self.reads.rows(statement, asked)

    async def new_id(self, table: sa.Table) -> int:
        """The number that a row to be inserted will have."""
        return await self.ids.take(table)

    async def insert(self, table: sa.Table, **values: Any) -> int:
        """A row to be inserted; its number."""
        number = await self.ids.take(table)
        self.inserts.append(_Insert(table, {"id": number, **values}, "refuse"))
        return number

    def put(self, table: sa.Table, *, ignore: bool = False, **values: Any) -> None:
        """A row to be inserted whose number nobody needs; with `ignore` unless it is there."""
        self.inserts.append(_Insert(table, values, "ignore" if ignore else "refuse"))

    def upsert(self, table: sa.Table, **values: Any) -> None:
        """A row to be inserted, or to replace the one with the same primary key."""
        self.inserts.append(_Insert(table, values, "replace"))

    def update(self, table: sa.Table, where: dict[str, Any], **values: Any) -> None:
        """Columns to be set in the rows where every named column has its value.

        Rows that this session is about to insert are among them.
        """
        meant = [one for one in self.inserts if one.table is table and one.meets(where)]
        update = _Update(table, where, values)
        if meant and any(isinstance(value, sa.ColumnElement) for value in values.values()):
            self.late_updates.append(update)
            return
        for insert in meant:
            insert.values.update(values)
        if not (meant and "id" in where):
            self.updates.append(update)

    def execute(self, statement: sa.Executable) -> None:
        """A statement of its own, for what names no rows one by one, such as an erasure."""
        self.statements.append(statement)

    def claim(self, statement: sa.Update) -> None:
        """A statement of its own; the flush fails with Conflict when it changes no row."""
        self.claims.append(statement)

    def expect(self, table: sa.Table, number: int, version: int) -> None:
        """Let the flush fail with Conflict unless the row still has this version."""
        self.versions.setdefault((table.name, number), version)


class Ids:
    """Numbers for rows to come, on SQLite reserved a few at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spare: dict[str, list[int]] = defaultdict(list)
        self._wanted: Counter[str] = Counter()
        self._looking: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, table: sa.Table) -> int:
        """A number nobody else has; one look serves all who ask while another one is under way."""
        self._wanted[table.name] += 1
        try:
            while not (spare := self._spare[table.name]):
                await self._look(table)
            return spare.pop(0)
        finally:
            self._wanted[table.name] -= 1

    async def _look(self, table: sa.Table) -> None:
        async with self._looking[table.name]:
            if not self._spare[table.name]:
                # Leads are numbered for people: no gaps after a restart. PostgreSQL may have
                # several processes, and what stands in the order of its numbers was made in it,
                # whichever of them made it: none keeps numbers for later.
                spare = 1 if table is leads or not self._database.sqlite else 64
                count = max(self._wanted[table.name], spare)
                self._spare[table.name].extend(await self._database.reserve_ids(table, count))

    def forget(self) -> None:
        """Start anew after a number turned out to be taken, or was not used.

        Others may still hold spare numbers, of leads alone nobody does.
        """
        self._spare.clear()
        self._database.give_back_ids(leads)


async def flush(
    database: Database,
    sessions: Sequence[Session],
    also: Callable[[AsyncConnection], Awaitable[None]] | None = None,
) -> None:
    """Write everything the sessions collected, and `also`, in one transaction.

    Raises Conflict when what was decided upon has changed meanwhile, IntegrityError when a unique
    index refuses; then nothing was written.
    """
    if also is None and not any(map(_writes, sessions)):
        return
    async with database.write() as connection:
        await _check_versions(connection, sessions)
        for statement in (one for s in sessions for one in s.statements):
            await connection.execute(statement)
        for claim in (one for s in sessions for one in s.claims):
            if not (await connection.execute(claim)).rowcount:
                raise Conflict(f"a row of {claim.table} is not as it was")
        # Updates first: they free what a unique index allows once, such as the open assignment.
        await _update(connection, [u for s in sessions for u in s.updates])
        await _insert(connection, [i for s in sessions for i in s.inserts])
        await _update(connection, [u for s in sessions for u in s.late_updates])
        if also is not None:
            await also(connection)


def _writes(session: Session) -> bool:
    return bool(session.inserts or session.updates or session.statements or session.claims)


async def _check_versions(connection: AsyncConnection, sessions: Iterable[Session]) -> None:
    expected: dict[tuple[str, int], int] = {}
    for session in sessions:
        if twice := expected.keys() & session.versions.keys():
            raise Conflict(f"{_named(min(twice))} is changed by two events of one batch")
        expected |= session.versions
    # What others refer to comes first: they lock it as well, when they end.
    for name in sorted({name for name, _ in expected}, key=lambda name: _ORDER[name]):
        await _check(connection, metadata.tables[name], expected)


async def _check(
    connection: AsyncConnection, table: sa.Table, expected: Mapping[tuple[str, int], int]
) -> None:
    numbers = [number for name, number in expected if name == table.name]
    found = await connection.execute(
        sa.select(table.c.id, table.c.version)
        .where(table.c.id.in_(numbers))
        .order_by(table.c.id)  # two processes must lock in the same order
        .with_for_update(key_share=True)
    )
    for number, version in found:
        row = (table.name, number)
        if expected[row] != version:
            raise Conflict(f"{_named(row)} has version {version}, not {expected[row]}")


def _named(row: tuple[str, int]) -> str:
    return f"{row[0].removesuffix('s')}={row[1]}"


async def _insert(connection: AsyncConnection, inserts: Iterable[_Insert]) -> None:
    groups: dict[tuple[str, str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    for insert in inserts:
        groups[insert.table.name, insert.known, tuple(insert.values)].append(insert.values)
    for group in sorted(groups, key=lambda group: _ORDER[group[0]]):
        name, known, columns = group
        statement: sa.Insert = metadata.tables[name].insert()
        if known == "ignore":
            statement = insert_new(connection, metadata.tables[name])
        elif known == "replace":
            statement = upsert(connection, metadata.tables[name], *columns)
        await connection.execute(statement, groups[group])


async def _update(connection: AsyncConnection, updates: Iterable[_Update]) -> None:
    groups: dict[tuple[object, ...], list[_Update]] = defaultdict(list)
    for update in updates:
        groups[update.table.name, _shape(update.where), _shape(update.values)].append(update)
    for group in groups.values():
        await connection.execute(_statement(group[0]), [_parameters(update) for update in group])


def _shape(values: dict[str, Any]) -> tuple[object, ...]:
    """What must be equal for two updates to be one statement: all but the bound values."""
    return tuple((name, _bound(value) or _said(value)) for name, value in values.items())


def _said(value: Any) -> str:
    """What an expression says, with the constants in it."""
    if value is None:
        return ""
    compiled = value.compile()
    return f"{compiled} {compiled.params}"


def _bound(value: Any) -> bool:
    return value is not None and not isinstance(value, sa.ColumnElement)


def _statement(update: _Update) -> sa.Update:
    table = update.table
    where = (
        table.c[name] == sa.bindparam(f"w_{name}") if _bound(value) else table.c[name].is_(value)
        for name, value in update.where.items()
    )
    values = {
        name: sa.bindparam(f"v_{name}") if _bound(value) else value
        for name, value in update.values.items()
    }
    return table.update().where(*where).values(values)


def _parameters(update: _Update) -> dict[str, Any]:
    where = {f"w_{name}": value for name, value in update.where.items() if _bound(value)}
    return where | {f"v_{name}": value for name, value in update.values.items() if _bound(value)}


# Tables that are referred to come before those which refer to them.
_ORDER = {table.name: position for position, table in enumerate(metadata.sorted_tables)}
