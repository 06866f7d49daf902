"""Events in order, long as one loop: taken in, keyed, prepared, handled, flushed as one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.backoff import delay
from bot.delivery.describing import describe
from bot.messages import Event, EventSetAside, MessageReceived, Raw, SendError, address
from storage import dead, doubts, inbox
from storage.database import UNREACHABLE, Database
from storage.session import Conflict, Ids, Reads, Session, flush

BATCH = 64  # events flushed as one transaction
ATTEMPTS = 8  # before an event is set aside
PATIENT = 500  # where a messenger is away: some eight hours

log = structlog.get_logger()


class Handlers(Protocol):
    """What the inbox needs of those who know what events mean."""

    def parse(self, channel: str, body: dict[str, Any]) -> Event | None:
        """The event, or None when it is of no interest; ValueError when it can't be understood."""

    async def key(self, event: Event, session: Session) -> str:
        """Events of one key are handled in order, one at a time."""

    def needs_network(self, event: Event) -> bool:
        """Whether `prepare` may have to ask a platform, which can take its time."""

    async def prepare(self, event: Event, reads: Reads) -> Any:
        """What must be known before the event is handled."""

    async def handle(self, event: Event, facts: Any, session: Session) -> None:
        """Decide; reads and collects writes, never commits, never awaits the network."""


