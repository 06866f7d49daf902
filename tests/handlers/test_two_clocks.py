"""Two processes whose clocks differ, or who decide at once: nothing is lost between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.domain.hours import Hours, Shift
from bot.messages import EVENTS, Facts
from storage import inbox as events
from storage import steps, sweeps
from storage.schema import inbox, outbox
from storage.session import Ids, Reads, Session, flush
from tests.cast import ANNA, BORIS, TEAM
from tests.handlers.stand import MORNING, Stand, message, press

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
AHEAD, BEHIND = SECOND / 5, -SECOND / 2
MIDNIGHT = MORNING.replace(hour=0)
DAYTIME = (Shift(9 * HOUR, 18 * HOUR),)
HOURS = Hours(dict.fromkeys(range(7), DAYTIME), lambda _: frozenset(), UTC)
LOOKS = {  # when a step is due, and whenever it is looked at
    "hour": (MIDNIGHT + 15 * HOUR, [MIDNIGHT + 15 * HOUR]),
    "midnight": (MIDNIGHT + 34 * HOUR, [MIDNIGHT + DAY, MIDNIGHT + 34 * HOUR]),
    "opening": (MIDNIGHT + 20 * HOUR, [MIDNIGHT + 20 * HOUR, MIDNIGHT + 33 * HOUR]),
}


@pytest.fixture
async def stand(database_url: str) -> AsyncIterator[Stand]:
    """Anna has written, and Boris has taken her lead; the team works by day."""
    opened = Stand(database_url)
    await opened.database.open()
    uses(opened, hours=HOURS, timezone=UTC)
    await opened.happen(message("telegram", ANNA, "1", "How much is a window?"))
    await opened.happen(press(BORIS, "2", "1:take:1"))
    yield opened
    await opened.database.close()


@pytest.mark.parametrize(("due_at", "looks"), LOOKS.values(), ids=LOOKS)
async def test_a_step_found_due_by_a_clock_that_is_ahead_is_reminded_of_once(
    stand: Stand, due_at: datetime, looks: Sequence[datetime]
) -> None:
    session = a_session(stand)
    await steps.start(session, 1, due_at=due_at, next_at=looks[0], exact=False, by=1, at=MORNING)
    await flush(stand.database, [session])
    for look in looks:
        assert not await stand.rows(_REMINDERS)
        for swept, handled in ((AHEAD, BEHIND), (5 * SECOND, 5 * SECOND)):
            await sweeps.take_steps(stand.database, look + swept)
            await handle_all(stand, look + handled)
    assert len(await stand.rows(_REMINDERS)) == 1


def uses(stand: Stand, **settings: object) -> None:
    """Change what the desk's policy says."""
    policies = stand.product.desks._policies
    policies["main"] = replace(policies["main"], **settings)  # type: ignore[arg-type]


def a_session(stand: Stand) -> Session:
    """What one event decides, to be flushed by the test."""
    return Session(Reads(stand.database), Ids(stand.database))


async def handle_all(stand: Stand, now: datetime) -> None:
    """Let a process by whose clock it is `now` handle the events of our own that wait."""
    stand.product.now = lambda: now
    due = sa.or_(inbox.c.not_before.is_(None), inbox.c.not_before <= now)
    for row in await stand.rows(_WAITING.where(due)):
        await stand.happen((EVENTS.validate_python(row.body), Facts()))
        async with stand.database.write() as connection:
            await events.done(connection, [row.id], now)


_WAITING = sa.select(inbox).where(inbox.c.ended_at.is_(None)).order_by(inbox.c.id)
_REMINDERS = sa.select(outbox).where(outbox.c.asks.like("reminded:%"), outbox.c.chat == str(TEAM))
