"""The engine, its transactions, and every difference of SQLite and PostgreSQL in one long list."""

from __future__ import annotations

import asyncio
import copy
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import dialling, trips
from storage.failures import UNREACHABLE, DatabaseUnfit, Unreachable, in_our_words, unfit
from storage.file import keep_private, look_into
from storage.text import dump_json

__all__ = ["UNREACHABLE", "Database", "DatabaseUnfit", "Lease", "upsert"]

T = TypeVar("T")
Insert = sqlite.Insert | postgresql.Insert

_PRAGMAS = {
    "busy_timeout": 10_000,  # before whatever may have to wait
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: NORMAL may lose the last commits on power loss
    "foreign_keys": 1,
    "secure_delete": 1,  # what is erased is overwritten, not only forgotten
}

# No trip to the connection's thread to begin and end what is no transaction.
_ONLY_READS: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}

_PATIENCE = 1.0  # seconds at the end
_STARTS_AT_ONCE = 5  # processes that may open a new SQLite file in the same moment
_MIGRATING = 0xD1A1EAD  # the number of the lock under which PostgreSQL's schema is changed


@dataclass(frozen=True, slots=True)
class Lease:
    """What one process alone may do, by its name; a later holder has a higher `fence`."""

    name: str
    fence: int


class Fenced(Unreachable):
    """Another process does by now what this one believes to do alone; `str()` says what."""


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
        self._file: os.stat_result | None = None  # the one that was opened
        self._lease: Lease | None = None

    async def open(self) -> None:
        """Assert that the database keeps what it is told; DatabaseUnfit when it can never do."""
        with unfit(self.url), in_our_words():
            if self.sqlite:
                await asyncio.to_thread(look_into, str(self.url.database))
            async with self._writer.connect() as connection:
                await (_assert_pragmas if self.sqlite else _assert_encoding)(connection)
            if self.sqlite:
                self._assert_in_place()

    async def assert_written(self) -> None:
        """Assert, once it is open, that it takes what is written; Unreachable when not for now."""
        if self.sqlite:
            return  # or it would not be open
        async with self.write() as connection:
            only_reads = await connection.execute(sa.text("show transaction_read_only"))
            if only_reads.scalar() == "on":
                raise Unreachable("it only reads, as a stand-by does")

    @property
    def shared(self) -> str:
        """Which one it is among those that several processes share; "" for a file."""
        if self.sqlite:
            return ""
        return self.url.set(username=None, password=None).render_as_string(hide_password=False)

    def under(self, lease: Lease | None) -> Self:
        """The same database for who has this lease: once somebody else has it, writes fail.

        They fail with Fenced, before anything is written. None where nobody else can have it.
        """
        if lease is None:
            return self
        found = copy.copy(self)
        found._lease = lease
        return found

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
        """Give every connection back; an open one would keep the process alive.

        What the database holds up for too long is broken off: it will have kept none of it.
        """
        if self._unfinished:
            _, late = await asyncio.wait(self._unfinished, timeout=_PATIENCE)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_PATIENCE)
        with suppress(TimeoutError):  # one that stands still is not waited for
            async with asyncio.timeout(_PATIENCE):
                await self._writer.dispose()
                await self._reader.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, committed at the end and rolled back by any exception."""
        with in_our_words():
            if not self.sqlite:
                async with self._writer.begin() as connection:
                    await _assert_held(connection, self._lease)
                    yield connection
                return
            async with self._one_writer:
                self._assert_in_place()
                async with self._writer.begin() as connection:
                    yield connection

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[AsyncConnection]:
        """A transaction in which nobody else changes the schema; it may take its time."""
        async with self.write() as connection:
            # SQLite has one writer at a time as it is, from the first statement on.
            lock = sa.select(1 if self.sqlite else sa.func.pg_advisory_xact_lock(_MIGRATING))
            await connection.execute(lock)
            if not self.sqlite:
                await connection.execute(dialling.TAKE_TIME)
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which each statement sees what is committed when it starts."""
        with in_our_words():
            async with self._reader.connect() as connection:
                if not self.sqlite:  # whose reader never does anything else
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
                yield connection

    @asynccontextmanager
    async def own_connection(self) -> AsyncIterator[AsyncConnection]:
        """PostgreSQL only: a connection that is closed at the end, each statement by itself."""
        with in_our_words():
            connection = await self._writer.connect()
        try:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")
        finally:
            await connection.invalidate()  # what it listens to must not reach who has it next
            await connection.close()

    async def reserve_ids(self, table: sa.Table, count: int) -> Sequence[int]:
        """Numbers for rows to come, never handed out twice.

        On SQLite one process writes, so it counts by itself from the last number used, and
        looks each time whether somebody else wrote after all.
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

    async def truncate_log(self) -> bool:
        """Leave nothing in SQLite's write-ahead log; False when a reader keeps it for now.

        PostgreSQL keeps its log for itself.
        """
        if not self.sqlite:
            return True
        async with self._one_writer:
            return await asyncio.to_thread(_truncate_log, str(self.url.database))

    def _assert_in_place(self) -> None:
        """SQLite would go on writing to a file that was moved away, and nobody would find it."""
        try:
            found = Path(str(self.url.database)).stat()
        except FileNotFoundError:
            raise Unreachable(f"{self.url.database} is gone: put it back") from None
        if self._file is None:
            self._file = found
        elif not os.path.samestat(found, self._file):
            raise Unreachable(
                f"{self.url.database} is another file than at the start: restart the product"
            )

    def give_back_ids(self, table: sa.Table) -> None:
        """Hand out anew what was reserved and not used; nobody may hold on to any of it."""
        self._next_ids.pop(table.name, None)


def _truncate_log(path: str) -> bool:
    with closing(sqlite3.connect(path, timeout=1)) as connection:
        busy, *_ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
    return not busy


def upsert(connection: AsyncConnection, table: sa.Table, *changed: str) -> Insert:
    """An INSERT that brings the `changed` columns of an existing row up to date."""
    return _upsert(connection.dialect.name, table, changed)


def insert_new(connection: AsyncConnection, table: sa.Table) -> Insert:
    """An INSERT that leaves rows alone which are already there."""
    return _insert_new(connection.dialect.name, table)


async def _assert_held(connection: AsyncConnection, lease: Lease | None) -> None:
    """Fenced unless the lease is as it was; nobody takes it before this transaction ends."""
    if lease is None:
        return
    held = sa.text("select 1 from leases where name = :name and fence = :fence for share")
    found = await connection.execute(held, {"name": lease.name, "fence": lease.fence})
    if found.first() is None:
        raise Fenced(f"another process has {lease.name} by now")


def _sqlite_engine(url: sa.URL, *, writes: bool) -> AsyncEngine:
    if not url.database or url.database == ":memory:":
        raise DatabaseUnfit("database.no_file")
    if not (folder := Path(url.database).absolute().parent).is_dir():
        raise DatabaseUnfit("database.no_folder", folder=folder)
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        hide_parameters=True,  # they hold what people wrote
        json_serializer=dump_json,
        pool_size=1 if writes else 4,
        max_overflow=0,
        connect_args={"async_creator_fn": trips.connect},
        **({} if writes else _ONLY_READS),
    )

    @sa.event.listens_for(engine.sync_engine, "do_connect")
    def _hide(*_: Any) -> None:
        keep_private(str(url.database))

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions below
        try:
            for name, value in (_PRAGMAS if writes else _PRAGMAS | {"query_only": 1}).items():
                _insist(connection, f"pragma {name} = {value}")
        except BaseException:
            connection.close()  # nobody else would, and its thread would keep the process alive
            raise

    if writes:

        @sa.event.listens_for(engine.sync_engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            begun: Any = connection.connection.driver_connection
            begun.begin()

    return engine


def _insist(connection: Any, pragma: str) -> None:
    """SQLite waits for a writer, but not when it is to turn a new file to WAL."""
    for _ in range(_STARTS_AT_ONCE):
        try:
            connection.execute(pragma)
            return
        except sqlite3.OperationalError:
            connection.execute("begin immediate")
            connection.execute("rollback")
    connection.execute(pragma)


def _pg(url: sa.URL) -> AsyncEngine:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(dialling.connect, url),
        hide_parameters=True,  # they hold what people wrote
        json_serializer=dump_json,
        pool_size=8,
    )

    @sa.event.listens_for(engine.sync_engine, "checkout")
    def _look(_connection: Any, record: Any, _proxy: Any) -> None:
        # The driver knows what the server closed; to ask it each time took three round trips.
        if record.driver_connection.is_closed():
            raise sa.exc.DisconnectionError("PostgreSQL closed the connection")

    return engine


_INSERT: dict[str, Callable[[sa.Table], Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


@lru_cache
def _insert_new(dialect: str, table: sa.Table) -> Insert:
    return _INSERT[dialect](table).on_conflict_do_nothing()


@lru_cache
def _upsert(dialect: str, table: sa.Table, changed: tuple[str, ...]) -> Insert:
    insert = _INSERT[dialect](table)
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: insert.excluded[name] for name in changed},
    )


async def _assert_pragmas(connection: AsyncConnection) -> None:
    for name, expected in _PRAGMAS.items():
        found = (await connection.exec_driver_sql(f"pragma {name}")).scalar()
        if found != expected:
            raise DatabaseUnfit("database.pragma", name=name, found=found, expected=expected)
    # A transaction that is to write begins on a file that may only be read as well.
    await connection.exec_driver_sql("pragma user_version = 0")  # as it was


async def _assert_encoding(connection: AsyncConnection) -> None:
    found = (await connection.execute(sa.text("show server_encoding"))).scalar()
    if found != "UTF8":
        raise DatabaseUnfit("database.encoding", found=found)
