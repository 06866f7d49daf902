"""A commit whose answer was lost: what the sender claimed by it is made all the same, once."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.outbox import Sender
from bot.messages import Priority
from storage.failures import Unreachable
from storage.schema import cards, outbox
from tests.cast import ANNA, BORIS, TEAM
from tests.plays.play import Play

pytestmark = pytest.mark.one_process("it is about the commits of the one that sends")

CARD = sa.select(cards.c.id).where(cards.c.state == "claimed")
REPLY = sa.select(outbox.c.id).where(
    outbox.c.state == "claimed", outbox.c.priority == Priority.REPLY.value
)


@pytest.fixture
async def sender(play: Play) -> Sender:
    """The one of Telegram, at the usual pace."""
    product = await play.start(telegram={"group_per_minute": 100})
    found: Sender = await play.until(lambda: product.duties.senders.get("telegram"))
    return found


async def taken(play: Play) -> None:
    """Boris has Anna's lead, and nothing is left to be sent."""
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    await play.quiet()


def lose_answer(
    sender: Sender,
    monkeypatch: pytest.MonkeyPatch,
    claimed: sa.Select[Any],
    then: Callable[[], None] = lambda: None,
) -> list[int]:
    """The first transaction that claims such is committed, and the sender hears of an error.

    What it claimed; `then` is called before the error.
    """
    found: list[int] = []
    database = copy.copy(sender._database)
    whole = database.write

    @asynccontextmanager
    async def write() -> AsyncIterator[AsyncConnection]:
        before = len(found)
        async with whole() as connection:
            yield connection
            if not before:
                found.extend((await connection.execute(claimed)).scalars().all())
        if len(found) > before:
            then()
            raise Unreachable("connection was closed in the middle of operation")

    monkeypatch.setattr(database, "write", write)
    monkeypatch.setattr(sender, "_database", database)
    return found


async def test_a_new_card_is_shown_once(
    play: Play, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = lose_answer(sender, monkeypatch, CARD)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    await play.quiet()
    assert len(lost) == 1
    assert len(play.team("How much")) == 1


async def test_replies_arrive_once_and_in_order_and_nobody_is_asked(
    play: Play, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    await taken(play)
    lost = lose_answer(sender, monkeypatch, REPLY)
    said = len(play.telegram.shown(TEAM))
    await play.reply(BORIS, 1, "From 100 euros")
    await play.reply(BORIS, 1, "A roof costs more")
    await play.heard(ANNA, "A roof")
    await play.quiet()
    heard = "\n".join(one.text for one in play.private(ANNA))
    assert heard.count("From 100 euros") == heard.count("A roof") == 1
    assert heard.index("From 100 euros") < heard.index("A roof")
    assert lost
    assert len(play.telegram.shown(TEAM)) == said + 2  # what Boris wrote, and nothing about it
    sent = [row for row in await play.rows(outbox) if row.priority == Priority.REPLY.value]
    assert {(row.state, row.attempts) for row in sent} == {("sent", 1)}


async def test_a_stop_right_after_it_leaves_nobody_in_doubt(
    play: Play, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    await taken(play)
    lost = lose_answer(sender, monkeypatch, REPLY, then=sender.stop)
    await play.reply(BORIS, 1, "From 100 euros")
    await play.until(lambda: lost)
    await play.stop()
    await play.start()
    await play.heard(ANNA, "From 100 euros")
