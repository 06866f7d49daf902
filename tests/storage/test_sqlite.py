"""SQLite keeps what it is told, and a file that cannot be used is named with the remedy."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage import trips
from storage.database import Database, DatabaseUnfit
from storage.failures import Unreachable
from storage.schema import leads
from tests.storage.making import count, opened


async def test_sqlite_keeps_what_it_is_told_through_power_loss(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/dialead.db") as database:
        await database.open()
        async with database.write() as connection:
            found = {
                name: (await connection.exec_driver_sql(f"pragma {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


async def test_what_customers_wrote_is_for_the_owner_of_the_file_alone(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/dialead.db") as database:
        await database.open()
        async with database.write() as connection:
            await connection.execute(sa.text("create table x (a int)"))
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert modes == {"dialead.db": 0o600, "dialead.db-wal": 0o600, "dialead.db-shm": 0o600}


async def test_a_reader_of_sqlite_cannot_write(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/dialead.db") as database:
        with pytest.raises(Unreachable, match="readonly"):
            async with database.read() as connection:
                await connection.execute(sa.text("create table x (a int)"))


async def test_a_question_is_one_trip_to_the_databases_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    travel = trips.Connection._execute

    async def noted(self: trips.Connection, work: Any, *given: Any) -> Any:
        made.append(work)
        return await travel(self, work, *given)  # type: ignore[no-untyped-call]

    async with opened(f"sqlite:///{tmp_path}/dialead.db") as database:
        await database.open()
        await ask(database)
        monkeypatch.setattr(trips.Connection, "_execute", noted)
        assert await ask(database) == [1, 2, 3]
        assert len(made) == 1


async def ask(database: Database) -> Sequence[int]:
    """Three rows of a question."""
    async with database.read() as connection:
        rows = await connection.execute(sa.text("select 1 union select 2 union select 3"))
        return rows.scalars().all()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_sqlite_without_a_file_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnfit, match=r"database\.no_file"):
        Database(url)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnfit, match=r"database\.no_folder folder=.*none$"):
        Database(f"sqlite:///{tmp_path}/none/dialead.db")


async def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "dialead.db").mkdir()
    async with opened(f"sqlite:///{tmp_path}/dialead.db") as database:
        with pytest.raises(DatabaseUnfit, match=r"database\.not_writable file=.*dialead\.db"):
            await database.open()


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "dialead.db").write_text("Dear Anna, " * 500)
    async with opened(f"sqlite:///{tmp_path}/dialead.db") as database:
        with pytest.raises(DatabaseUnfit, match=r"database\.damaged"):
            await database.open()


@pytest.mark.parametrize("folder_mode", [0o555, 0o755])
async def test_a_file_that_cannot_be_written_is_told(migrated_file: Path, folder_mode: int) -> None:
    content = migrated_file.read_bytes()
    with _as_a_stranger() as folder:
        (folder / "dialead.db").write_bytes(content)
        (folder / "dialead.db").chmod(0o444)
        folder.chmod(folder_mode)
        async with opened(f"sqlite:///{folder}/dialead.db") as database:
            with pytest.raises(DatabaseUnfit, match=r"database\.not_writable"):
                await database.open()


async def test_a_file_damaged_while_in_use_is_out_of_reach_and_no_refusal(
    tmp_path: Path, migrated_file: Path
) -> None:
    file = tmp_path / "dialead.db"
    shutil.copy(migrated_file, file)
    pages = file.read_bytes()
    file.write_bytes(pages[:4096] + b"\xff" * (len(pages) - 4096))
    async with opened(f"sqlite:///{file}") as database:
        with pytest.raises(Unreachable, match="malformed"):
            await count(database, leads)


async def test_a_locked_file_is_out_of_reach_and_free_again_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_pragmas(), "busy_timeout", 0)
    async with opened(f"sqlite:///{tmp_path}/dialead.db") as database:
        await database.open()
        holder = sqlite3.connect(tmp_path / "dialead.db", isolation_level=None)
        holder.execute("begin immediate")
        with pytest.raises(Unreachable, match="locked"):
            async with database.write() as connection:
                await connection.execute(sa.text("select 1"))
        holder.execute("rollback")
        holder.close()
        async with database.write() as connection:
            await connection.execute(sa.text("create table x (a int)"))


def _pragmas() -> dict[str, object]:
    from storage import database

    return database._PRAGMAS


@contextlib.contextmanager
def _as_a_stranger() -> Iterator[Path]:
    """A folder of ours, in which we act as somebody whom file rights bind."""
    folder = Path(tempfile.mkdtemp(prefix="dialead-"))
    try:
        with contextlib.ExitStack() as stack:
            if os.geteuid() == 0:
                folder.chmod(0o755)
                stack.callback(os.seteuid, 0)
                os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
                os.seteuid(pwd.getpwnam("nobody").pw_uid)
            yield folder
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


async def test_a_connection_given_up_while_it_opens_ends_with_its_thread(tmp_path: Path) -> None:
    may_open, done = threading.Event(), []

    class Slow(sqlite3.Connection):
        def __init__(self, *given: Any, **how: Any) -> None:
            may_open.wait()
            super().__init__(*given, **how)
            done.append("opened")

        def close(self) -> None:
            super().close()
            done.append("closed")

    async def connected() -> None:
        await trips.connect(str(tmp_path / "d.db"), factory=Slow)

    opening = asyncio.create_task(connected())
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.sleep(0)
    still_waits = not opening.done()
    may_open.set()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert (still_waits, done) == (True, ["opened", "closed"])
