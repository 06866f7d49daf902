"""Lists that the team asked for while somebody in them is erased."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.sandbox.telegram import Fault
from storage.erasure import LIST
from storage.forgetting import NOTHING
from storage.schema import outbox
from tests.cast import BORIS, TEAM, VERA
from tests.plays.play import AWAITED, Play
from tests.plays.test_erasing_races import NAME, WHO, WORDS, Gate, begun, erase, later, left
from tests.plays.test_overdue import HOUR, many_wait

OUTDATED = "This list is out of date"


async def assert_ended(play: Play) -> None:
    """The list is not to be posted any more, and its words are gone at once."""
    (known,) = await lists(play)
    assert (known.state, known.payload) == ("dropped", NOTHING)


async def lists(play: Play, count: int = 1) -> list[Any]:
    """The calls that post lists, once there are so many."""
    while len(found := [row for row in await play.rows(outbox) if row.asks == LIST]) < count:
        await asyncio.sleep(0.01)
    return found


async def erased_while_the_chat_waits(play: Play) -> None:
    """Somebody writes and is erased, which ends no list that waits."""
    play.telegram.write(WHO, WHO, f"I want {WORDS}")
    await play.over(play.telegram.world.updates.pending, *AWAITED[:1])
    await erase(play, await play.account(WHO))
    assert not [row for row in await lists(play) if row.ended_at]


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


async def test_a_summary_of_others_overdue_leads_that_waits_arrives(play: Play) -> None:
    play.telegram.add_user(WHO, NAME)
    play.telegram.started(WHO)
    await many_wait(play)
    for chat in (TEAM, VERA):
        play.telegram.fail("sendMessage", Fault.TOO_MANY, chat=chat, retry_after=10)
    play.move(HOUR)
    await lists(play, 2)
    await erased_while_the_chat_waits(play)
    play.move(11)
    assert "#2 Customer 501" in (await play.shown("9 leads wait too long")).text
    assert "#2 Customer 501" in (await play.heard(VERA, "9 leads wait too long")).text
    await play.quiet()
    assert not play.team(OUTDATED)
    assert not play.private(VERA, OUTDATED)


async def test_a_summary_that_shows_who_was_erased_says_how_to_see_the_others(play: Play) -> None:
    await many_wait(play)
    play.telegram.fail("sendMessage", Fault.TOO_MANY, chat=TEAM, retry_after=10)
    play.move(HOUR)
    await lists(play, 2)
    await play.handled()
    await erase(play, await play.account(502))
    play.move(11)
    assert "/overdue" in (await play.shown(OUTDATED)).text
    await later(play)
    assert not play.team("Customer 502")


async def test_an_answer_that_shows_nobody_arrives(play: Play) -> None:
    await begun(play)
    play.telegram.fail("sendMessage", Fault.TOO_MANY, chat=TEAM, retry_after=10)
    asked = play.telegram.write(BORIS, TEAM, "/help")
    await lists(play)
    await erased_while_the_chat_waits(play)
    play.move(11)
    assert (await play.shown("/overdue — overdue leads")).reply_to == asked
    await play.quiet()
    assert not play.team(OUTDATED)
