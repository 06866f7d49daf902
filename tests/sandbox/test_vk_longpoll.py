"""The long poll: numbering, waiting, and each way in which it fails."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from vk_api.bot_longpoll import VkBotLongPoll

from bot.sandbox.vk import Fault
from tests.sandbox.vk_client import ANNA, GROUP, PABLO, World, world


def texts(events: list[dict[str, Any]]) -> list[str]:
    return [event["object"]["message"]["text"] for event in events]


async def test_events_come_once_in_order_with_the_number_of_the_last() -> None:
    async with world() as vk:
        await vk.connect()
        for text in ("one", "two", "three"):
            vk.server.write(ANNA, text)
        first, again = await vk.poll(), await vk.poll()
    assert texts(first) == ["one", "two", "three"]
    assert (again, vk.ts) == ([], "5")
    assert {event["group_id"] for event in first} == {GROUP}
    assert {event["v"] for event in first} == {"5.199"}
    assert len({event["event_id"] for event in first}) == 3


async def test_a_waiting_poll_answers_when_anna_writes() -> None:
    async with world() as vk:
        await vk.connect()
        waiting = asyncio.create_task(vk.poll(wait=25))
        await until_polled(vk)
        vk.server.write(ANNA, "now")
        assert texts(await waiting) == ["now"]


async def test_downtime_events_are_there_for_the_old_number() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.write(ANNA, "before")
        await vk.poll()
        kept = vk.ts
        vk.server.write(ANNA, "while away")
        vk.server.write(PABLO, "y yo")
        vk.ts = kept
        await vk.connect()
        assert texts(await vk.poll()) == ["while away", "y yo"]


async def test_a_new_client_starts_with_the_newest_number() -> None:
    async with world() as vk:
        vk.ts = ""
        await vk.connect()
        assert (vk.ts, await vk.poll()) == ("2", [])


async def test_failed_1_when_the_number_is_forgotten_or_from_the_future() -> None:
    async with world() as vk:
        await vk.connect()
        for number in range(3):
            vk.server.write(ANNA, str(number))
        vk.server.forget_events(before=4)
        answers = []
        for ts in ("2", "999", "x", "3"):
            vk.ts = ts
            events = await vk.poll()
            answers.append((vk.last.get("failed"), texts(events)))
    assert answers == [(1, []), (1, []), (1, []), (None, ["1", "2"])]


async def test_failed_1_tells_a_number_that_works() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.forget_events(before=3)
        vk.ts = "0"
        await vk.poll()
        assert vk.last == {"failed": 1, "ts": 2}
        vk.ts = str(vk.last["ts"])
        vk.server.write(ANNA, "on we go")
        assert texts(await vk.poll()) == ["on we go"]


async def test_failed_2_after_the_key_expired_and_the_number_still_holds() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.expire_key()
        vk.server.write(ANNA, "meanwhile")
        await vk.poll()
        assert vk.last == {"failed": 2}
        await vk.connect()
        assert texts(await vk.poll()) == ["meanwhile"]


async def test_a_waiting_poll_is_told_that_its_key_expired() -> None:
    async with world() as vk:
        await vk.connect()
        waiting = asyncio.create_task(vk.poll(wait=25))
        await until_polled(vk)
        vk.server.expire_key()
        await waiting
    assert vk.last == {"failed": 2}


async def test_failed_3_after_all_was_lost() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.write(ANNA, "lost")
        vk.server.lose_history()
        await vk.poll()
        assert vk.last == {"failed": 3}
        vk.ts = ""
        await vk.connect()
        vk.server.write(ANNA, "found")
        assert texts(await vk.poll()) == ["found"]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 17])
async def test_any_failed_number_comes_on_demand(number: int) -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.fail("longpoll", Fault.failed(number))
        vk.server.write(ANNA, "kept")
        await vk.poll()
        assert vk.last["failed"] == number
        assert texts(await vk.poll()) == ["kept"]


async def test_a_dropped_poll_loses_nothing() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.write(ANNA, "kept")
        # aiohttp itself repeats a GET once when a kept connection was cut
        vk.server.fail("longpoll", Fault.DROP_AFTER, times=2)
        with pytest.raises(aiohttp.ClientConnectionError):
            await vk.poll()
        vk.server.heal()
        assert texts(await vk.poll()) == ["kept"]


async def test_an_outage_ends_the_waiting_poll() -> None:
    async with world() as vk:
        await vk.connect()
        waiting = asyncio.create_task(vk.poll(wait=25))
        await until_polled(vk)
        vk.server.outage(True)
        with pytest.raises(aiohttp.ClientConnectionError):
            await waiting
        vk.server.outage(False)
        vk.server.write(ANNA, "back")
        assert texts(await vk.poll()) == ["back"]


async def test_kinds_that_are_switched_off_do_not_come() -> None:
    async with world() as vk:
        await vk.connect()
        off = {"message_reply": 0, "message_typing_state": 1}
        await vk.call("groups.setLongPollSettings", group_id=GROUP, **off)
        told = await vk.call("groups.getLongPollSettings", group_id=GROUP)
        await vk.send(ANNA, "unheard", 1)
        vk.server.typing(ANNA)
        assert [event["type"] for event in await vk.poll()] == ["message_typing_state"]
    assert (told["events"]["message_reply"], told["events"]["message_new"]) == (0, 1)


async def test_a_long_poll_that_is_off_gives_no_server() -> None:
    async with world() as vk:
        await vk.call("groups.setLongPollSettings", group_id=GROUP, enabled=0)
        assert await vk.refusal("groups.getLongPollServer", group_id=GROUP) == 15


async def test_malformed_events_come_as_they_are() -> None:
    async with world() as vk:
        await vk.connect()
        strange: list[dict[str, Any]] = [{}, {"type": "brand_new", "object": 5}]
        for event in strange:
            vk.server.inject(event)
        assert await vk.poll() == strange


async def test_vk_apis_own_long_poll_understands_the_server() -> None:
    async with world() as vk:
        poll = await asyncio.to_thread(VkBotLongPoll, vk.vk, GROUP, 1)
        vk.server.write(ANNA, "hello again")
        try:
            [event] = await asyncio.to_thread(poll.check)
        finally:
            poll.session.close()
    assert (event.message["text"], event.from_user) == ("hello again", True)
    assert event.client_info["inline_keyboard"] is True


async def until_polled(vk: World) -> None:
    """Returns once the server holds a poll open."""
    while not vk.server.polling:
        await asyncio.sleep(0)
