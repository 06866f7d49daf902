"""The engine, its transactions, and every difference between SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: NORMAL may lose the last commits on power loss
    "foreign_keys": 1,
    "busy_timeout": 10_000,
}


# The database cannot be reached or written at all, as against refusing one statement.
UNREACHABLE = (OperationalError, InterfaceError, OSError)


T = TypeVar("T")


class DatabaseUnfit(Exception):
    """The database cannot be used as it is; `str()` says why and the remedy."""


class Database:
    """One database: `write()` gives a transaction, `read()` a connection to ask."""

    def __init__(self, url: str) -> None:
        """`url` as in the settings: sqlite:///FILE or postgresql://…"""
        self.url = sa.make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = _sqlite_engine(self.url, writes=True) if self.sqlite else _pg(self.url)
        self._reader = _sqlite_engine(self.url, writes=False) if self.sqlite else self._writer
        self._one_writer = asyncio.Lock()
        self._unfinished: set[asyncio.Task[Any]] = set()
        self._next_ids: dict[str, int] = {}

    async def open(self) -> None:
        """Assert that the database keeps what it is told; raises DatabaseUnfit."""
        try:
            async with self._writer.connect() as connection:
                if self.sqlite:
                    await _assert_pragmas(connection)
                else:
                    await connection.execute(sa.select(1))
        except UNREACHABLE:
            raise
        except DBAPIError as error:  # no database of ours, a wrong password
            raise DatabaseUnfit(f"the database cannot be used: {error.orig}") from None

    async def finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something to its end, even if whoever waits for it is cancelled meanwhile.

        A transaction that is cancelled half-way through a statement would leave its
        connection, and so the file, locked.
        """
        task = asyncio.ensure_future(work)
        self._unfinished.add(task)
        task.add_done_callback(self._unfinished.discard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Give every connection back; an open one would keep the process alive."""
        if self._unfinished:
            await asyncio.wait(self._unfinished)
        await self._writer.dispose()
        await self._reader.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, committed at the end and rolled back by any exception."""
        if not self.sqlite:
            async with self._writer.begin() as connection:
                yield connection
            return
        async with self._one_writer, self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which each statement sees what is committed when it starts."""
        async with self._reader.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    def insert_new(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that leaves rows alone which are already there."""
        insert = sqlite.insert if self.sqlite else postgresql.insert
        return insert(table).on_conflict_do_nothing()

    def upsert(self, table: sa.Table, *changed: str) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that brings the `changed` columns of an existing row up to date."""
        insert = sqlite.insert(table) if self.sqlite else postgresql.insert(table)
        return insert.on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={name: insert.excluded[name] for name in changed},
        )

    async def reserve_ids(self, table: sa.Table, count: int) -> Sequence[int]:
        """Numbers for rows to come, never handed out twice.

        On SQLite one process writes, so it counts by itself from the last number used;
        `forget_ids` makes it look again when somebody else wrote after all.
        """
        async with self.read() as connection:
            if not self.sqlite:
                statement = sa.text(
                    f"select nextval('{table.name}_id_seq') from generate_series(1, :n)"  # noqa: S608 - a name of ours
                )
                return list((await connection.execute(statement, {"n": count})).scalars())
            statement = sa.text("select seq from sqlite_sequence where name = :name")
            last = (await connection.execute(statement, {"name": table.name})).scalar() or 0
        first = max(self._next_ids.get(table.name, 0), last + 1)
        self._next_ids[table.name] = first + count
        return range(first, first + count)

    def forget_ids(self) -> None:
        """Look up the last numbers used again."""
        self._next_ids.clear()


def _sqlite_engine(url: sa.URL, *, writes: bool) -> AsyncEngine:
    if not url.database or url.database == ":memory:":
        raise DatabaseUnfit("database_url names no file; use sqlite:///dialead.db")
    if not Path(url.database).absolute().parent.is_dir():
        raise DatabaseUnfit(f"the folder of {url.database} does not exist; create it first")
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        hide_parameters=True,  # they hold what people wrote
        json_serializer=_dump_json,
        pool_size=1 if writes else 4,
        max_overflow=0,
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN is sent below
        for name, value in _PRAGMAS.items():
            connection.execute(f"pragma {name} = {value}")
        if not writes:
            connection.execute("pragma query_only = 1")

    if writes:
        # A deferred transaction that turns from read to write fails at once with SQLITE_BUSY.
        @sa.event.listens_for(engine.sync_engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("begin immediate")

    return engine


def _pg(url: sa.URL) -> AsyncEngine:
    return create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        hide_parameters=True,  # they hold what people wrote
        json_serializer=_dump_json,
        pool_size=8,
        pool_pre_ping=True,
    )


def _dump_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


async def _assert_pragmas(connection: AsyncConnection) -> None:
    for name, expected in _PRAGMAS.items():
        found = (await connection.exec_driver_sql(f"pragma {name}")).scalar()
        if found != expected:
            raise DatabaseUnfit(
                f"SQLite keeps {name}={found}, not {expected}: is the file on a network disk?"
            )
