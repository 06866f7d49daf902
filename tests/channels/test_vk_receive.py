"""Taking events in, long with faults: nothing lost, nothing spun, committed before told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.channels.vk import gap
from bot.channels.vk.api import Api
from bot.channels.vk.raws import as_raw
from bot.channels.vk.receive import Position, Receiver
from bot.messages import AdminWrote, ChannelRefused, MessageReceived, Raw, TroubleSeen
from bot.sandbox.vk import Fault
from tests.channels.vk_place import ANNA, BORIS, BRISK, GROUP, PABLO, Place, open_place


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with open_place() as opened:
        yield opened


@dataclass
class Inbox:
    """Commits as a database would; `refusals` commits fail first."""

    cursor: str = ""
    raws: list[Raw] = field(default_factory=list)
    refusals: int = 0
    delays: list[float] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def accept(self, raws: Sequence[Raw], cursor: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise OSError("the database is down")
        known = {raw.id for raw in self.raws}
        self.raws.extend(raw for raw in raws if raw.id not in known)
        self.cursor = cursor
        self._news.set()

    async def sleep(self, seconds: float) -> None:
        self.delays.append(seconds)
        self._news.set()
        await asyncio.sleep(0)

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def receiving(place: Place, inbox: Inbox) -> AsyncIterator[asyncio.Task[None]]:
    api = Api(place.server.token, place.server.url, "", BRISK)
    async with aiohttp.ClientSession() as http:
        receiver = Receiver(api, http, GROUP, sleep=inbox.sleep)
        task = asyncio.create_task(receiver.receive(inbox.accept, inbox.cursor))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])
            api.close()


async def followed(place: Place, inbox: Inbox) -> None:
    """Let a first start find its position."""
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.cursor)


def texts(place: Place, inbox: Inbox) -> list[str]:
    events = (place.channel.parse(raw.body) for raw in inbox.raws)
    return [event.text for event in events if isinstance(event, MessageReceived)]


async def test_the_first_start_keeps_its_position_and_follows_from_there(place: Place) -> None:
    place.server.write(ANNA, "before the bot")
    inbox = Inbox()
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.cursor)
        place.server.write(ANNA, "Hello")
        await inbox.until(lambda: inbox.raws)
    assert texts(place, inbox) == ["Hello"]


async def test_what_came_during_a_downtime_is_handled_once(place: Place) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    for number in range(5):
        place.server.write(ANNA, str(number))
    async with receiving(place, inbox):
        await inbox.until(lambda: len(inbox.raws) == 5)
    async with receiving(place, inbox):
        place.server.write(ANNA, "after")
        await inbox.until(lambda: len(inbox.raws) == 6)
    assert texts(place, inbox) == ["0", "1", "2", "3", "4", "after"]


async def test_new_messages_are_known_by_their_numbers_and_other_events_by_vks_ids(
    place: Place,
) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    number = place.server.write(ANNA, "Hello")
    place.server.admin_replies(BORIS, ANNA, "Yes?")
    place.server.edit(ANNA, number, "Hello!")
    async with receiving(place, inbox):
        await inbox.until(lambda: len(inbox.raws) == 3)
    assert [raw.body for raw in inbox.raws] == place.server.events[-3:]
    edit = place.server.events[-1]["event_id"]
    assert [raw.id for raw in inbox.raws] == [f"history:{ANNA}:1", f"history:{ANNA}:2", edit]


async def test_what_came_before_a_gap_is_known_again_in_the_history(place: Place) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    async with receiving(place, inbox):
        place.server.write(ANNA, "/privacy")
        place.server.admin_replies(BORIS, ANNA, "On our way")
        await inbox.until(lambda: len(inbox.raws) == 2)
    place.server.write(ANNA, "lost")
    place.server.forget_events(place.server.community.events.last + 1)
    async with receiving(place, inbox):
        await inbox.until(lambda: len(inbox.raws) == 3)
    assert texts(place, inbox) == ["/privacy", "lost"]


@pytest.mark.parametrize(
    "update",
    [
        {"type": "message_new", "object": {"message": {"peer_id": ANNA}}},
        {"type": "message_new", "object": {"peer_id": ANNA, "conversation_message_id": 1}},
        {
            "type": "message_new",
            "object": {"message": {"peer_id": ANNA, "conversation_message_id": 1, "out": 1}},
        },
        {"type": "message_reply", "object": {"peer_id": ANNA, "conversation_message_id": 0}},
        {"type": "message_reply", "object": {"peer_id": ANNA, "conversation_message_id": 2**63}},
        {"type": "message_reply", "object": {"peer_id": "x", "conversation_message_id": 1}},
        {"type": "message_edit", "object": {"peer_id": ANNA, "conversation_message_id": 1}},
        {"type": "message_event", "object": {"peer_id": ANNA, "conversation_message_id": 1}},
    ],
)
def test_what_is_no_new_message_of_a_number_takes_the_place_of_none(update: dict[str, Any]) -> None:
    assert as_raw({**update, "event_id": "e1"}).id == "e1"
    assert as_raw(update).id.startswith("hash:")


async def test_a_failed_commit_brings_the_same_events_again(place: Place) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    place.server.write(ANNA, "Hello")
    inbox.refusals = 3
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.raws)
    assert texts(place, inbox) == ["Hello"]
    assert len(inbox.delays) == 3


async def test_a_cancelled_poll_ends_though_it_blocks(place: Place) -> None:
    inbox = Inbox()
    async with receiving(place, inbox) as task:
        await inbox.until(lambda: inbox.cursor)
        await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=5)
    assert task in done


@pytest.mark.parametrize(
    "fault",
    [
        Fault.DROP_BEFORE,
        Fault.DROP_AFTER,
        Fault.HTML_502,
        Fault.HTML_200,
        Fault.TRUNCATED_JSON,
        Fault.failed(4),
        Fault.failed(99),
    ],
)
async def test_a_sick_long_poll_is_outlived_without_spinning(place: Place, fault: Fault) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    place.server.write(ANNA, "Hello")
    place.server.fail("longpoll", fault, times=6)
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.raws)
    assert texts(place, inbox) == ["Hello"]
    assert 3 <= len(inbox.delays) <= 6  # aiohttp itself asks again after some drops
    assert inbox.delays[-1] > inbox.delays[0] > 0


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_the_same_order_over_and_over_is_not_obeyed_in_a_spin(
    place: Place, number: int
) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    place.server.write(ANNA, "Hello")
    place.server.fail("longpoll", Fault.failed(number), times=6)
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.raws and len(inbox.delays) >= 5)
    assert texts(place, inbox) == ["Hello"]


async def test_an_expired_key_is_renewed_at_once(place: Place) -> None:
    inbox = Inbox()
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.cursor)
        place.server.expire_key()
        place.server.write(ANNA, "Hello")
        await inbox.until(lambda: inbox.raws)
    assert texts(place, inbox) == ["Hello"]
    assert inbox.delays == []


async def test_events_that_vk_forgot_are_found_in_the_conversations(place: Place) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    place.server.write(ANNA, "one")
    place.server.write(PABLO, "hola")
    place.server.write(ANNA, "two")
    place.server.admin_replies(BORIS, ANNA, "On our way")
    place.server.forget_events(place.server.community.events.last + 1)
    async with receiving(place, inbox):
        await inbox.until(lambda: len(inbox.raws) == 4)
        place.server.write(ANNA, "three")
        await inbox.until(lambda: len(inbox.raws) == 5)
    assert sorted(texts(place, inbox)) == ["hola", "one", "three", "two"]
    annas = [text for text in texts(place, inbox) if text != "hola"]
    assert annas == ["one", "two", "three"]
    events = [place.channel.parse(raw.body) for raw in inbox.raws]
    assert [e.admin for e in events if isinstance(e, AdminWrote)] == [str(BORIS)]


async def test_of_those_who_wrote_meanwhile_the_first_comes_first(place: Place) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    for person in (PABLO, ANNA):
        place.server.write(person, f"Hello from {person}")
    place.server.forget_events(place.server.community.events.last + 1)
    async with receiving(place, inbox):
        await inbox.until(lambda: len(inbox.raws) == 2)
    assert texts(place, inbox) == [f"Hello from {PABLO}", f"Hello from {ANNA}"]


async def test_an_event_of_another_community_is_of_no_interest(place: Place) -> None:
    place.server.write(ANNA, "Hello")
    assert place.heard().text == "Hello"
    assert place.channel.parse({**place.server.events[-1], "group_id": GROUP + 1}) is None


async def test_a_post_dated_ahead_hides_no_gap(place: Place) -> None:
    """One that is to be published later has that date."""
    inbox = Inbox()
    await followed(place, inbox)
    post = {"id": 1, "owner_id": -GROUP, "date": place.server.community.now + 86_400}
    async with receiving(place, inbox):
        place.server.inject(
            {"type": "wall_post_new", "event_id": "post", "group_id": GROUP, "object": post}
        )
        await inbox.until(lambda: inbox.raws)
    place.server.write(ANNA, "lost")
    place.server.forget_events(place.server.community.events.last + 1)
    async with receiving(place, inbox):
        await inbox.until(lambda: len(inbox.raws) == 2)
    assert texts(place, inbox) == ["lost"]


async def test_a_gap_is_looked_for_from_the_last_answer_not_from_the_last_message(
    place: Place,
) -> None:
    """By VK's clock, and further back by as much as its events may be late."""
    inbox = Inbox()
    await followed(place, inbox)
    place.server.skew = 3 * 86_400
    async with receiving(place, inbox):
        place.server.inject({"type": "group_join", "event_id": "joined", "group_id": GROUP})
        await inbox.until(lambda: inbox.raws)
    ahead = Position.read(inbox.cursor).seen - place.server.community.now
    assert round((ahead + gap.OVERLAP) / 86_400, 2) == 3


