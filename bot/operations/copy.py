"""`main.py copy --to`: from SQLite to PostgreSQL, for who outgrew one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bot.operations.errors import Failed, Wrong
from config.values import has_stray_at
from storage.database import Database, DatabaseUnfit
from storage.failures import Unreachable
from storage.moving import Moved, count, move


async def copied(
    database_url: str, to: str, expect: Callable[[int], None], done: Callable[[int], None]
) -> Moved:
    """Move everything; `expect` is told how many steps there are, `done` how many more are done.

    Raises DatabaseUnfit, Failed when the target does not let us in, or Wrong when `to` is no
    address of PostgreSQL, with nothing moved.
    """
    _assert_pair(database_url, to)
    source, target = Database(database_url), Database(to)
    try:
        await source.open()
        with _blaming_the_target():
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
    except (sa.exc.ArgumentError, ValueError):  # a port that is no number
        kind = ""
    if kind != "postgresql" or has_stray_at(to):
        raise Wrong("copy.to")


@contextmanager
def _blaming_the_target() -> Iterator[None]:
    """What is wrong with an address is told of --to: whoever mends `database_url` is misled."""
    try:
        yield
    except Unreachable as error:
        raise Failed("copy.unreachable", reason=error) from None
    except DatabaseUnfit as error:
        if error.key != "database.refused":
            raise
        raise Failed("copy.refused", **error.values) from None
    except ValueError:  # the driver reads the address once more
        raise Wrong("copy.to") from None
