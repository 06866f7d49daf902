"""Two processes whose clocks differ, or who decide at once: nothing is lost between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.domain.hours import Hours, Shift
from bot.messages import EVENTS, Facts
from handlers.keys import Keys
from handlers.policy import reason_mark
from storage import inbox, steps, sweeps
from storage.schema import LEAD_IS_OPEN, accounts, leads, outbox, persons
from storage.session import Ids, Reads, Session, flush
from tests.cast import ANNA, BORIS, TEAM
from tests.handlers.stand import MORNING, Asked, Stand, message, press

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
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


async def test_what_another_process_is_keeping_as_a_pause_ends_is_shown_with_the_rest(
    stand: Stand,
) -> None:
    until = await slowed(stand)
    stand.product.now = lambda: until - SECOND / 100
    one = a_session(stand)
    await stand.product.handle(*says(9), one)  # its commit is on its way
    await handle_all(stand, until + SECOND / 100, busy=[f"telegram:{ANNA}"])
    await flush(stand.database, [one])
    await handle_all(stand, until + SECOND)
    assert await unseen(stand, range(2, 10)) == []


async def test_a_flood_by_two_clocks_is_shown_whole(stand: Stand) -> None:
    began = await slowed(stand) - MINUTE
    tenths = [*range(1, 9), *range(590, 615), *range(1200, 1210)]
    for number, tenth in enumerate(tenths, start=9):
        clock = began + tenth * SECOND / 10 + (BEHIND if number % 2 else AHEAD)
        stand.product.now = lambda now=clock: now  # type: ignore[misc]
        await stand.happen(says(number))
        await handle_all(stand, clock)
    await handle_all(stand, began + HOUR)
    await handle_all(stand, began + HOUR)
    assert await unseen(stand, range(2, 9 + len(tenths))) == []


async def test_what_was_shown_of_a_pause_ends_it_by_every_clock(stand: Stand) -> None:
    until = await slowed(stand)
    await handle_all(stand, until)
    stand.product.now = lambda: until + BEHIND
    await stand.happen(says(9))
    await handle_all(stand, until + HOUR)
    assert await unseen(stand, range(2, 10)) == []


@pytest.mark.parametrize("first", ["ban", "message"])
async def test_a_ban_while_they_write_from_elsewhere_leaves_no_open_lead(
    stand: Stand, first: str
) -> None:
    await stand.happen(message("vk", ANNA, "1", "I asked before"))
    _, other = await stand.persons()
    await stand.happen(press(BORIS, "3", f"1:merge:1:{other}"))
    spam = reason_mark(stand.product.desks.first.reasons[-1])
    await stand.happen(press(BORIS, "4", f"1:reject:1:{spam}"))
    assert await stand.rows(sa.select(persons).where(persons.c.root.is_not(None)))
    both = press(BORIS, "5", "1:ban:1:spam"), message("vk", ANNA, "2", "Cheap! Cheap!")
    await stand.happen(*(both if first == "ban" else reversed(both)))
    assert await stand.rows(sa.select(accounts).where(accounts.c.banned_at.is_not(None)))
    assert not await stand.rows(sa.select(leads).where(LEAD_IS_OPEN))


async def slowed(stand: Stand) -> datetime:
    """Anna writes too fast; until when she is slowed."""
    uses(stand, messages_per_minute=3)
    for number in range(2, 9):
        await stand.happen(says(number))
    (row,) = await stand.rows(sa.select(accounts.c.slowed_until))
    until: datetime = row.slowed_until
    return until


def says(number: int) -> Asked:
    """Anna writes her next message."""
    return message("telegram", ANNA, str(number), f"Words {number};")


async def unseen(stand: Stand, numbers: Iterable[int]) -> list[int]:
    """Those of Anna's messages that the team was not shown."""
    said = " ".join(str(row.payload) for row in await stand.rows(sa.select(outbox)))
    return [number for number in numbers if f"Words {number};" not in said]


def uses(stand: Stand, **settings: object) -> None:
    """Change what the desk's policy says."""
    policies = stand.product.desks._policies
    policies["main"] = replace(policies["main"], **settings)  # type: ignore[arg-type]


def a_session(stand: Stand) -> Session:
    """What one event decides, to be flushed by the test."""
    return Session(Reads(stand.database), Ids(stand.database))


async def handle_all(stand: Stand, now: datetime, busy: Collection[str] = ()) -> None:
    """A process by whose clock it is `now` handles what is due; another has the `busy` keys."""
    stand.product.now = lambda: now
    while True:
        for new in await inbox.unrouted(stand.database, 100):
            key = await Keys().of(EVENTS.validate_python(new.body), a_session(stand))
            async with stand.database.write() as connection:
                await inbox.route(connection, {new.id: key})
        heads = await inbox.heads(stand.database, busy=busy, now=now, limit=100)
        if not heads:
            break
        for due in heads:
            await stand.happen((EVENTS.validate_python(due.body), Facts()))
            async with stand.database.write() as connection:
                await inbox.done(connection, [due.id], now)


_REMINDERS = sa.select(outbox).where(outbox.c.asks.like("reminded:%"), outbox.c.chat == str(TEAM))
