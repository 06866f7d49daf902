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
from tests.postgres import Unavailable, a_url

Fresh = Callable[[], Awaitable[str]]
"""Makes a fresh, migrated database; its URL."""

_numbers = count()


class Cluster:
    """A PostgreSQL on which databases are made from a template that was migrated once."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._prefix = f"dialead_{uuid4().hex[:8]}"
        self._template = f"{self._prefix}_template"

    async def prepare(self) -> None:
        """Make the template."""
        await self._say(f"create database \"{self._template}\" encoding 'UTF8' template template0")
        await upgrade_at(self._named(self._template))

    async def create(self, *, migrated: bool, encoding: str = "UTF8") -> str:
        """The URL of a fresh database."""
        name = f"{self._prefix}_{next(_numbers)}"
        template = f'"{self._template}"' if migrated else "template0"
        await self._say(f"create database \"{name}\" encoding '{encoding}' template {template}")
        return self._named(name)

    async def drop(self, url: str) -> None:
        """Remove a database, whoever still uses it."""
        await self._say(f'drop database "{sa.make_url(url).database}" with (force)')

    async def close(self) -> None:
        """Remove the template."""
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
