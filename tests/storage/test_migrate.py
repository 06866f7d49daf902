"""The steps of the schema lead to the schema, on both databases, and never back in time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, DatabaseUnfit
from storage.migrate import assert_current, head, revision, upgrade, upgrade_at
from storage.schema import metadata
from storage.words import in_schema


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    """A database without any table."""
    database = Database(empty_url)
    await database.open()
    yield database
    await database.close()


async def test_the_steps_make_exactly_the_schema(empty: Database) -> None:
    await upgrade(empty)
    assert await revision(empty) == head()
    async with empty.read() as connection:
        differences: list[Any] = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"include_name": in_schema}), metadata
            )
        )
        unseen = await _deferred_on_a_column(connection) if empty.sqlite else set()
    assert [one for one in differences if not _same_key(one, unseen)] == []


def _same_key(difference: Any, unseen: set[tuple[str, str]]) -> bool:
    """SQLAlchemy cannot see on SQLite that a key written beside its column is deferred."""
    if not (isinstance(difference, tuple) and difference[0] in ("add_fk", "remove_fk")):
        return False
    key = difference[1]
    return (key.table.name, key.column_keys[0]) in unseen


async def _deferred_on_a_column(connection: Any) -> set[tuple[str, str]]:
    """(table, column) of the keys that the file says are deferred beside their column."""
    made = await connection.execute(sa.text("select name, sql from sqlite_master where sql > ''"))
    return {
        (table, column)
        for table, sql in made
        for column in re.findall(
            r"(\w+) BIGINT CONSTRAINT \w+ REFERENCES \w+ \(id\) DEFERRABLE INITIALLY DEFERRED", sql
        )
    }


async def test_partial_indexes_keep_their_conditions(empty: Database) -> None:
    await upgrade(empty)
    name = "uq_leads_open"
    async with empty.read() as connection:
        if empty.sqlite:
            query = sa.text("select sql from sqlite_master where name = :name")
        else:
            query = sa.text("select indexdef from pg_indexes where indexname = :name")
        made = (await connection.execute(query, {"name": name})).scalar_one().lower()
    assert "unique" in made
    assert "where" in made
    assert "taken" in made


async def test_an_upgraded_database_is_left_alone(database: Database) -> None:
    before = await revision(database)
    await upgrade(database)
    assert await revision(database) == before == head()


async def test_two_processes_may_upgrade_at_once(empty_url: str) -> None:
    await asyncio.gather(upgrade_at(empty_url), upgrade_at(empty_url))
    database = Database(empty_url)
    assert await revision(database) == head()
    await database.close()


class Overtaken(Database):
    """A database that a newer version of the program brings up to date just before us."""

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[AsyncConnection]:
        async with self.write() as connection:
            await connection.execute(sa.text("update alembic_version set version_num = 'f00d'"))
        async with super().migrating() as connection:
            yield connection


async def test_who_waits_for_a_newer_version_to_migrate_is_told_so(database: Database) -> None:
    overtaken = Overtaken(database.url.render_as_string(hide_password=False))
    with pytest.raises(DatabaseUnfit, match=r"database\.newer"):
        await upgrade(overtaken)
    await overtaken.close()


async def test_a_newer_database_is_refused_with_the_remedy(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(DatabaseUnfit, match=r"database\.newer"):
        await upgrade(database)
    assert await revision(database) == "9999"


async def test_who_does_not_upgrade_by_itself_says_what_to_run(empty: Database) -> None:
    with pytest.raises(DatabaseUnfit, match=r"database\.older"):
        await assert_current(empty)
    await upgrade(empty)
    await assert_current(empty)
