"""The databases every test can run on: a fresh SQLite file and a fresh PostgreSQL database."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import sqlalchemy as sa

from storage.database import Database
from storage.migrate import upgrade_at
from tests.once import made_once
from tests.postgres import Unavailable, a_url, in_memory

_ON_BOTH = ("sqlite", "postgresql")
_LONG = {
    "test_checks",
    "test_digest_time",
    "test_tour",
    "test_working_day",
    "test_quarter",
    "test_any_order",
    "test_fuzz",
    "test_bursts",
    "test_readme_commands",
}
_numbers = count()


def pytest_xdist_auto_num_workers() -> int:
    """More than there are cores: a test waits for its database half of the time."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that no worker is alone with it at the end."""
    items.sort(key=lambda item: item.path.stem not in _LONG)


def pytest_configure() -> None:
    """Keep temporary files in memory: a commit waits for its file to be on the disk."""
    if memory := in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


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


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    with made_once():
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The PostgreSQL of this session; without one its tests are skipped, and say why."""
    try:
        opened = a_url()
        url = opened.__enter__()
    except Unavailable as reason:
        pytest.skip(str(reason))
    with ThreadPoolExecutor(1) as apart:  # each test has a loop of its own
        try:
            cluster = Cluster(url)
            apart.submit(asyncio.run, cluster.prepare()).result()
            yield cluster
            apart.submit(asyncio.run, cluster.close()).result()
        finally:
            opened.__exit__(None, None, None)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that was migrated once, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "dialead.db"
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, upgrade_at(f"sqlite:///{file}")).result()
    return file


@pytest.fixture(params=_ON_BOTH)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a fresh, migrated database of each kind."""
    if request.param == "sqlite":
        file = tmp_path / "dialead.db"
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        yield f"sqlite:///{file}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = await cluster.create(migrated=True)
    yield url
    await cluster.drop(url)


@pytest.fixture(params=_ON_BOTH)
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a fresh database of each kind, without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/dialead.db"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = await cluster.create(migrated=False)
    yield url
    await cluster.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated database of each kind, opened."""
    opened = Database(database_url)
    try:
        await opened.open()
        yield opened
    finally:
        await opened.close()