async def test_an_event_whose_type_is_no_word_keeps_none_back(place: Place) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    async with receiving(place, inbox):
        place.server.inject({"type": ["message_new"], "event_id": "odd", "group_id": GROUP})
        place.server.write(ANNA, "Hello")
        await inbox.until(lambda: len(inbox.raws) == 2)
    event = place.channel.parse(inbox.raws[1].body)
    assert isinstance(event, MessageReceived)
    assert event.text == "Hello"


CROWD = range(10_001, 10_202)  # one more than VK tells of in one answer


def crowd(place: Place) -> None:
    """Everybody may be spoken to."""
    for person in CROWD:
        place.server.add_user(person, "Pablo")
        place.server.allow(person)


async def test_of_more_people_than_one_answer_tells_nobody_is_lost(place: Place) -> None:
    crowd(place)
    inbox = Inbox()
    await followed(place, inbox)
    for person in CROWD:
        place.server.write(person, f"Hello from {person}")
    place.server.forget_events(place.server.community.events.last + 1)
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.cursor.startswith(f"{place.server.community.events.last}@"))
    assert sorted(texts(place, inbox)) == [f"Hello from {person}" for person in CROWD]


async def test_who_moves_to_the_front_between_two_answers_is_not_passed_over(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(place)
    inbox = Inbox()
    await followed(place, inbox)
    for person in CROWD:
        place.server.write(person, "lost")
    place.server.forget_events(place.server.community.events.last + 1)
    last = CROWD[0]  # on the second page, where nobody is by then
    usual = Api.call
    written: list[int] = []

    async def call(api: Api, method: str, params: Mapping[str, Any]) -> Any:
        answer = await usual(api, method, params)
        if method == "messages.getConversations" and not written:
            written.append(place.server.write(last, "and there?"))
        return answer

    monkeypatch.setattr(Api, "call", call)
    async with receiving(place, inbox):
        await inbox.until(lambda: "and there?" in texts(place, inbox))
    heard = [one.id for one in inbox.raws if one.id.startswith(f"history:{last}:")]
    assert heard == [f"history:{last}:1", f"history:{last}:2"]


async def test_of_more_messages_than_one_answer_tells_none_is_lost(place: Place) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    for number in range(201):
        place.server.write(ANNA, str(number))
    place.server.forget_events(place.server.community.events.last + 1)
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.cursor.startswith(f"{place.server.community.events.last}@"))
    assert texts(place, inbox) == [str(number) for number in range(201)]


