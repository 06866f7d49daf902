"""Lists that the team asked for while somebody in them is erased."""

from __future__ import annotations

import pytest

from bot.sandbox.telegram import Fault
from storage.erasure import LIST
from storage.forgetting import NOTHING
from storage.schema import outbox
from tests.cast import BORIS, TEAM
from tests.plays.play import AWAITED, Play
from tests.plays.test_erasing_races import NAME, WHO, WORDS, Gate, begun, erase, later, left

OUTDATED = "This list is out of date"


async def assert_ended(play: Play) -> None:
    """The list is not to be posted any more, and its words are gone at once."""
    (known,) = [row for row in await play.rows(outbox) if row.asks == LIST]
    assert (known.state, known.payload) == ("dropped", NOTHING)


async def test_a_list_that_waits_never_shows_who_was_erased(play: Play) -> None:
    await begun(play)
    play.telegram.write(WHO, WHO, f"I want {WORDS}")
    await play.card(1)
    await play.quiet()
    play.telegram.fail("sendMessage", Fault.TOO_MANY, chat=TEAM, retry_after=10)
    asked = play.telegram.write(BORIS, TEAM, "/leads")
    await play.over(play.telegram.world.updates.pending, *AWAITED[:1])
    await erase(play, await play.account(WHO))
    await assert_ended(play)
    told = await play.shown(OUTDATED)
    assert told.reply_to == asked
    await later(play)
    assert not play.team(NAME)
    assert len(play.team(OUTDATED)) == 1
    assert await left(play, NAME, WORDS) == []


@pytest.mark.one_process("it holds the calls of the one that sends")
async def test_a_list_that_was_being_shown_meanwhile_is_deleted(play: Play) -> None:
    await begun(play)
    play.telegram.write(WHO, WHO, f"I want {WORDS}")
    await play.card(1)
    await play.quiet()
    gate = Gate(play, NAME)
    play.telegram.write(BORIS, TEAM, "/leads")
    await gate.inside.wait()
    await erase(play, await play.account(WHO))
    await assert_ended(play)
    gate.open.set()
    await play.shown(OUTDATED)
    await later(play)
    assert not play.team(NAME)
