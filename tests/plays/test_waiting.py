"""What the team says of a call whose end nobody knows yet waits for it, however long it takes."""

from __future__ import annotations

import asyncio

from bot.sandbox.telegram import Fault
from storage.schema import inbox
from tests.cast import ANNA, BORIS, TEAM
from tests.plays.play import Play

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
