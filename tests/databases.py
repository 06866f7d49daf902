"""Fresh databases of each kind, made quickly: for tests and benches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path
from uuid import uuid4

import asyncpg
import sqlalchemy as sa

from storage.migrate import upgrade_at
from storage.schema import metadata
from tests.postgres import Unavailable, a_url

Fresh = Callable[[], Awaitable[str]]
"""Makes a fresh, migrated database; its URL."""

_LARGE = 2**25  # bytes; rows that were removed still take their place
_ALONE = """
    select pg_terminate_backend(pid, 10000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""
_SHAPE = """
    select (select count(*) from pg_class), (select max(oid) from pg_class),
        (select count(*) from pg_attribute), (select count(*) from pg_constraint),
        (select string_agg(version_num, ' ') from alembic_version),
        (select count(*) from pg_db_role_setting s join pg_database d on s.setdatabase = d.oid
         where d.datname = current_database())
"""
_SIZE = "select pg_database_size(current_database())"
_EMPTY = ";".join(
    [
        *(f"delete from {table.name}" for table in reversed(metadata.sorted_tables)),
        *(
            f"select setval('{table.name}_id_seq', 1, false)"
            for table in metadata.sorted_tables
            if table.autoincrement_column is not None
        ),
    ]
)

_numbers = count()


class Cluster:
    """A PostgreSQL on which databases are made from a template that was migrated once."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._prefix = f"dialead_{uuid4().hex[:8]}"
        self._template = f"{self._prefix}_template"
        self._free: list[str] = []  # emptied, to be lent again
        self._shape: asyncpg.Record | None = None  # of the template's tables

    async def prepare(self) -> None:
        """Make the template."""
        await self._say(f"create database \"{self._template}\" encoding 'UTF8' template template0")
        await upgrade_at(self._named(self._template))
        connection = await asyncpg.connect(self._named(self._template))
        self._shape = await connection.fetchrow(_SHAPE)
        await connection.close()

    async def create(self, *, migrated: bool, encoding: str = "UTF8") -> str:
        """The URL of a fresh database."""
        name = f"{self._prefix}_{next(_numbers)}"
        template = f'"{self._template}"' if migrated else "template0"
        await self._say(f"create database \"{name}\" encoding '{encoding}' template {template}")
        return self._named(name)

    async def lend(self) -> str:
        """The URL of a migrated database without a row, to be given back.

        To empty one takes a tenth of what it takes to make one.
        """
        return self._free.pop() if self._free else await self.create(migrated=True)

    async def take_back(self, url: str) -> None:
        """Empty it for who comes next, whoever still uses it; remove it if it is not as it was."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(_ALONE)
            same = await connection.fetchrow(_SHAPE) == self._shape
            if same and await connection.fetchval(_SIZE) < _LARGE:
                await connection.execute(_EMPTY)
                self._free.append(url)
                return
        finally:
            await connection.close()
        await self.drop(url)

    async def drop(self, url: str) -> None:
        """Remove a database, whoever still uses it."""
        await self._say(f'drop database "{sa.make_url(url).database}" with (force)')

    async def close(self) -> None:
        """Remove what is left of it."""
        for url in self._free:
            await self.drop(url)
        await self.drop(self._named(self._template))

    def _named(self, database: str) -> str:
        return self._url.set(database=database).render_as_string(hide_password=False)

    async def _say(self, statement: str) -> None:
        connection = await asyncpg.connect(self._url.render_as_string(hide_password=False))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def a_cluster(*, durable: bool = False) -> AsyncIterator[Cluster]:
    """The PostgreSQL that is named, or one of our own (see `a_server`). Raises Unavailable."""
    with a_url(durable=durable) as url:
        cluster = Cluster(url)
        await cluster.prepare()
        try:
            yield cluster
        finally:
            await cluster.close()


async def kinds(folder: Path) -> AsyncIterator[tuple[str, Fresh]]:
    """Each kind of database there is, by its name; SQLite's files are made in the folder."""
    yield "SQLite", partial(_a_file, folder)
    try:
        async with a_cluster() as cluster:
            yield "PostgreSQL", partial(cluster.create, migrated=True)
    except Unavailable as reason:
        print(f"PostgreSQL is not measured: {reason}")


async def _a_file(folder: Path) -> str:
    url = f"sqlite:///{folder}/{next(_numbers)}.db"
    await upgrade_at(url)
    return url
