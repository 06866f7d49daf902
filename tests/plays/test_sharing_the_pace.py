"""How calls share a messenger's pace: those of several customers, and those in one chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.telegram.files import Media
from tests.cast import ANNA, PABLO
from tests.plays.haste import HurriedPlay, in_haste
from tests.plays.play import Play

MANY = 120


@pytest.fixture
async def hurried(tmp_path: Path, database_url: str) -> AsyncIterator[HurriedPlay]:
    """A play at the real pace, the product not yet started."""
    async with in_haste(HurriedPlay, tmp_path, database_url) as play:
        yield play


async def test_who_sends_very_much_does_not_keep_the_chat_to_themselves(
    hurried: HurriedPlay,
) -> None:
    play = hurried
    await play.start(leads={"messages_per_minute": 10 * MANY})
    play.telegram.write(ANNA, ANNA, "These are my windows")
    await play.card(1)
    for number in range(MANY):
        play.telegram.write(ANNA, ANNA, document=Media(b"%PDF", f"window {number}.pdf"))
    await play.until(lambda: len(_documents(play)) > 20)

    play.telegram.write(PABLO, PABLO, "I want a house")
    await play.card(2)

    assert len(_documents(play)) < MANY / 2
    await play.until(lambda: len(_documents(play)) == MANY)
    assert _documents(play) == [f"window {number}.pdf" for number in range(MANY)]


@pytest.mark.one_process("it looks at the one that sends")
async def test_only_a_pace_of_its_own_lets_a_messenger_have_several_calls_in_a_chat(
    play: Play,
) -> None:
    product = await play.start(telegram={"group_per_minute": 240})
    senders = product.duties.senders
    await play.until(lambda: len(senders) == 2)
    assert {name: one._lanes for name, one in senders.items()} == {"telegram": 4, "vk": 1}


def _documents(play: HurriedPlay) -> list[str]:
    return [one.body["document"]["file_name"] for one in play.team() if "document" in one.body]
