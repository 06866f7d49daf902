"""Moving everything from SQLite to PostgreSQL: one transaction, verified row by row at its end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, DatabaseUnfit
from storage.migrate import assert_current, upgrade
from storage.schema import leases, metadata, processes
from storage.standing_by import alone

_AT_ONCE = 1000  # rows
_TABLES = [one for one in metadata.sorted_tables if one not in (processes, leases)]
_JSON = sa.JSON(none_as_null=True)  # what is empty stays empty, and is no `null`

Row = dict[str, Any]
Done = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows, in how many tables that had some."""

    rows: int
    tables: int


async def count(source: Database) -> int:
    """How many rows there are to move."""
    async with source.read() as connection:
        return sum([await _count(connection, table) for table in _TABLES])


async def move(source: Database, target: Database, done: Done) -> Moved:
    """Copy every row and read each back; `done` hears of rows, of each twice.

    DatabaseUnfit when a product runs on the source, the source is of another version, the
    target is not empty, or something arrived otherwise than it was; then the target is as
    empty as before.
    """
    await assert_current(source)
    await upgrade(target)
    async with alone(source.url, _busy), source.read() as here, target.migrating() as there:
        await _assert_empty(there)
        for table in _TABLES:
            async for rows in _pages(here, table):
                await there.execute(_insert(table), rows)
                done(len(rows))
        counts = [await _verified(here, there, table, done) for table in _TABLES]
        await _go_on_counting(here, there)
    return Moved(sum(counts), sum(1 for one in counts if one))


def _busy(file: str) -> None:
    raise DatabaseUnfit("copy.busy", file=file)


async def _assert_empty(there: AsyncConnection) -> None:
    for table in _TABLES:
        if (await there.execute(sa.select(sa.literal(1)).select_from(table).limit(1))).first():
            raise DatabaseUnfit("copy.not_empty", table=table.name)


async def _pages(here: AsyncConnection, table: sa.Table) -> AsyncIterator[list[Row]]:
    """All rows in the order of their keys, so many at once."""
    keys = list(table.primary_key.columns)
    query = sa.select(table).order_by(*keys).limit(_AT_ONCE)
    after: sa.ColumnElement[bool] = sa.true()
    while rows := [dict(row._mapping) for row in await here.execute(query.where(after))]:
        yield rows
        last = [sa.literal(rows[-1][key.name], key.type) for key in keys]
        after = sa.tuple_(*keys) > sa.tuple_(*last)


async def _verified(
    here: AsyncConnection, there: AsyncConnection, table: sa.Table, done: Done
) -> int:
    """How many rows of a table are the same on both sides; DatabaseUnfit if one is not."""
    seen = 0
    async for rows in _pages(here, table):
        found = await _found(there, table, rows)
        for row in rows:
            if found.get(_key(table, row)) != row:
                raise DatabaseUnfit("copy.differs", table=table.name, row=_key(table, row)[0])
        seen += len(rows)
        done(len(rows))
    if seen != await _count(there, table):
        raise DatabaseUnfit("copy.more_rows", table=table.name)
    return seen


async def _found(
    there: AsyncConnection, table: sa.Table, rows: Sequence[Row]
) -> dict[tuple[Any, ...], Row]:
    keys = sa.tuple_(*table.primary_key.columns)
    query = sa.select(table).where(keys.in_([_key(table, row) for row in rows]))
    found = [dict(row._mapping) for row in await there.execute(query)]
    return {_key(table, row): row for row in found}


async def _go_on_counting(here: AsyncConnection, there: AsyncConnection) -> None:
    """The next number is the one that SQLite would have given; none is given twice."""
    last = await here.execute(sa.text("select name, seq from sqlite_sequence"))
    for name, number in last.all():
        if number and name in metadata.tables:
            sequence = sa.func.pg_get_serial_sequence(name, "id")
            await there.execute(sa.select(sa.func.setval(sequence, number)))


async def _count(connection: AsyncConnection, table: sa.Table) -> int:
    found = await connection.execute(sa.select(sa.func.count()).select_from(table))
    return int(found.scalar_one())


def _insert(table: sa.Table) -> sa.Insert:
    return table.insert().values(
        {
            one.name: sa.bindparam(one.name, type_=_JSON if _is_json(one) else one.type)
            for one in table.columns
        }
    )


def _is_json(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.JSON)


def _key(table: sa.Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key.columns)
