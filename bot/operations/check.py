"""`main.py check`: what is right and wrong around the product, line by line, with the remedy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.messages import Channel, Finding, SendError, split_address
from config.settings import Settings
from config.texts import Texts
from storage import chats
from storage.database import UNREACHABLE, Database, DatabaseUnfit
from storage.migrate import head, known, revision

LEAST_FREE = 500 * 2**20  # bytes: room for some weeks, and for a copy while backing up

Free = Callable[[Path], int]


async def check(
    settings: Settings, channels: Mapping[str, Channel], now: datetime, free: Free | None = None
) -> AsyncIterator[Finding]:
    """Findings in the order in which an operator would mend them, each as soon as it is known.

    `channels` are those that have a token. `free` tells a folder's free bytes. Changes
    nothing, and makes no database where there is none.
    """
    yield Finding(True, "check.settings")
    chat = settings.team.chat
    async for finding in _database(settings):
        yield finding
        if finding.key == "check.database":
            chat = await _current(settings, chat)
    if (folder := _folder(settings)) is not None and folder.is_dir():
        yield _disk((free or _free)(folder))
    yield _clock(settings, now)
    answering = []
    for name, channel in channels.items():
        found = await _asked(channel, chat)
        if found[0].ok:
            answering.append(name)
        for finding in found:
            yield finding
    for account in settings.team.supervisors:
        channel_name = split_address(account)[0]
        if channel_name in answering or channel_name not in channels:
            yield await _supervisor(channels.get(channel_name), account)


def line(texts: Texts, finding: Finding) -> str:
    """One finding in the team's language: a mark, what it is and, if wrong, what to do."""
    values = dict(finding.values)
    if "channel" in values:
        values["channel"] = texts(f"channel.{values['channel']}")
    return f"{'✓' if finding.ok else '✗'} {texts(finding.key, **values)}"


def total(texts: Texts, findings: Sequence[Finding]) -> str:
    """The last line: that all is well, or how much there is to mend."""
    wrong = sum(not finding.ok for finding in findings)
    return texts.plural("check.to_mend", wrong) if wrong else texts("check.all_well")


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    path = _file(settings)
    if path is not None and not path.exists():
        yield _place_for(path)
        return
    try:
        yield await _opened(settings.database_url)
    except DatabaseUnfit as error:
        yield Finding(False, "check.database_unfit", {"reason": str(error)})
    except UNREACHABLE as error:
        yield Finding(False, "check.database_unreachable", {"reason": str(error)})


async def _opened(url: str) -> Finding:
    """What a database says that is there: it can be written, and how old its tables are."""
    database = Database(url)
    try:
        await database.open()
        async with database.write():
            found = await revision(database)
    finally:
        await database.close()
    if found == head():
        return Finding(True, "check.database")
    if found is not None and found not in known():
        return Finding(False, "check.database_ahead")
    # On SQLite `run` takes the missing steps by itself.
    own = database.sqlite
    return Finding(own, "check.database_waits" if own else "check.database_behind")


def _place_for(path: Path) -> Finding:
    """Whether a database can be made where none is yet."""
    folder = path.absolute().parent
    if not folder.is_dir():
        return Finding(False, "check.database_no_folder", {"folder": str(folder)})
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            return Finding(True, "check.database_new", {"file": str(path)})
    except OSError as error:
        values = {"file": str(path), "reason": error.strerror or type(error).__name__}
        return Finding(False, "check.database_closed", values)


async def _current(settings: Settings, chat: str) -> str:
    """The team's chat by the id it has by now: a group that became a supergroup got another."""
    database = Database(settings.database_url)
    try:
        return await chats.current(database, chat)
    finally:
        await database.close()


def _disk(free: int) -> Finding:
    ok = free >= LEAST_FREE
    values = {"free": str(free // 2**20), "least": str(LEAST_FREE // 2**20)}
    return Finding(ok, "check.disk" if ok else "check.disk_full", values)


def _clock(settings: Settings, now: datetime) -> Finding:
    """Only people can tell whether this is their time; a zone that does not exist is refused."""
    zone = settings.team.timezone
    local = now.astimezone(ZoneInfo(zone))
    return Finding(True, "check.clock", {"zone": zone, "time": f"{local:%Y-%m-%d %H:%M}"})


async def _asked(channel: Channel, chat: str) -> list[Finding]:
    """What a channel finds about itself; the first of it tells whether it answers at all."""
    where, platform_id = split_address(chat) if chat else ("", "")
    try:
        return await channel.check(platform_id if where == channel.name else "")
    except SendError as error:
        values = {"channel": channel.name, "reason": str(error)}
        return [Finding(False, "check.channel_silent", values)]


async def _supervisor(channel: Channel | None, account: str) -> Finding:
    """Whether a supervisor can be known to the bot: on Telegram only who met it is."""
    name, platform_id = split_address(account)
    values = {"account": account, "channel": name}
    if channel is None:
        return Finding(False, "check.supervisor_off", values)
    try:
        profile = (await channel.profiles([platform_id])).get(platform_id)
    except SendError as error:
        return Finding(False, "check.channel_silent", {"channel": name, "reason": str(error)})
    if profile is None:
        return Finding(False, "check.supervisor_unknown", values)
    return Finding(True, "check.supervisor", {**values, "name": profile.name})


def _file(settings: Settings) -> Path | None:
    """SQLite's file; None where another machine keeps the data."""
    url = sa.make_url(settings.database_url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _folder(settings: Settings) -> Path | None:
    path = _file(settings)
    return None if path is None else path.absolute().parent


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free