@dataclass(frozen=True, slots=True)
class Job:
    """One event that is being worked on."""

    arrival: inbox.Arrival
    event: Event
    facts: Any = None


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of a new event: a key, or why there is none; neither when of no interest."""

    arrival: inbox.Arrival
    event: Event | None = None
    key: str = ""
    bad: str = ""


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
    ) -> None:
        """`flushed` is called after every transaction that may have left calls to be made.

        Events of other `channels` wait until those are there again.
        """
        self._database = database
        self._handlers = handlers
        self._channels = {inbox.INTERNAL, *channels}
        self._ids = Ids(database)
        self._now = now
        self._flushed = flushed
        self._wake = asyncio.Event()
        self._stopping = False
        self._busy: set[str] = set()
        self._ready: list[Job] = []
        self._preparing: set[asyncio.Task[None]] = set()

    async def accept(self, channel: str, raws: Sequence[Raw], cursor: str) -> None:
        """Keep events of a channel; when this returns the platform may be told."""
        kept = inbox.accept(self._database, channel, raws, cursor, self._now())
        await self._database.finish(kept)
        if raws:
            self._wake.set()

    async def add(self, events: Mapping[str, Event]) -> None:
        """Take in events of the product's own, each once by its unique name."""
        if not events:
            return
        async with self._database.write() as connection:
            await inbox.add_events(self._database, connection, events, self._now())
        self._wake.set()

    def wake(self) -> None:
        """Look for work now."""
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
                if not await self.step():
                    await self._rest()
                failures = 0
            except UNREACHABLE as error:
                failures += 1
                log.warning("inbox_database", reason=describe(error), failures=failures)
                self._forget()
                await asyncio.sleep(delay(failures, base=0.2, cap=10, jitter=random.random()))

    async def step(self) -> bool:
        """One round: route what is new, start what may start, handle what is ready."""
        routed = await self._route()
        started = await self._start()
        jobs, self._ready = self._ready[:BATCH], self._ready[BATCH:]
        if jobs:
            try:
                await self.process(jobs)
            finally:
                self._busy -= {job.arrival.key for job in jobs if job.arrival.key}
            self._flushed()
        return bool(routed or started or jobs)

    async def process(self, jobs: Sequence[Job]) -> None:
        """Handle events of different keys and flush them as one transaction.

        A batch that is refused as a whole is repeated one event at a time; one that
        is refused alone, or fails, is tried again later and set aside in the end.
        """
        reads = Reads(self._database)
        sessions = [Session(reads, self._ids) for _ in jobs]
        results = await asyncio.gather(
            *(self._handle(job, session) for job, session in zip(jobs, sessions, strict=True)),
            return_exceptions=True,
        )
        failed = {
            job.arrival.id: error
            for job, error in zip(jobs, results, strict=True)
            if isinstance(error, Exception)
        }
        _raise_cancelled(results)
        good = [
            session
            for job, session in zip(jobs, sessions, strict=True)
            if job.arrival.id not in failed
        ]
        try:
            await flush(self._database, good, lambda c: self._finish(c, jobs, failed))
        except UNREACHABLE:
            raise
        except Exception as refusal:  # whatever one event would write, the others go on
            self._ids.forget()
            await self._one_by_one(jobs, refusal)

    async def _one_by_one(self, jobs: Sequence[Job], refusal: Exception) -> None:
        if len(jobs) > 1:
            for job in jobs:
                await self.process([job])
            return
        async with self._database.write() as connection:
            await self._finish(connection, jobs, {jobs[0].arrival.id: refusal})

    async def _handle(self, job: Job, session: Session) -> None:
        await self._handlers.handle(job.event, job.facts, session)

    async def _finish(
        self, connection: AsyncConnection, jobs: Sequence[Job], failed: Mapping[int, Exception]
    ) -> None:
        arrivals = {job.arrival.id: job.arrival for job in jobs}
        await inbox.done(
            connection, [number for number in arrivals if number not in failed], self._now()
        )
        for number, error in failed.items():
            await self._put_off(connection, arrivals[number], error)

    async def _put_off(
        self, connection: AsyncConnection, arrival: inbox.Arrival, error: Exception
    ) -> None:
        reason = describe(error)
        attempt = arrival.attempts + 1
        log.warning("event_failed", inbox=arrival.id, attempt=attempt, reason=reason)
        if attempt >= (PATIENT if _passing(error) else ATTEMPTS):
            await self._set_aside(connection, {arrival.id: reason})
            return
        # What lost against another change is sure to be decided anew at once.
        wait = 0.0 if isinstance(error, Conflict) else delay(attempt, base=1, cap=60, jitter=1)
        not_before = self._now() + timedelta(seconds=wait)
        await inbox.retry(connection, arrival.id, not_before=not_before, reason=reason)

    async def _set_aside(self, connection: AsyncConnection, reasons: Mapping[int, str]) -> None:
        await inbox.set_aside(connection, reasons, self._now())
        events = [EventSetAside(number, reason) for number, reason in reasons.items()]
        await dead.tell(self._database, connection, events, self._now())
        self._wake.set()

    async def _route(self) -> bool:
        """Parse what is new and give it its key."""
        arrivals = await inbox.unrouted(self._database, 4 * BATCH, self._channels)
        if not arrivals:
            return False
        session = Session(Reads(self._database), self._ids)
        await self._keep([await self._look(arrival, session) for arrival in arrivals])
        return True

    async def _look(self, arrival: inbox.Arrival, session: Session) -> Routed:
        event, bad = self._parse(arrival)
        if event is None:
            return Routed(arrival, bad=bad)
        try:
            return Routed(arrival, event, await self._handlers.key(event, session))
        except UNREACHABLE:
            raise
        except Exception as error:  # one event without a key must not stop the others
            return _refused(arrival, error)

    async def _keep(self, found: Sequence[Routed]) -> None:
        """Write what became of them; refused as a whole, one at a time."""
        try:
            async with self._database.write() as connection:
                await self._write(connection, found)
        except UNREACHABLE:
            raise
        except Exception as refusal:  # whatever one event would write, the others go on
            if len(found) == 1 and found[0].bad:
                raise  # it can't even be set aside
            alone = [_refused(found[0].arrival, refusal)] if len(found) == 1 else found
            for one in alone:
                await self._keep([one])

    async def _write(self, connection: AsyncConnection, found: Sequence[Routed]) -> None:
        await inbox.route(connection, {one.arrival.id: one.key for one in found if one.event})
        await doubts.heard(connection, _heard(one.event for one in found))
        unwanted = [one.arrival.id for one in found if not (one.event or one.bad)]
        await inbox.done(connection, unwanted, self._now())
        await self._set_aside(connection, {one.arrival.id: one.bad for one in found if one.bad})

    def _parse(self, arrival: inbox.Arrival) -> tuple[Event | None, str]:
        """The event, or why there is none."""
        try:
            return self._handlers.parse(arrival.channel, arrival.body), ""
        except Exception as error:  # one event that can't be understood must not stop the others
            log.warning("event_malformed", inbox=arrival.id, reason=describe(error))
            return None, f"malformed: {describe(error)}"

    async def _start(self) -> bool:
        """Begin with the first event of every idle key."""
        room = 4 * BATCH - len(self._busy)
        if room <= 0:
            return False
        arrivals = await inbox.heads(
            self._database,
            busy=self._busy,
            now=self._now(),
            limit=min(room, BATCH),
            channels=self._channels,
        )
        reads = Reads(self._database)
        for arrival in arrivals:
            event, bad = self._parse(arrival)
            if event is None:  # it was understood once, by another parser
                await self._keep([Routed(arrival, bad=bad)])
                continue
            if arrival.key is None:
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
            with suppress(*UNREACHABLE):  # then it is simply begun again
                async with self._database.write() as connection:
                    await self._put_off(connection, job.arrival, error)
            self._busy.discard(job.arrival.key or "")
        self._wake.set()

    async def _rest(self) -> None:
        """Wait for a wake-up, or for the earliest event that waits for another attempt."""
        retry_at = await inbox.next_retry(self._database, self._now())
        seconds = (retry_at - self._now()).total_seconds() if retry_at else 5.0
        try:
            async with asyncio.timeout(min(5.0, max(0.01, seconds))):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _forget(self) -> None:
        """Drop what was begun; the inbox still has it."""
        for task in self._preparing:
            task.cancel()
        self._ready.clear()
        self._busy.clear()
        self._ids.forget()


def _refused(arrival: inbox.Arrival, error: Exception) -> Routed:
    log.warning("event_not_routed", inbox=arrival.id, reason=describe(error))
    return Routed(arrival, bad=describe(error))


def _heard(events: Iterable[Event | None]) -> dict[str, int]:
    """The highest id of a message in each group where somebody wrote."""
    highest: dict[str, int] = {}
    for event in events:
        if not isinstance(event, MessageReceived) or event.chat.private or event.edited:
            continue
        where = address(event.channel, event.chat.id)
        if event.message_id.isdecimal():
            highest[where] = max(highest.get(where, 0), int(event.message_id))
    return highest


def _passing(error: Exception) -> bool:
    """Whether it waits for a messenger that will be there again."""
    return isinstance(error, SendError) and not error.permanent


def _raise_cancelled(results: Sequence[object]) -> None:
    for result in results:
        if isinstance(result, asyncio.CancelledError):
            raise result
