"""What becomes of events, long by all that may befall one: the others go on, each in its order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.delivery.inbox import Dispatcher
from bot.delivery.routes import AT_ONCE
from bot.messages import Author, Chat, Event, MessageReceived, Raw
from bot.metrics import REGISTRY
from storage.database import Database
from storage.failures import Unreachable
from storage.leases import NOBODY
from storage.schema import cursors, inbox
from storage.session import Conflict, Reads, Session, TooEarly
from tests.storage.making import rows

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TOO_LARGE = str(10**20)


class Office:
    """Handlers that note what they handle, and fail upon what the test names."""

    def __init__(self) -> None:
        self.keyed: list[str] = []
        self.handled: list[str] = []
        self.unread: set[str] = set()
        self.unkeyed: set[str] = set()
        self.uninteresting: set[str] = set()
        self.unprepared: set[str] = set()
        self.unhandled: set[str] = set()
        self.fault: Exception = RuntimeError("a fault of ours")
        self.refused: set[str] = set()
        self.slow: dict[str, asyncio.Event] = {}
        self.asked = asyncio.Event()

    def parse(self, channel: str, body: dict[str, Any]) -> Event | None:
        number = body.get("n", "")
        if number in self.unread:
            raise ValueError("an older form")
        if not number or number in self.uninteresting:
            return None
        chat = Chat("-100", private=False)
        return MessageReceived(channel, chat, Author("1", "Anna"), number, NOW)

    async def key(self, event: Event, session: Session) -> str:
        assert isinstance(event, MessageReceived)
        if event.message_id in self.unkeyed:
            raise KeyError("no key")
        if slow := self.slow.get(event.message_id):
            self.asked.set()
            await slow.wait()
        self.keyed.append(event.message_id)
        return event.message_id.rstrip("0123456789") or event.message_id

    def needs_network(self, event: Event) -> bool:
        assert isinstance(event, MessageReceived)
        return event.message_id in self.unprepared

    async def prepare(self, event: Event, reads: Reads) -> None:
        raise self.fault

    async def handle(self, event: Event, facts: Any, session: Session) -> None:
        assert isinstance(event, MessageReceived)
        self.handled.append(event.message_id)
        if event.message_id in self.unhandled:
            raise self.fault
        for _ in range(2 if event.message_id in self.refused else 1):
            note = f"{event.channel}/{event.message_id}"
            session.put(cursors, channel=note, value="handled")


class Wordless(Exception):
    """A failure of which nothing can be written down."""

    harmless = True

    def __str__(self) -> str:
        raise ValueError("no words")


def dispatcher(
    database: Database, office: Office, *channels: str, now: Callable[[], datetime] = lambda: NOW
) -> Dispatcher:
    known = channels or ("telegram",)
    return Dispatcher(database, office, channels=known, now=now, flushed=lambda: None)


async def arrive(works: Dispatcher, *numbers: str, channel: str = "telegram") -> None:
    await works.accept(channel, [Raw(number, {"n": number}) for number in numbers], "")


async def settle(works: Dispatcher) -> None:
    """Work until nothing is left; never more rounds than there can be work for."""
    for _ in range(20):
        if not await works.step():
            return
    raise AssertionError("it spins")


@pytest.fixture(params=[False, True], ids=["behind", "ahead"])
def begun(request: pytest.FixtureRequest) -> bool:
    """Whether all that is older was looked at, so that what comes gets its key as it comes."""
    return bool(request.param)


async def states(database: Database, channel: str = "telegram") -> list[str]:
    found = await rows(
        database, inbox.select().where(inbox.c.channel == channel).order_by(inbox.c.id)
    )
    return [row.state for row in found]


async def next_try(database: Database) -> datetime:
    """When the one event that waits is tried again."""
    (event,) = await rows(database, inbox.select().where(inbox.c.state == "new"))
    found: datetime = event.not_before
    return found


async def test_an_event_without_a_key_is_set_aside_and_the_others_go_on(
    database: Database, begun: bool
) -> None:
    office = Office()
    office.unkeyed = {"2"}
    works = dispatcher(database, office)
    if begun:
        await settle(works)
    await arrive(works, "1", "2", "3")
    await settle(works)
    assert office.handled == ["1", "3"]
    assert await states(database) == ["done", "dead", "done"]


async def test_an_event_that_no_database_keeps_is_set_aside_and_the_others_go_on(
    database: Database, begun: bool
) -> None:
    office = Office()
    works = dispatcher(database, office)
    if begun:
        await settle(works)
    await arrive(works, "1", TOO_LARGE, "3")
    await settle(works)
    assert office.handled == ["1", "3"]
    assert await states(database) == ["done", "dead", "done"]


async def test_what_a_newer_parser_refuses_is_set_aside_and_what_it_passes_over_is_done(
    database: Database,
) -> None:
    office = Office()
    works = dispatcher(database, office)
    await arrive(works, "1", "2", "3")
    await works._routes.route(database)
    office.unread, office.uninteresting = {"1"}, {"2"}
    await settle(dispatcher(database, office))  # what was parsed is forgotten at a restart only
    assert office.handled == ["3"]
    assert await states(database) == ["dead", "done", "done"]


async def test_who_is_not_among_the_processes_yet_handles_nothing(database: Database) -> None:
    office = Office()
    works = Dispatcher(
        database,
        office,
        channels=("telegram",),
        now=lambda: NOW,
        flushed=lambda: None,
        process=lambda: NOBODY,
    )
    await arrive(works, "1")
    await settle(works)
    assert (office.handled, await states(database)) == ([], ["new"])


async def test_events_of_a_channel_that_is_switched_off_wait_until_it_is_back(
    database: Database,
) -> None:
    office = Office()
    both = dispatcher(database, office, "telegram", "vk")
    await arrive(both, *(str(number) for number in range(300)), channel="vk")
    await both._routes.route(database)
    await arrive(both, "new", channel="vk")
    await arrive(both, "1")
    await settle(dispatcher(database, office, "telegram"))
    assert office.handled == ["1"]
    assert set(await states(database, "vk")) == {"new"}
    await settle(dispatcher(database, office, "telegram", "vk"))
    assert len(office.handled) == 302


async def test_nothing_new_goes_before_older_events_of_its_key(database: Database) -> None:
    office = Office()
    works = dispatcher(database, office)
    await settle(works)
    many = [f"many{number}" for number in range(2 * AT_ONCE)]
    async with database.write() as connection:  # as other parts of the product do
        values = [
            {"channel": "telegram", "event_id": one, "body": {"n": one}, "received_at": NOW}
            for one in (*many, "anna1")
        ]
        await connection.execute(inbox.insert(), values)
    works.wake()
    await works.step()
    await arrive(works, "anna2")
    while "anna2" not in office.handled:
        assert await works.step()
    assert "anna1" in office.handled


async def test_nothing_new_gets_its_key_while_a_look_gives_older_events_theirs(
    database: Database,
) -> None:
    office = Office()
    office.slow = {"boris1": asyncio.Event()}
    await arrive(dispatcher(database, office), "boris1")
    works = dispatcher(database, office)  # after a restart
    look = asyncio.create_task(works.step())
    await office.asked.wait()
    await arrive(works, "dasha1")  # it may reply to what Boris wrote
    office.slow["boris1"].set()
    await look
    await settle(works)
    assert office.keyed == ["boris1", "dasha1"]


async def test_nothing_new_gets_its_key_after_what_a_look_missed(database: Database) -> None:
    office = Office()
    office.slow = {"pablo1": asyncio.Event()}
    await arrive(dispatcher(database, office), "pablo1")
    works = dispatcher(database, office)  # after a restart
    async with database.write():  # the first of Anna's is kept a little later
        first = asyncio.create_task(arrive(works, "anna1"))
        await asyncio.sleep(0)
        look = asyncio.create_task(works._routes.route(database))
        await office.asked.wait()
    await first
    office.slow["pablo1"].set()
    await look
    await arrive(works, "anna2")
    await works._start()
    await works._handle()
    await settle(works)
    assert [one for one in office.handled if one != "pablo1"] == ["anna1", "anna2"]


async def test_what_is_of_no_interest_as_it_comes_is_done_and_the_others_go_on(
    database: Database,
) -> None:
    office = Office()
    office.uninteresting, office.unread = {"1"}, {"2"}
    works = dispatcher(database, office)
    await settle(works)
    await arrive(works, "1", "2", "3")
    await settle(works)
    assert office.handled == ["3"]
    assert await states(database) == ["done", "dead", "done"]


async def test_a_failing_event_waits_longer_before_each_further_attempt(
    database: Database,
) -> None:
    office, now, waits = Office(), NOW, []
    office.unhandled = {"1"}
    works = dispatcher(database, office, now=lambda: now)
    await arrive(works, "1")
    for attempt in range(1, 8):
        await settle(works)
        assert office.handled == ["1"] * attempt
        due = await next_try(database)
        waits.append(due - now)
        now = due
    await settle(works)
    assert waits == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 16, 32, 60)]
    assert await states(database) == ["dead"]


async def test_an_event_for_which_there_was_no_connection_to_read_by_is_not_set_aside(
    database: Database,
) -> None:
    office, now = Office(), NOW
    office.unhandled, office.fault = {"1"}, Unreachable("sorry, too many clients already")
    works = dispatcher(database, office, now=lambda: now)
    await arrive(works, "1")
    for _ in range(20):
        await settle(works)
        now = await next_try(database)
    office.unhandled = set()
    await settle(works)
    assert await states(database) == ["done"]


async def test_an_event_whose_failure_cannot_be_written_down_is_begun_again(
    database: Database,
) -> None:
    office = Office()
    office.unprepared, office.fault = {"a1"}, Wordless()
    works = dispatcher(database, office)
    await arrive(works, "a1", "a2")
    await works.step()
    await asyncio.gather(*works._preparing, return_exceptions=True)
    assert office.handled == []
    office.unprepared = set()
    await settle(works)
    assert office.handled == ["a1", "a2"]


async def test_an_event_that_waits_for_a_call_fails_in_nothing_by_waiting(
    database: Database,
) -> None:
    office, now = Office(), NOW
    office.unhandled, office.fault = {"1"}, TooEarly("it is just being sent")
    works = dispatcher(database, office, now=lambda: now)
    await arrive(works, "1")
    while now < NOW + timedelta(minutes=5):
        await settle(works)
        now = await next_try(database)
    office.fault = Conflict("another change was first")
    await works.step()
    (event,) = await rows(database, inbox.select().where(inbox.c.state == "new"))
    assert event.attempts == 1
    office.unhandled = set()
    await settle(works)
    assert await states(database) == ["done"]


async def test_what_is_being_decided_for_a_day_is_waited_for_no_more(database: Database) -> None:
    office, now = Office(), NOW
    office.unhandled, office.fault = {"1"}, TooEarly("it is just being sent")
    works = dispatcher(database, office, now=lambda: now)
    await arrive(works, "1")
    await settle(works)
    assert await states(database) == ["new"]
    for _ in range(8):
        now += timedelta(days=1)
        await settle(works)
    assert await states(database) == ["dead"]


async def test_what_the_database_refuses_of_one_event_costs_its_neighbours_nothing(
    database: Database, begun: bool
) -> None:
    office = Office()
    office.refused = {"2"}
    works = dispatcher(database, office)
    if begun:
        await settle(works)
    await arrive(works, "1", "2", "3")
    await settle(works)
    assert await states(database) == ["done", "new", "done"]
    kept = await rows(database, cursors.select().where(cursors.c.value == "handled"))
    assert {row.channel for row in kept} == {"telegram/1", "telegram/3"}


async def test_only_what_is_written_down_is_counted(database: Database) -> None:
    office, before = Office(), counted()
    office.unhandled, office.fault = {"2"}, Wordless()
    works = dispatcher(database, office)
    await arrive(works, "1", "2")
    await settle(works)
    assert await states(database) == ["done", "new"]
    assert counted() - before == Counter(done=1, failed=1)


def counted() -> Counter[str]:
    """How many tries there were so far in this process, by how they ended."""
    name, ends = "dialead_handled_total", ("done", "failed")
    found = {end: REGISTRY.get_sample_value(name, {"outcome": end}) for end in ends}
    return Counter({end: int(value or 0) for end, value in found.items()})
