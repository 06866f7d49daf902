"""Events of different keys, handled side by side and flushed as one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.jobs import Handlers, Job
from bot.delivery.setbacks import Setbacks
from bot.metrics import HANDLED
from storage import inbox
from storage.database import UNREACHABLE, Database
from storage.session import Ids, Reads, Session, flush

BATCH = 64  # events flushed as one transaction


class Batches:
    """Takes events to their handlers and writes what those decided."""

    def __init__(
        self,
        database: Database,
        handlers: Handlers,
        ids: Ids,
        setbacks: Setbacks,
        now: Callable[[], datetime],
        process: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._ids = ids
        self._setbacks = setbacks
        self._now = now
        self._process = process

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
        handled = [
            (job, session)
            for job, session in zip(jobs, sessions, strict=True)
            if job.arrival.id not in failed
        ]
        good = [session for _, session in handled]
        unkept = [job.arrival.id for job, session in handled if not session.keeps_event]
        try:
            await flush(self._database, good, lambda c: self._finish(c, jobs, failed, unkept))
        except UNREACHABLE:
            raise
        except Exception as refusal:  # whatever one event would write, the others go on
            self._ids.forget()
            await self._one_by_one(jobs, refusal)
        else:
            _count(done=len(handled), failed=len(failed))

    async def _one_by_one(self, jobs: Sequence[Job], refusal: Exception) -> None:
        if len(jobs) > 1:
            for job in jobs:
                await self.process([job])
            return
        async with self._database.write() as connection:
            await self._finish(connection, jobs, {jobs[0].arrival.id: refusal})
        _count(failed=1)

    async def _handle(self, job: Job, session: Session) -> None:
        await self._handlers.handle(job.event, job.facts, session)

    async def _finish(
        self,
        connection: AsyncConnection,
        jobs: Sequence[Job],
        failed: Mapping[int, Exception],
        unkept: Sequence[int] = (),
    ) -> None:
        arrivals = {job.arrival.id: job.arrival for job in jobs}
        await inbox.assert_held(connection, list(arrivals), self._process())
        done = [number for number in arrivals if number not in failed]
        await inbox.done(connection, done, self._now())
        await inbox.empty(connection, unkept)
        for number, error in failed.items():
            await self._setbacks.put_off(connection, arrivals[number], error)


def _count(*, done: int = 0, failed: int) -> None:
    HANDLED.labels("done").inc(done)
    HANDLED.labels("failed").inc(failed)


def _raise_cancelled(results: Sequence[object]) -> None:
    for result in results:
        if isinstance(result, asyncio.CancelledError):
            raise result
