"""A customer's rapid texts that wait for the group's pace become one post, and none is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.telegram import Fault
from storage import outbox
from storage.failures import Unreachable
from tests.cast import ANNA, BORIS, TEAM
from tests.plays.haste import HurriedPlay, in_haste

FIVE = ("one", "two", "three", "four", "five")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
async def play(tmp_path: Path, database_url: str) -> AsyncIterator[HurriedPlay]:
    """At the real pace; Anna's card is there, and the chat must wait for a while."""
    async with in_haste(HurriedPlay, tmp_path, database_url) as opened:
        await opened.start()
        opened.telegram.write(ANNA, ANNA, "Hello")
        await opened.card(1)
        opened.telegram.fail("sendMessage", Fault.TOO_MANY, chat=TEAM, retry_after=20)
        yield opened


async def _write(play: HurriedPlay, *texts: str) -> None:
    for text in texts:
        play.telegram.write(ANNA, ANNA, text)
    await play.until(lambda: not play.telegram.world.updates.pending())


def _below(play: HurriedPlay) -> list[str]:
    """What stands under Anna's card."""
    return [one.text for one in play.team() if one.from_bot and one.reply_to]


async def test_five_quick_texts_become_one_post_under_the_card(play: HurriedPlay) -> None:
    await _write(play, *FIVE)
    await play.shown("five")
    assert _below(play) == ["Anna:\n" + "\n".join(FIVE)]
    (post,) = play.team("five")
    assert post.reply_to == (await play.card(1)).id


async def test_a_joined_post_has_each_quoted_line_above_its_words(play: HurriedPlay) -> None:
    first = play.telegram.shown(ANNA)[0].id
    play.telegram.write(ANNA, ANNA, "one")
    play.telegram.write(ANNA, ANNA, "two", reply_to=first)
    await _write(play, "three")
    await play.shown("three")
    assert _below(play) == ["Anna:\none\n↪ “Hello”\ntwo\nthree"]


async def test_a_manager_is_called_once_and_answers_a_joined_post(play: HurriedPlay) -> None:
    play.telegram.heal()
    await play.press(BORIS, 1, "Take")
    await play.card(1, "With Boris")
    play.telegram.fail("sendMessage", Fault.TOO_MANY, chat=TEAM, retry_after=20)
    await _write(play, *FIVE)
    post = await play.shown("five")
    assert _below(play) == ["Anna:\n" + "\n".join(FIVE) + "\n→ Boris"]
    play.telegram.write(BORIS, TEAM, "Yes to all", reply_to=post.id)
    await play.heard(ANNA, "Yes to all")


async def test_a_database_that_fails_while_they_are_gathered_costs_no_place_in_the_pace(
    play: HurriedPlay, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather = outbox.following
    failed: list[Any] = []

    async def fail_once(*asked: Any) -> Any:
        if not failed:
            failed.append(asked)
            raise Unreachable("the database system is shutting down")
        return await gather(*asked)

    monkeypatch.setattr(outbox, "following", fail_once)
    await _write(play, *FIVE)
    await play.shown("five")
    assert failed
    assert _below(play) == ["Anna:\n" + "\n".join(FIVE)]


async def test_long_texts_are_joined_only_as_far_as_a_message_goes(play: HurriedPlay) -> None:
    await _write(play, *(f"{word} {'x' * 1500}" for word in FIVE))
    await play.shown("five")
    posts = _below(play)
    assert len(posts) == 3
    assert max(map(len, posts)) <= 4096
    assert [word for word in " ".join(posts).split() if word in FIVE] == list(FIVE)


async def test_texts_are_not_joined_over_a_photo_between_them(play: HurriedPlay) -> None:
    await _write(play, "one", "two")
    play.telegram.write(ANNA, ANNA, photo=PNG, caption="look")
    await _write(play, "three", "four")
    await play.shown("four")
    below = [one for one in play.team() if one.from_bot and one.reply_to]
    assert [one.text or one.body["caption"] for one in below] == [
        "Anna:\none\ntwo",
        "Anna:\nlook",
        "Anna:\nthree\nfour",
    ]


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_death_before_a_joined_post_is_written_down_loses_and_doubles_nothing(
    play: HurriedPlay, arrived: bool
) -> None:
    play.telegram.heal()
    play.telegram.fail("sendMessage", Fault.TOO_MANY, chat=TEAM, retry_after=20)
    play.telegram.fail("sendMessage", Fault.HANG, chat=TEAM, applied=arrived)
    await _write(play, *FIVE)
    await play.until(lambda: play.telegram.calls[-1].fault == "hang")
    await play.stop()
    assert len(_below(play)) == arrived
    await play.start()
    await _write(play, "six")
    await play.shown("six")
    words = [word for text in _below(play) for word in text.split() if word != "Anna:"]
    assert words == [*FIVE, "six"]
