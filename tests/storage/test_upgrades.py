"""From every earlier schema, with something in each table, to the one of now: nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.ext.asyncio import AsyncConnection

import storage.migrations
from bot.domain.lead import MAIN
from storage import migrate
from storage.database import Database
from storage.migrate import head, revision, upgrade
from storage.schema import metadata

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
VERSIONS = Path(str(storage.migrations.__file__)).parent / "versions"
EARLIER = sorted(file.name[:4] for file in VERSIONS.glob("0*.py"))[:-1]
SAID = {"leads": {"state": "new"}, "inbox": {"state": "done"}, "outbox": {"state": "sent"}}
NOT_OURS = re.compile(r"alembic_version|sqlite_.*|.*_words(_\w+)?")


async def upgrade_to(database: Database, step: str) -> None:
    """The schema as it was."""

    def run(connection: sa.Connection) -> None:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, step)

    async with database.migrating() as connection:
        await connection.run_sync(run)


def filling(table: sa.Table) -> dict[str, Any]:
    """A row that the table takes: number 1, words, a moment; what may be empty is."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.name == "id":
            row["id"] = 1
        elif column.nullable and not column.foreign_keys:
            continue
        elif not column.nullable:
            row[column.name] = _value(table.name, column)
    return row | {k: v for k, v in SAID.get(table.name, {}).items() if k in table.columns}


def _value(table: str, column: sa.Column[Any]) -> Any:
    match column.type:
        case sa.Boolean():
            return False
        case sa.Integer():
            return 1
        case sa.DateTime():
            return NOW
        case sa.JSON():
            return {}
        case _:
            return f"{table} {column.name}"


async def fill(database: Database) -> Mapping[str, Mapping[str, Any]]:
    """A row in each table there is; what was written, by table."""
    async with database.write() as connection:
        tables = await _tables(connection)
        for table in tables:
            await connection.execute(table.insert(), filling(table))
    async with database.read() as connection:
        return {table.name: await _row(connection, table) for table in tables}


async def _tables(connection: AsyncConnection) -> list[sa.Table]:
    found = sa.MetaData()
    await connection.run_sync(found.reflect)
    return [one for one in found.sorted_tables if not NOT_OURS.fullmatch(one.name)]


async def _row(connection: AsyncConnection, table: sa.Table) -> Mapping[str, Any]:
    rows = (await connection.execute(sa.select(table))).mappings().all()
    assert len(rows) == 1, f"{table.name} has {len(rows)} rows"
    return dict(rows[0])


@pytest.mark.parametrize("step", EARLIER)
async def test_nothing_is_lost_on_the_way_up(empty_url: str, step: str) -> None:
    database = Database(empty_url)
    try:
        await database.open()
        await upgrade_to(database, step)
        before = await fill(database)
        await upgrade(database)
        assert await revision(database) == head()
        async with database.read() as connection:
            for name, row in before.items():
                after = await _row(connection, metadata.tables[name])
                kept = {key: after[key] for key in row if key in after}
                assert {key: _plain(value) for key, value in kept.items()} == {
                    key: _plain(value) for key, value in row.items()
                }
    finally:
        await database.close()


def _plain(value: Any) -> Any:
    """A moment is the same with its zone or without."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


async def test_reasons_and_answers_there_are_belong_to_the_first_desk(empty_url: str) -> None:
    database = Database(empty_url)
    try:
        await database.open()
        await upgrade_to(database, "0007")
        await fill(database)
        await upgrade(database)
        async with database.write() as connection:
            for table in (metadata.tables["reasons"], metadata.tables["templates"]):
                row = dict(await _row(connection, table))
                assert row["desk"] == MAIN
                # Another desk may have the same, and the same desk may not.
                await connection.execute(table.insert(), row | {"desk": "service"})
                with pytest.raises(sa.exc.IntegrityError):
                    async with connection.begin_nested():
                        await connection.execute(table.insert(), row)
    finally:
        await database.close()
