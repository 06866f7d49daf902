"""Bringing the schema up to date."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import Database, DatabaseUnfit


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


async def upgrade(database: Database) -> None:
    """Take every step that the database has not taken; DatabaseUnfit when it is ahead of us."""

    def run(connection: Connection) -> None:
        _assert_known(_revision(connection))  # of now: a newer program may have been first
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    async with database.migrating() as connection:
        await connection.run_sync(run)


async def assert_current(database: Database) -> None:
    """DatabaseUnfit unless the database has taken exactly the steps that we know."""
    found = await revision(database)
    _assert_known(found)
    if found != head():
        raise DatabaseUnfit("database.older")


@asynccontextmanager
async def current_at(url: str) -> AsyncIterator[Database]:
    """The database at a URL, opened; DatabaseUnfit when there is none of this version."""
    _assert_there(sa.make_url(url))
    database = Database(url)
    try:
        await database.open()
        await assert_current(database)
        yield database
    finally:
        await database.close()


async def revision(database: Database) -> str | None:
    """The last step the database has taken; None for an empty one."""
    async with database.read() as connection:
        return await connection.run_sync(_revision)


def head() -> str | None:
    """The newest step there is."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def known() -> frozenset[str]:
    """Every step there is."""
    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return frozenset(step.revision for step in steps)


async def upgrade_at(url: str) -> None:
    """Bring the database at a URL up to date."""
    database = Database(url)
    try:
        await database.open()
        await upgrade(database)
    finally:
        await database.close()


def _assert_there(url: sa.URL) -> None:
    """SQLite would make a file by being asked."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise DatabaseUnfit("database.missing", file=url.database)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _assert_known(found: str | None) -> None:
    if found is not None and found not in known():
        raise DatabaseUnfit("database.newer")
