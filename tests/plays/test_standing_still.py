"""A process among several that missed something: what it knew of may be otherwise by now."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from bot import leading
from bot.delivery.adopt import MISSES
from bot.delivery.items import Item
from bot.delivery.outbox import Sender
from bot.desks import Desks
from bot.product import Product
from bot.sandbox.telegram import Fault
from storage import leases, schema
from storage.database import Database, Lease
from storage.failures import Unreachable
from tests.cast import ANNA, BORIS, PABLO, TEAM
from tests.leaping import LeapingLoop
from tests.plays.play import Play, another

NEW = -100_9

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

_IN_ORDER = {"telegram": {"group_per_minute": 119}}  # so that a post in doubt is sought


@pytest.mark.one_process("it makes the one that sends stand still")
async def test_what_was_claimed_before_it_stood_still_is_claimed_anew(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "EVERY", 1.0)
    monkeypatch.setattr(leading, "LASTS", 10.0)
    product = await play.start()
    sender = await play.until(lambda: product.duties.senders.get("telegram"))
    draw, drawn = sender._caller._render, []

    async def stand_still_once(*asked: Any) -> Any:
        face = await draw(*asked)
        drawn.append(len(play.team("#1")))
        if len(drawn) == 1:
            stand_still()
        return face

    monkeypatch.setattr(sender._caller, "_render", stand_still_once)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    await play.quiet()
    assert len(drawn) > 1, "what was claimed before was sent"
    assert not any(drawn)
    assert len(play.team("#1")) == 1


@pytest.mark.one_process("it makes it stand still while another one buries it")
async def test_who_was_taken_for_dead_is_not_alive_again_by_saying_so(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "EVERY", 1.0)
    monkeypatch.setattr(leading, "LASTS", 10.0)
    product = await play.start()
    await play.until(lambda: product.duties.senders.get("telegram"))
    gone, unlike, lived = product.leading.process, leases.Presence.unlike, list[bool]()
    buried = schema.processes.delete().where(schema.processes.c.id == gone)

    async def look(presence: leases.Presence) -> frozenset[int]:
        found = await unlike(presence)
        if presence.number == gone:
            lived.append(product.leading.lives)
            async with product.database.write() as connection:  # as one more process would
                await connection.execute(buried)
            stand_still()
        return found

    monkeypatch.setattr(leases.Presence, "unlike", look)
    await play.until(lambda: product.leading.process not in (gone, leases.NOBODY))
    assert product.leading.lives
    assert lived == [True], "it lived again by the lease that it had lost"


@pytest.mark.one_process("it counts how often one looks")
async def test_a_chat_that_moved_while_the_database_was_away_is_known_once_it_is_back(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    was, now = f"telegram:{TEAM}", f"telegram:{NEW}"
    looks, done = list[str](), list[str]()

    async def fail_once(desks: Desks, database: Database) -> None:
        looks.append(desks.first.chat)
        if len(looks) == 3:  # after that of the start, and that of joining the others
            raise Unreachable("away")
        await restore(desks, database)
        done.append(desks.first.chat)

    restore = Desks.restore
    monkeypatch.setattr(Desks, "restore", fail_once)
    async with another(play) as product:
        await play.until(lambda: len(done) == 2)
        async with product.database.write() as connection:  # as one more process would
            await connection.execute(schema.chats.insert().values(address=was, moved_to=now))
        await play.until(lambda: product.desks.first.chat == now)
    assert looks == [was] * 4


@pytest.mark.one_process("it lets another one take over at one moment of a search")
async def test_who_seeks_a_card_writes_nothing_over_what_another_posted_meanwhile(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "EVERY", 1.0)
    product = await in_order(play)
    search = Search(play, product.duties.senders["telegram"], looks=1)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await search.waits()
    async with another(play, leads=True, **_IN_ORDER), unheard(product):
        await play.card(1, "How much is a window?")
        play.telegram.write(PABLO, PABLO, "And a door?")
        card = await play.card(2, "And a door?")
        await search.goes_on()
        assert "And a door?" in card.text
        assert len(play.team("How much is a window?")) == 1


@pytest.mark.one_process("it lets another one take over at one moment of a search")
async def test_who_comes_back_posts_nothing_that_another_posted_meanwhile(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "EVERY", 1.0)
    product = await in_order(play)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1, "How much is a window?")
    await play.quiet()
    search = Search(play, product.duties.senders["telegram"], looks=MISSES)
    play.telegram.write(ANNA, ANNA, "And a door?")
    await search.waits()
    async with another(play, leads=True, **_IN_ORDER):
        async with unheard(product):
            await play.until(lambda: play.team("And a door?"))
        await play.until(lambda: product.leading.lives)
        await search.goes_on()
        await play.quiet()
        assert len(play.team("And a door?")) == 1


@pytest.mark.one_process("it lets one lose its connection at one moment of its beginning")
async def test_what_was_given_to_a_number_that_is_gone_is_taken_again(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "EVERY", 1.0)
    take, gone = leases.take, set[int]()

    async def take_late(database: Database, name: str, process: int) -> Lease | None:
        lease = await take(database, name, process)
        if not gone:
            gone.add(process)
            async with unheard(product):
                await play.until(lambda: not product.leading.lives)
            await play.until(lambda: product.leading.lives)
        return lease

    monkeypatch.setattr(leases, "take", take_late)
    product = await play.start()
    await play.until(lambda: product.duties.keeps_up and len(product.duties.senders) == 2)
    held = {row.name: row.process for row in await play.rows(schema.leases)}
    assert gone
    assert held == dict.fromkeys(("upkeep", "telegram", "vk"), product.leading.process)


async def in_order(play: Play) -> Product:
    """One that sends one call after the other to a chat in which it has posted something."""
    product = await play.start(**_IN_ORDER)
    play.telegram.write(BORIS, TEAM, "/help")
    await play.until(lambda: [one for one in play.team() if one.from_bot])
    await play.quiet()
    return product


class Search:
    """One for a post that is not there: after some looks it waits for its turn."""

    def __init__(self, play: Play, sender: Sender, looks: int) -> None:
        self._play = play
        self._sender = sender
        self._until = self._looks() + looks
        self._turn = False
        self._ready_at = sender._caller._ready_at
        sender._caller._ready_at = self._when  # type: ignore[method-assign]
        play.telegram.fail("sendMessage", Fault.DROP_BEFORE, chat=TEAM)

    async def waits(self) -> None:
        """Until it has looked so often."""
        await self._play.until(lambda: self._looks() == self._until)

    async def goes_on(self) -> None:
        """Its turn has come; until it has ended."""
        assert self._sender._flying
        self._turn = True
        await self._play.until(lambda: not self._sender._flying)

    def _when(self, item: Item) -> float:
        waits = self._looks() >= self._until and not self._turn
        return math.inf if waits else self._ready_at(item)

    def _looks(self) -> int:
        return [call.method for call in self._play.telegram.calls].count("editMessageText")


@asynccontextmanager
async def unheard(product: Product) -> AsyncIterator[None]:
    """Meanwhile PostgreSQL does not serve the connection on which it says that it lives."""

    def refuse() -> None:
        raise Unreachable("PostgreSQL is away")

    killed = sa.text("select pg_terminate_backend(backend) from processes where id = :id")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(product.database, "own_connection", refuse)
        async with product.database.read() as connection:
            await connection.execute(killed, {"id": product.leading.process})
        yield


def stand_still() -> None:
    """For longer than others wait until they go on without it; nothing happens meanwhile."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, LeapingLoop)
    loop.ahead += leading.LASTS + 1
