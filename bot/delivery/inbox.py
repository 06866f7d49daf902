"""Events in order, one loop: taken in, routed, prepared, and handled in batches."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

import structlog

from bot.delivery.backoff import delay
from bot.delivery.batches import BATCH, Batches
from bot.delivery.describing import describe
from bot.delivery.jobs import Handlers, Job
from bot.delivery.routes import AT_ONCE, Ahead, Routes
from bot.delivery.setbacks import Setbacks
from bot.messages import Event, Raw
from bot.metrics import TAKEN_IN
from storage import inbox, leases
from storage.database import UNREACHABLE, Database
from storage.session import Ids, Reads

AHEAD = 4 * BATCH  # events begun at the most

log = structlog.get_logger()


class Dispatcher:
    """Takes events from the inbox to the handlers and writes what they decided."""

    def __init__(
        self,
        database: Database,
        handlers: Handlers,
        *,
        channels: Collection[str],
        now: Callable[[], datetime],
        flushed: Callable[[], None],
        process: Callable[[], int | None] = lambda: None,
    ) -> None:
        """`flushed` is called after every transaction that may have left calls to be made.

        Events of other `channels` wait until those are there again. `process` tells which one
        of several this is, None for the only one; as nobody it handles nothing.
        """
        self._database = database
        self._handlers = handlers
        self._channels = {inbox.INTERNAL, *channels}
        self._ids = Ids(database)
        self._now = now
        self._flushed = flushed
        self._wake = asyncio.Event()
        self._news = True  # something may wait in the database that was not looked at
        self._unrouted = True  # and have no key yet
        self._stopping = False
        self._busy: set[str] = set()
        self._ready: list[Job] = []
        self._preparing: set[asyncio.Task[None]] = set()
        self._setbacks = Setbacks(now=now, heard=self.wake)
        self._routes = Routes(
            database, handlers, self._ids, self._setbacks, channels=self._channels, now=now
        )
        self._process = process
        self._routing: Database | None = database
        self.batches = Batches(database, handlers, self._ids, self._setbacks, now, process)

    async def accept(
        self,
        channel: str,
        raws: Sequence[Raw],
        cursor: str | None,
        *,
        within: Database | None = None,
    ) -> None:
        """Keep events of a channel; when this returns the platform may be told.

        None as `cursor` where events are posted, and there is no position to keep. `within`
        is the database for who alone may take them in.
        """
        database, now = within or self._database, self._now()
        keep = partial(inbox.accept, database, channel, raws, cursor, now)
        ahead = await self._routes.ahead(channel, raws)
        try:
            await database.finish(keep(keys=ahead.keys, heard=ahead.heard))
        except UNREACHABLE:
            raise
        except Exception:  # whatever one event would write, all of them are kept
            if not ahead.keys:
                raise
            ahead = Ahead()
            await database.finish(keep())
        TAKEN_IN.labels(channel).inc(len(raws))
        routed = len(ahead.keys) == len(raws)
        if not routed:
            self._routes.fall_behind()
        if raws:
            self.wake(routed=routed)

    def route_within(self, database: Database | None) -> None:
        """Give new events their keys, in this database; None while another process does.

        One process does it for all: what goes in order is decided in order.
        """
        self._routing = database
        self.wake()

    async def add(self, events: Mapping[str, Event]) -> None:
        """Take in events of the product's own, each once by its unique name."""
        if not events:
            return
        async with self._database.write() as connection:
            await inbox.add_events(connection, events, self._now())
        self.wake()

    def wake(self, *, routed: bool = False) -> None:
        """Look for work now; `routed` if all that is new has its key."""
        self._news = True
        self._unrouted |= not routed
        self._wake.set()

    def stop(self) -> None:
        """Let `run` end after the round it is in."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until stopped; a database that fails is tried again."""
        failures = 0
        while not self._stopping:
            try:
                self._wake.clear()
                found = self._news and await self._look()
                if not await self._handle() and not found:
                    await self._rest()
                failures = 0
            except UNREACHABLE as error:
                failures += 1
                log.warning("inbox_database", reason=describe(error), failures=failures)
                self._forget()
                await asyncio.sleep(delay(failures, base=0.2, cap=10, jitter=random.random()))

    async def step(self) -> bool:
        """One round: route what is new, start what may start, handle what is ready."""
        found = await self._look()
        return await self._handle() or found

    async def _look(self) -> bool:
        """Route what is new, start what may start."""
        self._news, unrouted, self._unrouted, routed = False, self._unrouted, False, 0
        if unrouted and self._routing is not None:
            routed = await self._routes.route(self._routing)
            self._unrouted |= routed == AT_ONCE
            self._news |= self._unrouted
        return await self._start() or bool(routed)

    async def _handle(self) -> bool:
        """Handle what is ready; then its keys are free for what waits behind it."""
        jobs, self._ready = self._ready[:BATCH], self._ready[BATCH:]
        if not jobs:
            return False
        try:
            await self.batches.process(jobs)
        finally:
            self._busy -= {job.arrival.key for job in jobs if job.arrival.key}
            self.wake()
        self._flushed()
        return True

    async def _start(self) -> bool:
        """Begin with the first event of every idle key."""
        room, process = min(BATCH, AHEAD - len(self._busy)), self._process()
        if room <= 0 or process == leases.NOBODY:
            return False
        arrivals = await inbox.heads(
            self._database,
            process=process,
            busy=self._busy,
            now=self._now(),
            limit=room,
            channels=self._channels,
        )
        self._news |= len(arrivals) == room
        reads = Reads(self._database)
        for arrival in arrivals:
            event = await self._routes.event(arrival)
            if event is None or arrival.key is None:
                self._news = True  # what waits behind it
                continue
            self._busy.add(arrival.key)
            if self._handlers.needs_network(event):
                task = asyncio.create_task(self._prepare(Job(arrival, event), reads))
                self._preparing.add(task)
                task.add_done_callback(self._preparing.discard)
            else:
                self._ready.append(Job(arrival, event))
        return bool(arrivals)

    async def _prepare(self, job: Job, reads: Reads) -> None:
        try:
            facts = await self._handlers.prepare(job.event, reads)
            self._ready.append(Job(job.arrival, job.event, facts))
        except Exception as error:
            again = await self._put_off(job.arrival, error)
            self._busy.discard(job.arrival.key or "")
            self._news |= again
        self._wake.set()

    async def _put_off(self, arrival: inbox.Arrival, error: Exception) -> bool:
        """Whether to look again at once; what could not be put off is simply begun again."""
        try:
            async with self._database.write() as connection:
                await inbox.assert_held(connection, [arrival.id], self._process())
                await self._setbacks.put_off(connection, arrival, error)
        except UNREACHABLE:
            return True
        except Exception as refusal:  # by the next look: it may be refused again and again
            log.error("event_not_put_off", inbox=arrival.id, reason=describe(refusal))
            return False
        return True

    async def _rest(self) -> None:
        """Wait for a wake-up, or for the earliest event that waits for another attempt."""
        retry_at = await inbox.next_retry(self._database, self._now())
        seconds = (retry_at - self._now()).total_seconds() if retry_at else 5.0
        try:
            async with asyncio.timeout(min(5.0, max(0.01, seconds))):
                await self._wake.wait()
        except TimeoutError:
            self.wake()

    def _forget(self) -> None:
        """Drop what was begun; the inbox still has it."""
        for task in self._preparing:
            task.cancel()
        self._ready.clear()
        self._busy.clear()
        self._ids.forget()
        self._routes.forget()
        self.wake()
