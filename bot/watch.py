"""What only the running product can see: silence of a messenger, a full disk, a database away."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path

import structlog

from bot.delivery.describing import describe
from bot.desks import Desks
from bot.messages import (
    Attachment,
    Channel,
    Download,
    Event,
    Post,
    SendError,
    TroubleSeen,
    plain,
    split_address,
)
from storage import incidents, sweeps
from storage.database import UNREACHABLE, Database

SILENT = 300.0  # seconds without an answer to a poll, or without knowing that posts come
EVERY = 60.0  # seconds between two looks at the disk, and two trials of the database
AWAY = 60.0  # seconds; a database that is restarted meanwhile is no alarm
_MEGABYTE = 1024 * 1024
_LEAST, _SHARE = 200 * _MEGABYTE, 0.05  # free, or the disk is nearly full
_ENOUGH = 1.25  # times as much, and it is over
_PATIENCE = 10.0  # seconds for telling somebody directly

Add = Callable[[Mapping[str, Event]], Awaitable[None]]

log = structlog.get_logger()


class Watch:
    """Looks now and then; what began and what is over goes to the handlers as events."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        *,
        add: Add,
        desks: Desks,
        speaks: Callable[[], bool],
        now: Callable[[], datetime],
    ) -> None:
        """`add` takes events in; of a database that is away supervisors are told directly.

        By the one process that `speaks` for all.
        """
        self._database = database
        self._channels = channels
        self._add = add
        self._now = now
        self._led: set[str] = set()
        self._waiting: set[str] = set()
        self._heard: dict[str, tuple[float, datetime]] = {}  # by the loop's clock, by the wall's
        self._refused: dict[str, datetime] = {}
        self._standing: set[tuple[str, str]] | None = None  # None until it was looked up
        self._began_at: tuple[float, datetime] | None = None
        self._disk_at: float | None = None
        self._outage = Outage(database, channels, desks=desks, speaks=speaks, now=now)

    def waits(self, channel: str) -> None:
        """It is for this process to take in, but another product has the token."""
        self._waiting.add(channel)

    def led(self, channel: str, *, here: bool) -> None:
        """Whether this process takes in what a messenger has; of others nothing is known."""
        self._waiting.discard(channel)
        (self._led.add if here else self._led.discard)(channel)
        for known in (self._heard, self._refused):
            known.pop(channel, None)
        self._began_at = None
        self._standing = None  # another process may have told of something meanwhile

    def heard(self, channel: str) -> None:
        """A messenger answered a poll, or says that its posts get through."""
        self._heard[channel] = (_time(), self._now())
        self._refused.pop(channel, None)

    def refused(self, channel: str) -> None:
        """A messenger refuses to be polled."""
        self._refused.setdefault(channel, self._now())

    def hindrances(self) -> list[str]:
        """The messengers from which nothing comes in, and why."""
        found = [f"{name}: another product has its token" for name in sorted(self._waiting)]
        for name in sorted(self._led):
            heard = self._heard.get(name)
            if name in self._refused:
                found.append(f"{name}: refused")
            elif heard is None or _time() - heard[0] >= SILENT:
                found.append(f"{name}: silent")
        return found

    async def sweep(self) -> None:
        """Look at everything."""
        if await self._outage.lasts():
            return
        try:
            if self._standing is None:
                async with self._database.read() as connection:
                    self._standing = await incidents.standing(connection)
            for seen in [*self._of_channels(), *self._of_disk()]:
                await self._tell(seen)
        except UNREACHABLE as error:
            log.warning("sweep_database", reason=describe(error))

    def _of_channels(self) -> list[TroubleSeen]:
        """How each messenger stands, as far as it is known."""
        now = self._now()
        self._began_at = self._began_at or (_time(), now)
        found = []
        for name in sorted(self._led):
            heard = self._heard.get(name)
            last, at = heard or self._began_at
            if name in self._refused:
                found.append(TroubleSeen("refused", name, self._refused[name]))
            elif _time() - last >= SILENT:
                posted = self._channels[name].hook is not None
                found.append(TroubleSeen("unreached" if posted else "silent", name, at))
            elif heard:
                found += [
                    TroubleSeen("refused", name, now, over=True),
                    TroubleSeen("silent", name, now, over=True),
                    TroubleSeen("unreached", name, now, over=True),
                ]
        return found

    def _of_disk(self) -> list[TroubleSeen]:
        """Whether the disk of a database that is a file is nearly full."""
        due = self._disk_at is None or _time() - self._disk_at >= EVERY
        if not self._database.sqlite or not due:
            return []
        self._disk_at = _time()
        disk = shutil.disk_usage(Path(str(self._database.url.database)).absolute().parent)
        least = max(_LEAST, disk.total * _SHARE)
        if disk.free < least:
            free = str(disk.free // _MEGABYTE)
            return [TroubleSeen("disk", "", self._now(), detail=free)]
        over = disk.free >= min(least * _ENOUGH, disk.total)
        return [TroubleSeen("disk", "", self._now(), over=True)] if over else []

    async def _tell(self, seen: TroubleSeen) -> None:
        """Each once: what stands already, or is over already, is no news."""
        one = (seen.trouble, seen.subject)
        standing = self._standing if self._standing is not None else set()
        if (one in standing) is not seen.over:
            return
        at = self._now().isoformat()
        await self._add({f"trouble:{seen.trouble}:{seen.subject}:{seen.over}:{at}": seen})
        log.warning("trouble", trouble=seen.trouble, subject=seen.subject, over=seen.over)
        standing ^= {one}


class Outage:
    """A database that keeps nothing: supervisors are told of it directly, once, and of its end."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        *,
        desks: Desks,
        speaks: Callable[[], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._channels = channels
        self._speaks = speaks
        self._desks = desks
        self._now = now
        self._tried: float | None = None
        self._since: tuple[float, datetime] | None = None
        self._told = False

    async def lasts(self) -> bool:
        """Try it once a minute, and whenever it failed before; whether it fails."""
        if self._since is None and self._tried is not None and _time() - self._tried < EVERY:
            return False
        self._tried = _time()
        try:
            await self._database.finish(sweeps.sign_of_life(self._database, self._now()))
        except UNREACHABLE as error:
            log.warning("database_away", reason=describe(error))
            await self._fails()
            return True
        await self._works()
        return False

    async def _fails(self) -> None:
        self._since = self._since or (_time(), self._now())
        if not self._told and _time() - self._since[0] >= AWAY:
            self._told = True
            await self._say(f"⚠️ {self._desks.first.texts('alarm.database')}")

    async def _works(self) -> None:
        if self._since is not None and self._told:
            policy = self._desks.first
            since, until = (
                policy.texts.datetime(at, policy.timezone) for at in (self._since[1], self._now())
            )
            await self._say(f"✅ {policy.texts('alarm.over.database', since=since, until=until)}")
        self._since, self._told = None, False

    async def _say(self, words: str) -> None:
        """As well as may be: nothing can be kept, so nothing is tried again."""
        for where in self._desks.first.reports_to if self._speaks() else ():
            name, chat = split_address(self._desks.first.reach(where))
            if name not in self._channels:
                continue
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self._channels[name].send(Post(chat, plain(words)), _no_file)
            except (SendError, TimeoutError) as error:
                log.warning("not_told", channel=name, reason=describe(error))


def _no_file(attachment: Attachment) -> AbstractAsyncContextManager[Download]:
    raise KeyError(f"an alarm has no {attachment.kind.value}")


def _time() -> float:
    return asyncio.get_running_loop().time()
