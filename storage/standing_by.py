"""One product on one SQLite file: the second waits until the first has ended, however it ends.

The lock is the kernel's, on a file beside the database: a process that dies gives it
back at once. PostgreSQL is made for several, and needs none.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from storage.failures import DatabaseUnfit

T = TypeVar("T")

LOOK_EVERY = 0.5  # seconds between two looks whether the first has ended


@asynccontextmanager
async def alone(url: sa.URL, waits: Callable[[str], None]) -> AsyncIterator[None]:
    """Be the only one on a SQLite file; `waits` is told of the file, once, if another one is.

    Raises DatabaseUnfit when the lock's file cannot be made.
    """
    if url.get_backend_name() != "sqlite":
        yield
        return
    held = await once_free(partial(_try, _lock(url)), lambda: waits(str(url.database)))
    try:
        yield
    finally:
        os.close(held)  # the file stays: whoever waits for it has it open


async def once_free(take: Callable[[], T | None], waits: Callable[[], None]) -> T:
    """What `take` gives once it gives anything; `waits` is told once if that is not at once."""
    told = False
    while (taken := take()) is None:
        if not told:
            waits()
            told = True
        await asyncio.sleep(LOOK_EVERY)
    return taken


def is_held(url: sa.URL) -> bool:
    """Whether a product runs on a SQLite file now. Waits for nothing, makes no file."""
    try:
        opened = os.open(_lock(url), os.O_RDONLY)
    except OSError:
        return False
    try:
        # Shared: two who only look do not take each other for a product.
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(opened)
    return False


def _lock(url: sa.URL) -> str:
    """The lock's file, the same by whatever name the database is called."""
    return f"{os.path.realpath(str(url.database))}.lock"


def _try(lock: str) -> int | None:
    """The lock's open file, or None while somebody else has it."""
    try:
        opened = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseUnfit("database.not_writable", file=lock, reason=error.strerror) from None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is(lock, opened):
            return opened
    except BlockingIOError:
        pass
    except OSError as error:
        os.close(opened)
        raise DatabaseUnfit("database.no_lock", file=lock, reason=error.strerror) from None
    os.close(opened)
    return None


def _is(lock: str, opened: int) -> bool:
    """Whether what we locked is still what others would lock: somebody may have removed it."""
    try:
        return os.path.samestat(Path(lock).stat(), os.fstat(opened))
    except FileNotFoundError:
        return False
