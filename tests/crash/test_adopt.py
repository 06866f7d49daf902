"""A post whose answer was lost is found in its chat again; nothing else there is touched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.telegram import Fault, Message
from tests.cast import ANNA, BORIS, DASHA, TEAM
from tests.plays.play import Play, a_play


@pytest.fixture
async def team(tmp_path: Path, file: str) -> AsyncIterator[Play]:
    """A team's chat at Telegram's own pace, in which something was said and answered."""
    async with a_play(tmp_path, file) as play:
        await play.start(telegram={"group_per_minute": 59})
        play.telegram.write(BORIS, TEAM, "/help")
        await play.until(lambda: _of_bot(play))
        yield play


async def test_card_whose_answer_was_lost_is_not_posted_twice(team: Play) -> None:
    team.telegram.fail("sendMessage", Fault.DROP_AFTER, chat=TEAM)
    team.telegram.write(ANNA, ANNA, "How much is a window?")
    card = await _answered(team)
    assert [one.id for one in _of_bot(team) if one.text.startswith("🆕")] == []
    assert [one.id for one in _of_bot(team) if "How much" in one.text] == [card.id]


async def test_manager_who_answers_before_the_card_is_found_is_heard(team: Play) -> None:
    team.telegram.fail("sendMessage", Fault.DROP_AFTER, chat=TEAM)
    team.telegram.fail("editMessageText", Fault.HTML_502, chat=TEAM)
    team.telegram.write(ANNA, ANNA, "How much is a window?")
    await _answered(team)


async def test_words_under_a_card_whose_answer_was_lost_are_not_shown_twice(team: Play) -> None:
    team.telegram.write(ANNA, ANNA, "How much is a window?")
    await team.card(1, "How much is a window?")
    team.telegram.fail("sendMessage", Fault.DROP_AFTER, chat=TEAM)
    team.telegram.write(ANNA, ANNA, "And a door?")
    (shown,) = await team.until(lambda: team.team("And a door?"))
    team.telegram.write(ANNA, ANNA, "And a gate?")
    await team.until(lambda: team.team("And a gate?"))
    assert team.team("And a door?") == [shown]
    assert shown.edits == []  # it says what it said: nobody sees that it was sought


async def test_words_that_were_never_posted_are_posted(team: Play) -> None:
    team.telegram.write(ANNA, ANNA, "How much is a window?")
    await team.card(1, "How much is a window?")
    team.telegram.fail("sendMessage", Fault.DROP_BEFORE, chat=TEAM)
    team.telegram.write(ANNA, ANNA, "And a door?")
    await team.until(lambda: team.team("And a door?"))


async def test_search_for_a_card_leaves_all_other_messages_alone(team: Play) -> None:
    team.telegram.fail("sendMessage", Fault.DROP_BEFORE, chat=TEAM)
    team.telegram.write(ANNA, ANNA, "How much is a window?")
    await team.until(lambda: any(call.fault for call in team.telegram.calls))
    for words in ("Lunch?", "In a minute", "Fine"):
        team.telegram.write(DASHA, TEAM, words)
    card = await team.card(1, "How much is a window?")
    others = [one for one in team.telegram.messages(TEAM) if one.id != card.id]
    assert [one.edits for one in others] == [[]] * len(others)
    assert len(others) == 5  # what was said and answered at first, and the three


def _of_bot(play: Play) -> list[Message]:
    return [one for one in play.team() if one.from_bot]


async def _answered(play: Play) -> Message:
    """Boris replies to the first card that he sees, and Anna gets it; the card as it is then."""
    first = (await play.until(lambda: play.team("How much is a window?")))[0]
    play.telegram.write(BORIS, TEAM, "From 100 euros", reply_to=first.id)
    await play.until(lambda: play.private(ANNA, "From 100 euros"))
    return await play.card(1, "With Boris")
