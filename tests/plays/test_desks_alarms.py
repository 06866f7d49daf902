"""What fails, and what only a person can mend: each desk's supervisors hear of their own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.messages import MessageReceived, TroubleSeen
from bot.sandbox.vk.faults import LONG_POLL
from bot.sandbox.vk.faults import Fault as VkFault
from bot.watch import EVERY, SILENT
from handlers import router
from handlers.work import Work
from storage.schema import inbox
from tests.cast import ANNA, BORIS, PABLO, VERA
from tests.plays.desks import two_desks
from tests.plays.play import Play
from tests.plays.test_desks import asked


@pytest.fixture
async def poison(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Words whose messages our handler fails upon, until they are taken out."""
    usual, words = router._HANDLERS[MessageReceived], {"poison"}

    async def failing(work: Work, event: Any) -> None:
        if any(word in event.text for word in words):
            raise RuntimeError("a fault of ours")
        await usual(work, event)

    monkeypatch.setitem(router._HANDLERS, MessageReceived, failing)
    monkeypatch.setattr("bot.delivery.setbacks.ATTEMPTS", 1)
    return words


async def aside(play: Play) -> dict[str, str]:
    """The numbers of what is set aside, by channel."""
    return {row.channel: str(row.id) for row in await play.rows(inbox) if row.state == "dead"}


async def both(play: Play, service: Play) -> tuple[str, str]:
    """A message at each desk is set aside; their numbers, once Vera heard of both."""
    play.telegram.write(ANNA, ANNA, "poison")
    await play.heard(VERA, "set aside: RuntimeError")
    service.vk.write(PABLO, "poison")
    while len(await aside(play)) < 2:
        await asyncio.sleep(0)
    play.move(61)
    await service.heard(VERA, "RuntimeError")
    await play.quiet()
    found = await aside(play)
    return found["telegram"], found["vk.shop"]


async def test_each_desk_hears_of_and_decides_what_its_own_channels_set_aside(
    play: Play, poison: set[str]
) -> None:
    async with two_desks(play) as service:
        ours, theirs = await both(play, service)
        assert [len(play.private(VERA, "RuntimeError")), len(service.private(VERA))] == [1, 1]
        (told,) = service.private(VERA)
        assert theirs in told.text
        assert f"{ours} · telegram ·" in await asked(play, VERA, "/dead", chat=VERA)
        listed = await asked(service, VERA, "/dead", chat=VERA)
        assert f"{theirs} · vk.shop ·" in listed
        assert "telegram ·" not in listed
        poison.clear()
        refused = await asked(service, VERA, f"/dead retry {ours}")
        assert refused == f"No se hizo nada. No está apartado: {ours}"
        await asked(service, VERA, "/dead retry all")
        await service.card(1, "poison")
        await play.quiet()
        assert await aside(play) == {"telegram": ours}
        await asked(play, VERA, "/dead drop all")
        assert not await aside(play)


async def test_notices_that_wait_together_are_told_each_at_its_desk(
    play: Play, poison: set[str]
) -> None:
    async with two_desks(play) as service:
        await both(play, service)
        for number in range(3):
            play.telegram.write(ANNA, ANNA, f"poison {number}")
            service.telegram.write(PABLO, PABLO, f"poison {number}")
        while [row.state for row in await play.rows(inbox)].count("dead") < 8:
            await asyncio.sleep(0)
        play.move(61)
        await play.until(lambda: play.private(VERA, "3 × RuntimeError"))
        await play.until(lambda: service.private(VERA, "3 × RuntimeError"))
        await play.quiet()
        assert len(service.private(VERA, "RuntimeError")) == 2


async def test_a_manager_of_the_second_desk_learns_nothing(play: Play, poison: set[str]) -> None:
    async with two_desks(play) as service:
        await both(play, service)
        assert await asked(service, BORIS, "/dead") == (
            "Solo los supervisores deciden sobre lo apartado"
        )


async def test_a_community_that_is_silent_is_told_at_its_desk(play: Play) -> None:
    async with two_desks(play, deadlines={"take": "P9D"}) as service:
        service.vk.fail(LONG_POLL, VkFault.HTML_502, times=-1)
        service.vk.fail("groups.getLongPollServer", VkFault.HTML_502, times=-1)
        await asyncio.sleep(SILENT + EVERY)
        told = await service.heard(VERA, "VK shop")
        assert told.text.startswith("⚠️ VK shop no responde")
        service.vk.heal()
        await asyncio.sleep(EVERY)
        await play.until(lambda: len(service.private(VERA, "VK shop")) == 2)
        assert not play.private(VERA)


async def test_a_bot_that_is_silent_is_told_by_the_first_one(play: Play) -> None:
    async with two_desks(play, deadlines={"take": "P9D"}) as service:
        await asyncio.sleep(30)
        await service.telegram.outage(True)
        await asyncio.sleep(SILENT + EVERY)
        told = await play.heard(VERA, "Telegram service")
        assert told.text.startswith("⚠️ Telegram service does not answer")
        await service.telegram.outage(False)
        await asyncio.sleep(EVERY)
        await play.heard(VERA, "Telegram service answers again")
        await asyncio.sleep(600)
        assert len(play.private(VERA)) == 2
        assert not service.private(VERA)


async def test_what_was_missed_is_told_at_the_desk_that_misses_it(play: Play) -> None:
    async with two_desks(play) as service:
        assert play.product is not None
        missed = TroubleSeen("gap", "telegram.service", play.product.now())
        await play.product.inbox.add({"gap": missed})  # whoever tells of it is there again
        await service.heard(VERA, "Telegram service: no he podido revisar todo lo escrito")
        assert not play.private(VERA)
