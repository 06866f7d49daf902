"""The ticks: which sweep runs how often. APScheduler only ticks; the truth is in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

SECONDS = 5  # between two sweeps of a kind

Sweep = Callable[[], Awaitable[None]]


def start(sweeps: Mapping[str, Sweep]) -> AsyncIOScheduler:
    """A running scheduler: never two sweeps of a kind at once, none left out for being late."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    for name, sweep in sweeps.items():
        scheduler.add_job(
            _unless_stopped(sweep),
            "interval",
            seconds=SECONDS,
            id=name,
            next_run_time=datetime.now(UTC),  # what became due while nobody ran is found at once
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    scheduler.start()
    return scheduler


def _unless_stopped(sweep: Sweep) -> Sweep:
    """The sweep; that the product stops meanwhile is no failure to be told of."""

    async def swept() -> None:
        with suppress(asyncio.CancelledError):
            await sweep()

    return swept
