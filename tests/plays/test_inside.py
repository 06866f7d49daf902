"""What stays inside the team stays there, whatever is said to it; what is meant to go out goes."""

from __future__ import annotations

import pytest

from tests.cast import ANNA, BORIS, DASHA, TEAM, VERA
from tests.plays.play import Play


async def a_lead(play: Play, name: str = "Anna") -> None:
    """Anna's lead is Boris's."""
    play.telegram.add_user(ANNA, name)
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")


async def reacted(play: Play, number: int) -> str:
    """The emoji that the bot put under a message."""
    found = await play.until(lambda: play.telegram.message(TEAM, number).reactions)
    return str(next(iter(found.values())))


async def test_a_reply_to_a_note_is_a_note(play: Play) -> None:
    await a_lead(play)
    note = await play.reply(BORIS, 1, "// an old house")
    await reacted(play, note)
    answer = play.telegram.write(DASHA, TEAM, "What house is it?", reply_to=note)
    await reacted(play, answer)
    again = play.telegram.write(BORIS, TEAM, "On the corner", reply_to=answer)
    await reacted(play, again)
    await play.quiet()
    assert not play.private(ANNA)


@pytest.mark.parametrize("name", ["//", "// Anna", "//Anna"])
async def test_no_name_turns_a_canned_answer_into_a_note(play: Play, name: str) -> None:
    await a_lead(play, name)
    play.telegram.write(VERA, TEAM, "/t+ hi {name}, good day! A window costs 100 euros.")
    await play.quiet()
    await play.reply(BORIS, 1, "/t hi")
    await play.heard(ANNA, "A window costs 100 euros.")


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u200e", "\u2060 ", "\xad"])
async def test_what_nobody_sees_before_it_lets_no_note_and_no_command_out(
    play: Play, unseen: str
) -> None:
    """Such signs come along with what is copied, and from keyboards of some languages."""
    await a_lead(play)
    note = await play.reply(BORIS, 1, f"{unseen}// a difficult one")
    assert "✍" in await reacted(play, note)
    await play.reply(BORIS, 1, f"{unseen}/t hi")
    await play.shown("Unknown command")
    await play.quiet()
    assert not play.private(ANNA)
