"""The database is in trouble while the product runs: told, over by itself, nothing lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.util import greenlet_spawn
from structlog.testing import capture_logs

from bot import schedule
from storage import database as storage_database
from storage.migrate import upgrade_at
from storage.schema import leads
from tests.plays.play import Play, a_play
from tests.postgres import Server

CUSTOMERS = range(501, 521)
_ROOM = 3 * 2**20  # bytes


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is waited for but shortly, and what failed is tried again soon."""
    monkeypatch.setattr(schedule, "SECONDS", 0.3)
    monkeypatch.setitem(storage_database._PRAGMAS, "busy_timeout", 50)
    for module in ("inbox", "outbox", "setbacks"):
        monkeypatch.setattr(f"bot.delivery.{module}.delay", lambda *_, **__: 0.02)


@pytest.fixture
def log() -> Iterator[list[Any]]:
    """What the product logs."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_ROOM}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk, and not everywhere")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@asynccontextmanager
async def on_file(folder: Path, migrated_file: Path) -> AsyncIterator[Play]:
    """A play on a SQLite file in this folder, with a product that runs and is idle."""
    file = shutil.copy(migrated_file, folder / "dialead.db")
    async with a_play(folder, f"sqlite:///{file}") as play:
        await play.start()
        await said(play, "before")
        yield play


async def said(play: Play, words: str) -> None:
    """Every customer writes, and a manager answers the first lead; all of it arrives."""
    say(play, words)
    await arrived(play, words)


def say(play: Play, words: str) -> None:
    """Every customer writes."""
    for number in CUSTOMERS:
        if number not in play.telegram.world.users:
            play.telegram.add_user(number, f"Customer {number}")
            play.telegram.started(number)
        play.telegram.write(number, number, f"{words}-{number}")


async def arrived(play: Play, words: str) -> None:
    """Every customer's words are shown to the team, each exactly once."""
    await play.until(lambda: all(play.team(f"{words}-{number}") for number in CUSTOMERS))
    await play.quiet()
    shown = {number: len(play.team(f"{words}-{number}")) for number in CUSTOMERS}
    assert shown == dict.fromkeys(CUSTOMERS, 1)
    assert len(await play.rows(leads)) == len(CUSTOMERS)


def reasons(log: list[Any], event: str) -> str:
    """The words with which these entries were logged."""
    return "\n".join(str(one.get("reason")) for one in log if one["event"] == event)


async def test_a_disk_that_is_full_is_told_and_nothing_is_lost(
    small_disk: Path, migrated_file: Path, log: list[Any]
) -> None:
    async with on_file(small_disk, migrated_file) as play:
        filler = small_disk / "filler"
        fill(filler)
        say(play, "meanwhile")
        await play.until(lambda: "full" in reasons(log, "intake_database"))
        filler.unlink()
        await arrived(play, "meanwhile")


def fill(file: Path) -> None:
    """Leave nothing of the disk."""
    with file.open("wb", buffering=0) as opened, contextlib.suppress(OSError):
        while opened.write(b"x" * 1024):
            pass
    assert shutil.disk_usage(file.parent).free == 0


async def test_a_file_that_another_process_locks_is_told_and_nothing_is_lost(
    tmp_path: Path, migrated_file: Path, log: list[Any]
) -> None:
    async with on_file(tmp_path, migrated_file) as play:
        with closing(sqlite3.connect(tmp_path / "dialead.db", isolation_level=None)) as other:
            other.execute("begin immediate")
            say(play, "meanwhile")
            await play.until(lambda: "locked" in reasons(log, "intake_database"))
            other.execute("rollback")
        await arrived(play, "meanwhile")


async def test_a_lock_in_the_midst_of_sending_loses_and_doubles_nothing(
    tmp_path: Path, migrated_file: Path, log: list[Any]
) -> None:
    async with on_file(tmp_path, migrated_file) as play:
        say(play, "meanwhile")
        await play.until(lambda: play.team("meanwhile-"))
        file = tmp_path / "dialead.db"
        with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
            other.execute("pragma busy_timeout = 20000")
            # In a thread: the product must go on to end the transaction it may be in.
            await asyncio.to_thread(other.execute, "begin immediate")
            await play.until(lambda: "locked" in reasons(log, "outbox_database"))
            other.execute("rollback")
        await arrived(play, "meanwhile")


async def test_a_file_that_becomes_read_only_is_told_and_nothing_is_lost(
    tmp_path: Path, migrated_file: Path, log: list[Any]
) -> None:
    async with on_file(tmp_path, migrated_file) as play:
        await only_read(play, True)
        say(play, "meanwhile")
        await play.until(lambda: "readonly" in reasons(log, "intake_database"))
        await only_read(play, False)
        await arrived(play, "meanwhile")


async def only_read(play: Play, on: bool) -> None:
    """Root may write any file; SQLite refuses in the same words when it is told to."""
    assert play.product is not None
    pooled = await play.product.database._writer.raw_connection()
    try:
        driver: Any = pooled.driver_connection
        await driver.execute(f"pragma query_only = {int(on)}")
    finally:
        await greenlet_spawn(pooled.close)


async def test_a_file_that_was_moved_away_is_not_written_to_until_it_is_back(
    tmp_path: Path, migrated_file: Path, log: list[Any]
) -> None:
    file, away = tmp_path / "dialead.db", tmp_path / "away.db"
    async with on_file(tmp_path, migrated_file) as play:
        file.rename(away)
        say(play, "meanwhile")
        await play.until(lambda: "put it back" in reasons(log, "intake_database"))
        assert not file.exists()
        shutil.copy(migrated_file, file)
        await play.until(lambda: "restart the product" in reasons(log, "intake_database"))
        away.rename(file)
        await arrived(play, "meanwhile")


async def test_a_postgresql_that_is_restarted_in_mid_burst_loses_nothing(
    tmp_path: Path, own_postgres: Server, log: list[Any]
) -> None:
    await upgrade_at(own_postgres.url)
    async with a_play(tmp_path, own_postgres.url) as play:
        await play.start()
        await said(play, "before")
        say(play, "meanwhile")
        await play.until(lambda: play.team("meanwhile-"))
        await asyncio.to_thread(own_postgres.stop)
        say(play, "afterwards")
        await play.until(lambda: reasons(log, "intake_database"))
        await asyncio.to_thread(own_postgres.start)
        await arrived(play, "afterwards")
        await arrived(play, "meanwhile")
