"""`main.py dead`: what was set aside, shown to the operator and decided by them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from storage.database import Database, DatabaseUnfit
from storage.migrate import assert_current
from storage.session import Ids, Reads, Session, flush

T = TypeVar("T")


async def decide(database_url: str, ask: Callable[[Session], Awaitable[T]]) -> T:
    """What `ask` tells of the database, once what it decided is written.

    The product may run meanwhile. DatabaseUnfit when there is no database of this version.
    """
    _assert_there(sa.make_url(database_url))
    database = Database(database_url)
    try:
        await database.open()
        await assert_current(database)
        session = Session(Reads(database), Ids(database))
        told = await ask(session)
        await flush(database, [session])
        return told
    finally:
        await database.close()


def _assert_there(url: sa.URL) -> None:
    """SQLite would make a file by being asked."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise DatabaseUnfit("database.missing", file=url.database)
