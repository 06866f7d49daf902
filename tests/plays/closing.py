"""What plays about a closed lead have in common: Anna is answered, her lead ends, time passes."""

from __future__ import annotations

import asyncio
from typing import Any

import sqlalchemy as sa

from bot.sandbox.telegram.chats import Message
from storage.schema import feedback, inbox
from tests.cast import ANNA, BORIS, PABLO
from tests.plays.play import Play


async def begin(play: Play, policy: dict[str, Any], **over: Any) -> None:
    """The product has this policy on both messengers; profiles on Telegram say English."""
    for number, name in ((ANNA, "Anna"), (PABLO, "Pablo")):
        play.telegram.add_user(number, name, language="en")
    await play.start(channels={"telegram": policy, "vk": policy}, **over)


async def answered(play: Play, number: int = 1, words: str = "How much is a window?") -> None:
    """Anna wrote, and Boris has answered."""
    play.telegram.write(ANNA, ANNA, words)
    await play.press(BORIS, number, "Take")
    await play.card(number, "With Boris")
    await play.reply(BORIS, number, f"From {number}00 euros")
    await play.heard(ANNA, f"From {number}00 euros")
    await play.quiet()


async def reject(play: Play, reason: str = "Too expensive", number: int = 1) -> None:
    """Boris rejects the lead."""
    await play.press(BORIS, number, "Reject")
    await play.press(BORIS, number, reason)
    await play.card(number, "rejected")
    await play.quiet()


async def convert(play: Play, number: int = 1) -> None:
    """Boris converts the lead."""
    await play.press(BORIS, number, "Convert")
    await play.press(BORIS, number, "Deal")
    await play.card(number, "converted")
    await play.quiet()


async def later(play: Play, minutes: float = 1) -> None:
    """So much time and a moment more pass, and all that is due by then happens."""
    play.move(minutes * 60 + 1)
    product = play.product
    assert product is not None
    due = sa.select(inbox.c.id).where(inbox.c.state == "new", inbox.c.not_before <= product.now())
    async with asyncio.timeout(60):
        while await _any(play, due):
            await asyncio.sleep(0.01)
    await play.quiet()


async def taps(play: Play, message: Message, label: str) -> str:
    """Anna taps a button of hers; what she is told."""
    query = play.telegram.press(ANNA, ANNA, message.id, label=label)
    return str((await play.until(lambda: play.telegram.answers.get(query))).text)


async def kept(play: Play) -> list[tuple[int, str, str]]:
    """What was asked of which lead, and answered."""
    return [(row.lead, row.kind, row.answer) for row in await play.rows(feedback)]


async def _any(play: Play, query: sa.Select[Any]) -> bool:
    assert play.product is not None
    async with play.product.database.read() as connection:
        return (await connection.execute(query)).first() is not None
