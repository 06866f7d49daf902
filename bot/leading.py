"""Which of several processes does what only one may, for as long as it lives and is heard of."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from bot.delivery.backoff import delay
from bot.delivery.describing import describe
from storage import leases
from storage.database import UNREACHABLE, Database, Lease

EVERY = 1.0  # seconds between two signs of life, and two looks whether something is free
_PATIENCE = 4.0  # seconds for a sign of life: well before others take us for dead
LASTS = leases.LASTS.total_seconds()

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """What a process needs for work that it alone does."""

    database: Database
    """In which nothing of it is written once another process does it."""
    lives: Callable[[], bool]
    """Whether it is known that no other process does it by now."""


Work = Callable[[Held], Awaitable[None]]


class Leading:
    """This process among those on one PostgreSQL; on SQLite it is the only one, and leads all."""

    def __init__(
        self,
        database: Database,
        *,
        heard: Callable[[str], None],
        joined: Callable[[], None],
        mark: str,
    ) -> None:
        """`heard` is called with a table's name when any process wrote work into it.

        `joined` is called when this process has become one of those that live, maybe again.
        `mark` is that of its settings, see config.mark.
        """
        self._database = database
        self._mark = mark
        self._unlike: frozenset[int] = frozenset()  # processes that work by other settings
        self._heard = heard
        self._joined = joined
        self._number = leases.NOBODY
        self._said = 0.0  # when we began to say last that we live, by the loop's clock
        self._free = asyncio.Event()  # something may be
        self._led: dict[Lease, asyncio.Future[None]] = {}

    @property
    def lives(self) -> bool:
        """Whether this process is known to live; else another one may do its work by now.

        One that stood still for a while is not, whatever it knew before.
        """
        return self._database.sqlite or bool(self._number and self._now() - self._said < LASTS)

    @property
    def process(self) -> int | None:
        """The number of this process; None when it is the only one there can be."""
        return None if self._database.sqlite else self._number

    def remarks(self) -> list[str]:
        """What an operator should know though everything works."""
        others = ", ".join(map(str, sorted(self._unlike)))
        return [f"settings: process {self._number} has others than {others}"] if others else []

    async def run(self) -> None:
        """Live among the others until cancelled; who loses its connection begins anew."""
        if self._database.sqlite:
            await asyncio.Event().wait()
        failures = 0
        while True:
            began = self._now()
            try:
                async with leases.present(self._database, self._told, self._mark) as presence:
                    failures, self._said = 0, began
                    await self._live(presence)
                log.warning("taken_for_dead", process=presence.number)
            except UNREACHABLE as error:
                failures += 1
                log.warning("presence_database", reason=describe(error), failures=failures)
            await asyncio.sleep(delay(failures + 1, base=0.2, cap=5, jitter=random.random()))

    async def lead(self, name: str, work: Work, waits: Callable[[], None]) -> None:
        """Do this work whenever no other process does it, until cancelled.

        It is cancelled when we hear that another process does it by now. `waits` is called
        when another process has it.
        """
        if self._database.sqlite:
            await work(Held(self._database, lambda: True))
            return
        while True:
            lease = await self._taken(name, waits)
            log.info("leads", lease=name, process=self._number, fence=lease.fence)
            held = Held(self._database.under(lease), partial(self._holds, lease))
            task = asyncio.ensure_future(work(held))
            self._led[lease] = task
            try:
                await task
            except UNREACHABLE as error:
                log.warning("lease_lost", lease=name, reason=describe(error))
            except asyncio.CancelledError:
                if (us := asyncio.current_task()) and us.cancelling():
                    raise
                log.warning("lease_lost", lease=name)
            finally:
                self._led.pop(lease, None)

    def _holds(self, lease: Lease) -> bool:
        return self.lives and lease in self._led

    async def _live(self, presence: leases.Presence) -> None:
        """Say so again and again; return when others took us for dead.

        What we did before goes on, unless another process does it by now: while the database
        is away nobody can take it, and nothing new of it is begun. What it still has under
        way when it is cancelled must not go on because we live again: we do not lead it.
        """
        for lease, task in list(self._led.items()):
            if not await leases.keep(self._database, lease, presence.number):
                self._led.pop(lease, None)
                task.cancel()
        self._number = presence.number
        self._free.set()
        self._joined()
        try:
            lives = await self._beat(presence)
            while lives:
                await asyncio.sleep(EVERY)
                lives = await self._beat(presence)
        finally:
            self._number = leases.NOBODY
            self._unlike = frozenset()

    async def _beat(self, presence: leases.Presence) -> bool:
        began = self._now()
        async with asyncio.timeout(_PATIENCE):
            lives = await presence.beat()
            if lives:
                self._said = began
                self._compare(await presence.unlike())
        return lives

    def _compare(self, unlike: frozenset[int]) -> None:
        """Say it once that settings differ, and once that they agree again.

        No more than that: while they are changed, one machine after the other, it must be so.
        """
        if unlike - self._unlike:
            remedy = "give every process on this database the same settings, and restart it"
            others = sorted(unlike)
            log.warning("settings_differ", process=self._number, others=others, remedy=remedy)
        elif self._unlike and not unlike:
            log.info("settings_agree", process=self._number)
        self._unlike = unlike

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _taken(self, name: str, waits: Callable[[], None]) -> Lease:
        told = False
        while True:
            self._free.clear()
            if self._number and (lease := await self._try(name)):
                return lease
            if self._number and not told:
                told = True
                waits()
            try:
                async with asyncio.timeout(EVERY):
                    await self._free.wait()
            except TimeoutError:
                pass

    async def _try(self, name: str) -> Lease | None:
        number = self._number
        try:
            lease = await leases.take(self._database, name, number)
        except UNREACHABLE as error:
            log.warning("presence_database", reason=describe(error))
            return None
        return lease if number == self._number else None  # what the dead hold is anybody's

    def _told(self, table: str) -> None:
        if table == "processes":
            self._free.set()
        else:
            self._heard(table)
