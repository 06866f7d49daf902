"""`main.py copy --to`: from SQLite to PostgreSQL, for who outgrew one process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from bot.operations.errors import Wrong
from storage.database import Database, DatabaseUnfit
from storage.moving import Moved, count, move


async def copied(
    database_url: str, to: str, expect: Callable[[int], None], done: Callable[[int], None]
) -> Moved:
    """Move everything; `expect` is told how many steps there are, `done` how many more are done.

    Raises DatabaseUnfit, or Wrong when `to` is no PostgreSQL, with nothing moved.
    """
    _assert_pair(database_url, to)
    source, target = Database(database_url), Database(to)
    try:
        await source.open()
        await target.open()
        expect(2 * await count(source))
        return await move(source, target, done)
    finally:
        await source.close()
        await target.close()


def _assert_pair(database_url: str, to: str) -> None:
    source = sa.make_url(database_url)
    if source.get_backend_name() != "sqlite":
        raise DatabaseUnfit("copy.not_sqlite")
    if not Path(source.database or "").exists():
        raise DatabaseUnfit("database.missing", file=source.database)
    try:
        kind = sa.make_url(to).get_backend_name()
    except sa.exc.ArgumentError:
        kind = ""
    if kind != "postgresql":
        raise Wrong("copy.to")
