"""What the team says of a call whose end nobody knows yet waits for it, however long it takes."""

from __future__ import annotations

import asyncio

import pytest

from bot.sandbox.telegram import Fault
from bot.sandbox.vk.faults import Fault as VkFault
from storage.schema import inbox, outbox
from tests.cast import ANNA, BORIS, TEAM
from tests.plays.play import Play
from tests.plays.test_rewriting import answered_on_vk, on_vk, reaction

MINUTE = 60.0


async def set_aside(play: Play) -> list[str]:
    """Why events were, if any was."""
    return [row.reason for row in await play.rows(inbox) if row.state == "dead"]


async def test_a_reply_to_a_post_in_doubt_waits_longer_than_any_attempts(play: Play) -> None:
    await play.start(telegram={"group_per_minute": 20})  # so that a lost post is sought
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    play.telegram.fail("sendMessage", Fault.DROP_AFTER, chat=TEAM)
    play.telegram.fail("editMessageText", Fault.TOO_MANY, chat=TEAM, retry_after=300)
    play.telegram.write(ANNA, ANNA, "And a door?")
    post = await play.shown("And a door?")
    await play.until(lambda: [c for c in play.telegram.calls if c.fault == "too_many"])
    play.telegram.write(BORIS, TEAM, "From 100 euros", reply_to=post.id)
    await asyncio.sleep(4 * MINUTE)
    assert not play.private(ANNA, "From 100 euros")
    await asyncio.sleep(MINUTE)
    await play.heard(ANNA, "From 100 euros")
    await play.quiet()
    assert await set_aside(play) == []
    assert len(play.private(ANNA)) == 1


@pytest.fixture(params=["lost before", "lost after"])
def lost(request: pytest.FixtureRequest) -> VkFault:
    """What happens to each message sent on VK: it is not there, or is, and nobody is told."""
    return VkFault.DROP_AFTER if request.param == "lost after" else VkFault.DROP_BEFORE


async def in_doubt_on_vk(play: Play, lost: VkFault) -> int:
    """Boris answered Anna, and once more while nobody hears what became of it; that one's id."""
    await answered_on_vk(play)
    play.vk.fail("messages.send", lost, times=-1)
    reply = await play.reply(BORIS, 1, "And 20 more for a door")
    await asyncio.sleep(2 * MINUTE)
    (call,) = [row for row in await play.rows(outbox) if row.ended_at is None]
    assert call.claimed_at is not None
    return reply


async def test_a_reply_in_doubt_that_is_taken_back_is_sent_no_more(
    play: Play, lost: VkFault
) -> None:
    reply = await in_doubt_on_vk(play, lost)
    seen = on_vk(play)
    play.telegram.write(BORIS, TEAM, "/del", reply_to=reply)
    told = await play.shown("Not sure the customer has this message")
    assert "It will not be sent again" in told.text
    await asyncio.sleep(3 * MINUTE)
    play.vk.heal()
    await play.reply(BORIS, 1, "Good day")
    await play.until(lambda: "Good day" in on_vk(play))
    await play.quiet()
    assert on_vk(play) == [*seen, "Good day"]
    assert await set_aside(play) == []
    assert len(play.team("Not sure")) == 1


async def test_a_reply_in_doubt_that_is_changed_is_there_once_in_the_new_words(
    play: Play, lost: VkFault
) -> None:
    reply = await in_doubt_on_vk(play, lost)
    play.telegram.edit(BORIS, TEAM, reply, "And 30 more for a door")
    told = await play.shown("Not sure the customer has this message")
    assert told.reply_to == reply
    await asyncio.sleep(3 * MINUTE)
    play.vk.heal()
    await play.until(lambda: reaction(play, reply) == ("🫡",))
    await play.quiet()
    assert on_vk(play) == ["From 100 euros", "And 30 more for a door"]
    assert await set_aside(play) == []