@pytest.mark.parametrize("bound", ["CONVERSATIONS", "MESSAGES"])
async def test_a_gap_beyond_all_bounds_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(gap, "PAGE", 1)
    monkeypatch.setattr(gap, bound, 2)
    inbox = Inbox()
    await followed(place, inbox)
    for person in (ANNA, PABLO, BORIS, ANNA, ANNA):
        place.server.write(person, "lost")
    place.server.forget_events(place.server.community.events.last + 1)
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.cursor.startswith(f"{place.server.community.events.last}@"))
    told = [place.channel.parse(one.body) for one in inbox.raws if one.id.startswith("gap:")]
    assert [(one.trouble, one.subject) for one in told if isinstance(one, TroubleSeen)] == [
        ("gap", "vk")
    ]


async def test_after_the_loss_of_key_and_history_nothing_is_missing(place: Place) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    place.server.write(ANNA, "Hello")
    place.server.lose_history()
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.raws)
        place.server.write(ANNA, "Hello again")
        await inbox.until(lambda: len(inbox.raws) == 2)
    assert texts(place, inbox) == ["Hello", "Hello again"]


async def test_a_message_found_in_the_history_is_the_same_message(place: Place) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    place.server.write(ANNA, "Hello")
    place.server.fail("longpoll", Fault.failed(3))
    told = place.heard()
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.raws)
    found = place.heard(inbox.raws[0].body)
    assert (found.channel, found.chat, found.message_id, found.text) == (
        told.channel,
        told.chat,
        told.message_id,
        told.text,
    )


