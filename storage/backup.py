"""A consistent copy of the SQLite file while the product runs, opened and read before it counts."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage.failures import DatabaseUnfit, in_words
from storage.file import keep_private

_LOOK_EVERY = 0.2  # seconds between two looks at how far it is

Grown = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """What a copy holds; its size is in bytes."""

    size: int
    leads: int
    messages: int


async def back_up(url: str, target: Path, grown: Grown) -> Backup:
    """Copy the database to a new file and verify the copy; `grown` hears of each further byte.

    DatabaseUnfit when there is nothing to copy, the target is there already, has no
    folder or cannot be written, or the copy is not whole. What was begun is removed then.
    """
    source, part = _file(url), _begun(target)
    try:
        await _copied(source, part, grown)
        made = await asyncio.to_thread(_verified, part)
        part.rename(target)
        await asyncio.to_thread(_keep, target.parent)
        return made
    except (sqlite3.Error, OSError) as error:
        raise DatabaseUnfit("backup.failed", file=target, reason=in_words(error)) from None
    finally:
        part.unlink(missing_ok=True)


def size_of(url: str) -> int:
    """How many bytes there are to copy; DatabaseUnfit when there is nothing to."""
    return _size(_file(url))


def _file(url: str) -> Path:
    known = sa.make_url(url)
    if known.get_backend_name() != "sqlite":
        raise DatabaseUnfit("backup.only_sqlite")
    file = Path(known.database or "")
    if not file.exists():
        raise DatabaseUnfit("database.missing", file=file)
    return file


def _begun(target: Path) -> Path:
    """The file that becomes the copy once it is whole."""
    if target.exists():
        raise DatabaseUnfit("backup.exists", file=target)
    if not target.parent.is_dir():
        raise DatabaseUnfit("backup.no_folder", folder=target.parent)
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        keep_private(str(part))
        part.open("ab").close()
    except OSError as error:
        raise DatabaseUnfit("backup.failed", file=target, reason=error.strerror) from None
    return part


def _size(file: Path) -> int:
    return file.stat().st_size


async def _copied(source: Path, part: Path, grown: Grown) -> None:
    """In one snapshot, which no writer has to wait for; nothing that was deleted goes along."""
    with closing(_opened(source)) as connection:
        copying = asyncio.create_task(
            asyncio.to_thread(connection.execute, "vacuum into ?", (str(part),))
        )
        try:
            await _watched(copying, part, grown)
        except asyncio.CancelledError:
            connection.interrupt()
            await asyncio.wait([copying])
            raise
        copying.result()


async def _watched(copying: asyncio.Task[Any], part: Path, grown: Grown) -> None:
    seen = 0
    while not copying.done():
        await asyncio.wait([copying], timeout=_LOOK_EVERY)
        size = _size(part)
        grown(size - seen)
        seen = size


def _verified(part: Path) -> Backup:
    """Read the whole copy, and let it be on the disk."""
    with closing(_opened(part)) as connection:
        found = connection.execute("pragma integrity_check(1)").fetchone()[0]
        if found != "ok" or connection.execute("pragma foreign_key_check").fetchone():
            raise DatabaseUnfit("backup.not_whole", file=part.with_suffix(""))
        leads = connection.execute("select count(*) from leads").fetchone()[0]
        messages = connection.execute("select count(*) from messages").fetchone()[0]
    _keep(part)
    return Backup(part.stat().st_size, leads, messages)


def _opened(file: Path) -> sqlite3.Connection:
    where = f"{file.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(where, uri=True, check_same_thread=False, timeout=10)


def _keep(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
