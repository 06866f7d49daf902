"""One event that cannot be read, keyed or written is set aside, and the others go on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.delivery.inbox import Dispatcher
from bot.messages import Author, Chat, Event, MessageReceived, Raw
from storage.database import Database
from storage.schema import inbox
from storage.session import Reads, Session
from tests.storage.making import rows

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TOO_LARGE = str(10**20)


class Office:
    """Handlers that note what they handle, and fail upon what the test names."""

    def __init__(self) -> None:
        self.handled: list[str] = []
        self.unread: set[str] = set()
        self.unkeyed: set[str] = set()
        self.uninteresting: set[str] = set()

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
        return event.message_id

    def needs_network(self, event: Event) -> bool:
        return False

    async def prepare(self, event: Event, reads: Reads) -> None:
        return None

    async def handle(self, event: Event, facts: Any, session: Session) -> None:
        assert isinstance(event, MessageReceived)
        self.handled.append(event.message_id)


def dispatcher(database: Database, office: Office, *channels: str) -> Dispatcher:
    known = channels or ("telegram",)
    return Dispatcher(database, office, channels=known, now=lambda: NOW, flushed=lambda: None)


async def arrive(works: Dispatcher, *numbers: str, channel: str = "telegram") -> None:
    await works.accept(channel, [Raw(number, {"n": number}) for number in numbers], "")


async def settle(works: Dispatcher) -> None:
    """Work until nothing is left; never more rounds than there can be work for."""
    for _ in range(20):
        if not await works.step():
            return
    raise AssertionError("it spins")


async def states(database: Database, channel: str = "telegram") -> list[str]:
    found = await rows(
        database, inbox.select().where(inbox.c.channel == channel).order_by(inbox.c.id)
    )
    return [row.state for row in found]


async def test_an_event_without_a_key_is_set_aside_and_the_others_go_on(
    database: Database,
) -> None:
    office = Office()
    office.unkeyed = {"2"}
    works = dispatcher(database, office)
    await arrive(works, "1", "2", "3")
    await settle(works)
    assert office.handled == ["1", "3"]
    assert await states(database) == ["done", "dead", "done"]


async def test_an_event_that_no_database_keeps_is_set_aside_and_the_others_go_on(
    database: Database,
) -> None:
    office = Office()
    works = dispatcher(database, office)
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
    await works._route()
    office.unread, office.uninteresting = {"1"}, {"2"}
    await settle(works)
    assert office.handled == ["3"]
    assert await states(database) == ["dead", "done", "done"]


async def test_events_of_a_channel_that_is_switched_off_wait_until_it_is_back(
    database: Database,
) -> None:
    office = Office()
    both = dispatcher(database, office, "telegram", "vk")
    await arrive(both, *(str(number) for number in range(300)), channel="vk")
    await both._route()
    await arrive(both, "new", channel="vk")
    await arrive(both, "1")
    await settle(dispatcher(database, office, "telegram"))
    assert office.handled == ["1"]
    assert set(await states(database, "vk")) == {"new"}
    await settle(dispatcher(database, office, "telegram", "vk"))
    assert len(office.handled) == 302
