"""What falls due is taken into the inbox as events; what is old goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import structlog

from bot.delivery.describing import describe
from bot.desks import Desks
from bot.domain.digests import last_due
from config.settings import Settings
from handlers.policy import Policy
from storage import erasure, retention, sweeps
from storage.database import UNREACHABLE, Database

_PURGED_EVERY = timedelta(hours=1)
_COUNTED_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


class Sweeps:
    """The sweeps of one installation, for the scheduler to call."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        desks: Desks,
        wake: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        """`wake` is called when events were added."""
        self._database = database
        self._settings = settings
        self._desks = desks
        self._wake = wake
        self._now = now
        self._purged_at = self._counted_at = datetime.min.replace(tzinfo=UTC)
        self._out_of_sight: frozenset[str] = frozenset()  # desks

    async def deadlines(self) -> None:
        try:
            desks = [policy.desk for policy in self._desks.all]
            for take in (sweeps.take_deadlines, sweeps.take_steps):
                if await self._database.finish(take(self._database, self._now(), desks)):
                    self._wake()
        except UNREACHABLE as error:
            log.warning("sweep_database", reason=describe(error))

    async def digests(self) -> None:
        try:
            for policy in self._desks.all:
                await self._digests_of(policy)
        except UNREACHABLE as error:
            log.warning("sweep_database", reason=describe(error))

    async def _digests_of(self, policy: Policy) -> None:
        zone, now = policy.timezone, self._now()
        due = {
            "daily": last_due(now, policy.daily_at, zone),
            "weekly": last_due(now, policy.weekly_at, zone, policy.weekly_on),
        }
        for period, due_at in due.items():
            whom = policy.reports_to
            taken = sweeps.take_digest(self._database, period, due_at, whom, now, policy.desk)
            if await self._database.finish(taken):
                self._wake()

    async def desks(self) -> None:
        """Leads of a desk that was taken out of the settings: nobody sees them, so it is told."""
        now = self._now()
        if now < self._counted_at + _COUNTED_EVERY:
            return
        try:
            desks = [policy.desk for policy in self._desks.all]
            left = await sweeps.out_of_sight(self._database, desks)
            if await self._database.finish(sweeps.take_out_of_sight(self._database, left, now)):
                self._wake()
            self._note(left)
            self._counted_at = now
        except UNREACHABLE as error:
            log.warning("sweep_database", reason=describe(error))

    def _note(self, left: Mapping[str, int]) -> None:
        for desk in left.keys() - self._out_of_sight:
            remedy = f"put it back under desks.{desk}"
            log.warning("desk_missing", desk=desk, open_leads=left[desk], remedy=remedy)
        self._out_of_sight = frozenset(left)

    async def retention(self) -> None:
        """What was erased leaves the database's log at once, what is old goes hour by hour."""
        kept, now = self._settings.retention, self._now()
        try:
            await self._database.finish(erasure.tidy(self._database, now))
            if now < self._purged_at + _PURGED_EVERY:
                return
            more = bool(kept.events)
            while more:  # so much at once, that nobody waits long for the database
                purged = retention.purge(self._database, now - kept.events)
                more = await self._database.finish(purged) > 0
            if kept.customers:
                before = now - kept.customers
                taken = retention.take_old_customers(self._database, before, now)
                if await self._database.finish(taken):
                    self._wake()
            self._purged_at = now
        except UNREACHABLE as error:
            log.warning("sweep_database", reason=describe(error))
