"""What becomes of an event that could not be handled: tried again later, set aside in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.backoff import delay
from bot.delivery.describing import describe
from bot.messages import EventSetAside, SendError
from storage import dead, inbox
from storage.database import UNREACHABLE
from storage.session import Conflict, TooEarly

ATTEMPTS = 8  # before an event is set aside
PATIENT = 500  # where a messenger or the database is away: some eight hours
WAITS = timedelta(hours=8)  # since it came, for what is being decided meanwhile
_SOON = timedelta(seconds=2)

log = structlog.get_logger()


class Setbacks:
    """Writes down what could not be handled; `heard` is called when somebody is to be told."""

    def __init__(self, *, now: Callable[[], datetime], heard: Callable[[], None]) -> None:
        self._now = now
        self._heard = heard

    async def put_off(
        self, connection: AsyncConnection, arrival: inbox.Arrival, error: Exception
    ) -> None:
        """Let an event be tried again later, or set it aside after its last attempt."""
        reason = describe(error)
        if isinstance(error, TooEarly) and self._now() - arrival.received_at < WAITS:
            await self._wait(connection, arrival, reason)
            return
        attempt = arrival.attempts + 1
        log.warning("event_failed", inbox=arrival.id, attempt=attempt, reason=reason)
        if attempt >= (PATIENT if _passing(error) else ATTEMPTS):
            await self.set_aside(connection, [(arrival, reason)])
            return
        # What lost against another change is sure to be decided anew at once.
        wait = 0.0 if isinstance(error, Conflict) else delay(attempt, base=1, cap=60, jitter=1)
        not_before = self._now() + timedelta(seconds=wait)
        await inbox.retry(connection, arrival.id, not_before=not_before, reason=reason)

    async def set_aside(
        self, connection: AsyncConnection, found: Sequence[tuple[inbox.Arrival, str]]
    ) -> None:
        """Keep events with the reason why they can't be handled, and let somebody hear of it."""
        if not found:
            return
        reasons = {arrival.id: reason for arrival, reason in found}
        await inbox.set_aside(connection, reasons, self._now())
        events = [EventSetAside(one.id, reason, channel=one.channel) for one, reason in found]
        await dead.tell(connection, events, self._now())
        self._heard()

    async def _wait(self, connection: AsyncConnection, arrival: inbox.Arrival, reason: str) -> None:
        """A call may take longer than any number of attempts; to wait for it is no failure."""
        log.info("event_waits", inbox=arrival.id, reason=reason)
        not_before = self._now() + _SOON
        await inbox.retry(
            connection, arrival.id, not_before=not_before, reason=reason, counts=False
        )


def _passing(error: Exception) -> bool:
    """Whether it waits for a messenger, or the database, that will be there again."""
    if isinstance(error, UNREACHABLE):  # to read: this is written down all the same
        return True
    return isinstance(error, SendError) and not error.permanent