@pytest.mark.parametrize("refusals", [1, 2])
async def test_a_gap_whose_commit_fails_is_filled_all_the_same(place: Place, refusals: int) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    place.server.write(ANNA, "Hello")
    place.server.forget_events(place.server.community.events.last + 1)
    inbox.refusals = refusals
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.raws)
    assert texts(place, inbox) == ["Hello"]


async def test_a_gap_that_cannot_be_looked_into_does_not_stop_the_intake(place: Place) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    place.server.write(ANNA, "lost")
    place.server.forget_events(place.server.community.events.last + 1)
    place.server.fail("messages.getConversations", Fault.code(15))
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.cursor.startswith(f"{place.server.community.events.last}@"))
        place.server.write(ANNA, "Hello")
        await inbox.until(lambda: texts(place, inbox))
    assert texts(place, inbox) == ["Hello"]
    told = place.channel.parse(inbox.raws[0].body)
    assert isinstance(told, TroubleSeen)
    assert told.trouble == "gap"


async def test_one_malformed_event_does_not_hold_up_its_neighbours(place: Place) -> None:
    inbox = Inbox()
    await followed(place, inbox)
    place.server.write(ANNA, "before")
    place.server.inject({"type": "message_new", "object": "nonsense"})
    place.server.inject(["no", "event"])  # type: ignore[arg-type]
    place.server.write(ANNA, "after")
    async with receiving(place, inbox):
        await inbox.until(lambda: len(inbox.raws) == 4)
    broken = [raw for raw in inbox.raws if raw.id.startswith("hash:")]
    assert len(broken) == 2
    for raw in broken:
        with pytest.raises(ValueError, match="VK event"):
            place.channel.parse(raw.body)
    inbox.raws = [raw for raw in inbox.raws if raw not in broken]
    assert texts(place, inbox) == ["before", "after"]


def test_an_event_without_an_id_is_known_again_by_its_content() -> None:
    one = as_raw({"type": "message_deny", "object": {"user_id": ANNA, "x": "\ud83d"}})
    again = as_raw({"object": {"x": "\ud83d", "user_id": ANNA}, "type": "message_deny"})
    other = as_raw({"type": "message_deny", "object": {"user_id": PABLO}})
    assert one == again
    assert one.id != other.id
    assert one.body["object"]["x"] == "?"


async def test_a_refused_token_needs_a_person(place: Place) -> None:
    inbox = Inbox()
    place.server.fail("groups.getLongPollServer", Fault.code(5))
    async with receiving(place, inbox) as task:
        with pytest.raises(ChannelRefused, match="put it into the settings"):
            await asyncio.wait_for(task, 10)


@pytest.mark.parametrize("code", [7, 15, 100])
async def test_a_long_poll_that_is_switched_off_needs_a_person(place: Place, code: int) -> None:
    inbox = Inbox()
    place.server.fail("groups.getLongPollServer", Fault.code(code))
    async with receiving(place, inbox) as task:
        with pytest.raises(ChannelRefused, match="Long Poll"):
            await asyncio.wait_for(task, 10)


async def test_a_start_during_an_outage_waits_for_vk(place: Place) -> None:
    inbox = Inbox()
    place.server.fail("groups.getLongPollServer", Fault.HTML_502, times=3)
    async with receiving(place, inbox):
        await inbox.until(lambda: inbox.cursor)
    assert len(inbox.delays) == 3


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert Position.read(str(Position("17", 1_700_000_000))) == Position("17", 1_700_000_000)
    assert Position.read("17") == Position("17", 0)
    assert Position.read("") == Position("", 0)
