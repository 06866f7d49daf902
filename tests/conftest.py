"""The databases every test can run on: a fresh SQLite file and a fresh PostgreSQL database."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.database import Database
from storage.migrate import upgrade_at
from tests.databases import Cluster
from tests.once import made_once
from tests.postgres import Server, Unavailable, a_server, a_url, in_memory

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


def pytest_xdist_auto_num_workers() -> int:
    """More than there are cores: a test waits for its database half of the time."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--both`: play every play on both databases, see tests/plays/conftest.py."""
    parser.addoption("--both", action="store_true")


def pytest_collection_finish() -> None:
    """What all tests share is not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that no worker is alone with it at the end."""
    items.sort(key=lambda item: item.path.stem not in _LONG)


def pytest_configure() -> None:
    """Keep temporary files in memory: a commit waits for its file to be on the disk."""
    if memory := in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


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


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    """A PostgreSQL of this test's own, to be stopped and started again."""
    try:
        with a_server() as server:
            yield server
    except Unavailable as reason:
        pytest.skip(str(reason))


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
    url = await cluster.lend()
    yield url
    await cluster.take_back(url)


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
