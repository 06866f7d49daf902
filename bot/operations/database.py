"""What `main.py check` finds about the database and its disk."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from bot.messages import Finding
from config.mark import mark_of
from config.settings import Settings
from config.teams import desks_of
from storage import chats, leases, sweeps
from storage.database import UNREACHABLE, Database, DatabaseUnfit
from storage.failures import in_words
from storage.migrate import head, known, revision
from storage.standing_by import is_held

LEAST_FREE = 500 * 2**20  # bytes: room for some weeks, and for a copy while backing up

_FAR = 30.0  # seconds

Free = Callable[[Path], int]


async def about_database(
    settings: Settings, free: Free | None, now: Callable[[], datetime]
) -> AsyncIterator[Finding]:
    """Whether it can be used and what it tells then, and whether its disk has room.

    Makes none where there is none. `now` is our clock.
    """
    path = _file(settings)
    if path is not None and not path.exists():
        yield _place_for(path)
    else:
        found = await _found(settings.database_url)
        yield found
        if found.key == "check.database":
            for told in await _told_by(settings, now):
                yield told
    if path is not None and (folder := path.absolute().parent).is_dir():
        yield _disk((free or _free)(folder))


async def current(settings: Settings, chat: str) -> str:
    """The team's chat by the id it has by now: a group that became a supergroup got another."""
    database = Database(settings.database_url)
    try:
        return await chats.current(database, chat)
    finally:
        await database.close()


async def is_running(settings: Settings) -> bool:
    """Whether the product runs on this database."""
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return is_held(url)
    database = Database(settings.database_url)
    try:
        return await leases.anybody_leads(database)
    finally:
        await database.close()


async def _found(url: str) -> Finding:
    try:
        return await _opened(url)
    except DatabaseUnfit as error:
        return Finding(False, error.key, {name: str(one) for name, one in error.values.items()})
    except UNREACHABLE as error:
        return Finding(False, "database.unreachable", {"reason": str(error)})


async def _opened(url: str) -> Finding:
    """What a database says that is there: it can be written, and how old its tables are."""
    database = Database(url)
    try:
        await database.open()
        await database.assert_written()
        found = await revision(database)
    finally:
        await database.close()
    if found == head():
        return Finding(True, "check.database")
    if found is not None and found not in known():
        return Finding(False, "database.newer")
    # On SQLite `run` takes the missing steps by itself.
    own = database.sqlite
    return Finding(own, "check.database_waits" if own else "database.older")


async def _told_by(settings: Settings, now: Callable[[], datetime]) -> list[Finding]:
    """What a database that can be used tells of what runs on it, of our clock, and of leads."""
    database, found = Database(settings.database_url), []
    try:
        if not database.sqlite:  # which nobody shares, and which is on this machine
            found += _agreement(mark_of(settings), await leases.marks(database))
            found.append(_clock(await leases.its_time(database), now()))
        left = await sweeps.out_of_sight(database, [one.name for one in desks_of(settings)])
    finally:
        await database.close()
    for desk, number in left.items():
        found.append(Finding(False, "check.desk_missing", {"desk": desk, "leads": str(number)}))
    return found


def _agreement(mark: str, marks: Mapping[str, int]) -> list[Finding]:
    """Whether all that run have these settings; nothing where nobody runs.

    What was changed and waits for a restart is no fault yet.
    """
    same = marks.get(mark, 0)
    other = sum(marks.values()) - same
    if not other:
        agree = Finding(True, "check.processes_agree", {"number": str(same)})
        return [agree] if same else []
    if len(marks) == 1:
        return [Finding(True, "check.processes_before")]
    return [Finding(False, "check.processes_differ", {"same": str(same), "other": str(other)})]


def _clock(theirs: datetime, ours: datetime) -> Finding:
    """Whether our clock agrees with the database's, which may be another machine's."""
    apart = (ours - theirs).total_seconds()
    if abs(apart) <= _FAR:
        return Finding(True, "check.database_clock_right")
    return Finding(
        False,
        "check.database_clock_ahead" if apart > 0 else "check.database_clock_behind",
        {"seconds": str(round(abs(apart)))},
    )


def _place_for(path: Path) -> Finding:
    """Whether a database can be made where none is yet."""
    folder = path.absolute().parent
    if not folder.is_dir():
        return Finding(False, "database.no_folder", {"folder": str(folder)})
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            return Finding(True, "check.database_new", {"file": str(path)})
    except OSError as error:
        values = {"file": str(path), "reason": in_words(error)}
        return Finding(False, "database.not_writable", values)


def _disk(free: int) -> Finding:
    ok = free >= LEAST_FREE
    values = {"free": str(free // 2**20), "least": str(LEAST_FREE // 2**20)}
    return Finding(ok, "check.disk" if ok else "check.disk_full", values)


def _file(settings: Settings) -> Path | None:
    """SQLite's file; None where another machine keeps the data."""
    url = sa.make_url(settings.database_url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free
