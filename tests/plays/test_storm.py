"""More leads than the group's pace can show: folded, taken, unfolded, at the real limits."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.telegram import Fault
from bot.sandbox.telegram.chats import Message
from bot.sandbox.telegram.log import Call
from storage import schema
from tests.cast import BORIS, DASHA, TEAM
from tests.delivery.pace_simulation import most_in_any
from tests.plays.haste import HurriedPlay, in_haste

FIRST = 10_000  # the first of many customers
_COUNTED = ("sendMessage", "sendPhoto", "editMessageText")
_CARD = re.compile(r"^\S+ #(\d+) ")


class Storm(HurriedPlay):
    """A play with very many customers."""

    def write(self, count: int, words: str = "I need {} windows", first: int = 0) -> None:
        """So many customers write at once."""
        for number in range(first, first + count):
            self.telegram.add_user(FIRST + number, f"Anna {number}")
            self.telegram.write(FIRST + number, FIRST + number, words.format(number))

    async def write_and_wait(self, count: int, words: str = "I need {} windows") -> None:
        """So many customers write, and nothing is posted before all of them have leads."""
        assert self.product is not None
        senders = self.product.duties.senders
        sender = await self.until(lambda: senders.get("telegram"))
        choose = sender._chosen

        async def nothing() -> list[Any]:
            return []

        sender._chosen = nothing
        self.write(count, words)
        while len(await self.rows(schema.cards)) < count:
            await asyncio.sleep(0.005)
        sender._chosen = choose
        sender.wake()

    def takeable(self) -> Counter[int]:
        """How often each lead stands in the chat with a button to take it."""
        return Counter(
            number for one in self.team() if one.from_bot for number in _takeable(one).values()
        )

    def lists(self) -> list[Message]:
        """The lists that the chat shows."""
        return [one for one in self.team() if any("Take #" in label for label in one.labels)]

    def full_card(self, number: int, words: str = "") -> Message | None:
        """A lead's own card with these words, if it is there."""
        cards = [one for one in self.team(words) if one.from_bot and _number(one) == number]
        assert len(cards) <= 1, f"lead {number} has {len(cards)} cards"
        return cards[0] if cards else None

    async def in_a_list(self) -> int:
        """The number of a lead in the middle of the first list that is there."""
        found: list[Message] = await self.until(self.lists)
        return sorted(_takeable(found[0]).values())[len(_takeable(found[0])) // 2]

    def take(self, who: int, number: int) -> str:
        """Press a lead's button in its list."""
        label = f"Take #{number}"
        listed = next(one for one in self.lists() if label in one.labels)
        return self.telegram.press(who, TEAM, listed.id, label=label)

    async def told(self, query: str) -> str:
        """What somebody who pressed is told."""
        return str((await self.until(lambda: self.telegram.answers.get(query))).text)

    def calls(self) -> list[Call]:
        """The calls that the platform counts in the team's chat."""
        return [c for c in self.telegram.calls if c.chat_id == TEAM and c.method in _COUNTED]

    def assert_kept_the_pace(self) -> None:
        """By the server's log: never refused, and never more than twenty in a minute."""
        refused = [call for call in self.telegram.calls if call.status == 429 and not call.fault]
        assert refused == []
        assert most_in_any([call.at for call in self.calls()], 60) <= 20


def _takeable(message: Message) -> dict[str, int]:
    """The buttons of a message that take a lead, and which."""
    own = _number(message)
    numbers = {
        label: own if label == "Take" else int(label[6:])
        for label in message.labels
        if label == "Take" or label.startswith("Take #")
    }
    assert all(f"#{number} " in message.text for number in numbers.values())
    return {label: number for label, number in numbers.items() if number}


def _number(message: Message) -> int | None:
    """The lead whose card a message is."""
    found = _CARD.match(message.text)
    return int(found[1]) if found else None


@pytest.fixture
async def storm(tmp_path: Path, database_url: str) -> AsyncIterator[Storm]:
    """A hurried play, the product not yet started."""
    async with in_haste(Storm, tmp_path, database_url) as opened:
        yield opened


async def test_a_storm_is_visible_lead_by_lead_exactly_once(storm: Storm) -> None:
    await storm.start()
    storm.write(200)
    await storm.until(lambda: len(storm.takeable()) == 200)
    assert storm.takeable() == Counter(range(1, 201))
    storm.assert_kept_the_pace()


async def test_two_hundred_leads_that_wait_are_visible_after_six_calls(storm: Storm) -> None:
    await storm.start()
    await storm.write_and_wait(200)
    await storm.until(lambda: len(storm.takeable()) == 200)
    assert storm.takeable() == Counter(range(1, 201))
    assert len([call for call in storm.calls() if call.ok]) <= 6
    storm.assert_kept_the_pace()


async def test_a_lead_taken_from_a_list_gets_its_card_before_all_that_wait(storm: Storm) -> None:
    await storm.start()
    storm.write(100)
    number = await storm.in_a_list()
    query = storm.take(BORIS, number)
    assert f"#{number}" in await storm.told(query)
    before = len(storm.calls())
    await storm.until(lambda: storm.full_card(number, "Boris"))
    assert len(storm.calls()) <= before + 2  # one call may have been under way
    await storm.until(lambda: len(storm.takeable()) == 99)
    assert number not in storm.takeable()
    storm.assert_kept_the_pace()


async def test_of_two_who_take_from_a_list_one_wins_and_the_other_hears_who(storm: Storm) -> None:
    await storm.start()
    storm.write(60)
    number = await storm.in_a_list()
    queries = [storm.take(who, number) for who in (BORIS, DASHA)]
    told = [await storm.told(query) for query in queries]
    card = await storm.until(lambda: storm.full_card(number, "💬"))
    winner = "Boris" if "Boris" in card.text else "Dasha"
    assert [winner in words for words in told] == [winner != "Boris", winner != "Dasha"]


async def test_a_list_of_nothing_but_emoji_fits_a_message(storm: Storm) -> None:
    await storm.start()
    await storm.write_and_wait(60, "🎈" * 300)
    await storm.until(lambda: len(storm.takeable()) == 60)
    assert max(len(_takeable(one)) for one in storm.lists()) == 40


async def test_lists_unfold_and_go_when_there_is_room(storm: Storm) -> None:
    await storm.start()
    storm.write(22)
    await storm.until(storm.lists)
    await storm.until(lambda: all(storm.full_card(number) for number in range(1, 23)))
    await storm.until(lambda: not storm.lists())
    assert storm.takeable() == Counter(range(1, 23))
    assert all(storm.full_card(number) for number in range(1, 23))
    storm.assert_kept_the_pace()


async def test_a_card_whose_post_out_of_its_list_was_not_answered_is_found(storm: Storm) -> None:
    await storm.start()
    storm.write(22)
    await storm.until(lambda: storm.lists() and len(storm.takeable()) == 22)
    storm.telegram.fail("sendMessage", Fault.DROP_AFTER, chat=TEAM)
    await storm.until(lambda: not storm.lists())
    assert storm.takeable() == Counter(range(1, 23))
    assert all(storm.full_card(number) for number in range(1, 23))
    storm.assert_kept_the_pace()


async def test_a_restart_in_the_middle_of_a_storm_loses_nothing(storm: Storm) -> None:
    await storm.start()
    storm.write(120)
    await storm.until(storm.lists)
    await storm.stop()
    storm.write(30, first=120)
    await storm.start()
    await storm.until(lambda: len(storm.takeable()) == 150)
    assert storm.takeable() == Counter(range(1, 151))
    storm.assert_kept_the_pace()


async def test_a_restart_goes_on_at_the_pace_that_was_kept_before(storm: Storm) -> None:
    await storm.start()
    storm.write(60)
    await storm.until(lambda: len(storm.calls()) >= 15)
    await storm.stop()
    await storm.start()
    await storm.until(lambda: len(storm.calls()) >= 30)
    storm.assert_kept_the_pace()


async def test_further_words_of_a_folded_lead_come_under_its_card(storm: Storm) -> None:
    await storm.start()
    storm.write(60)
    number = await storm.in_a_list()
    name = re.search(rf"#{number} (Anna \d+):", storm.lists()[0].text)
    assert name is not None
    customer = FIRST + int(name[1][5:])
    for words in ("and a door", "soon", "please"):
        storm.telegram.write(customer, customer, words)
    storm.take(BORIS, number)
    card = await storm.until(lambda: storm.full_card(number))
    (below,) = await storm.until(lambda: storm.team("and a door"))
    assert below.body["reply_to_message"]["message_id"] == card.id
    assert below.text.splitlines()[:4] == [f"{name[1]}:", "and a door", "soon", "please"]
