"""Every way in which a call can go wrong, and what it leaves behind."""

from __future__ import annotations

import asyncio

import pytest
import requests
import vk_api
from vk_api.exceptions import ApiHttpError, Captcha

from bot.sandbox.vk import Fault
from tests.sandbox.vk_client import ANNA, PABLO, World, world


async def send(vk: World) -> int:
    return int(await vk.send(ANNA, "Hi!", 11))


def arrived(vk: World) -> bool:
    return vk.server.dialog(ANNA)[-1].text == "Hi!"


@pytest.mark.parametrize(
    ("fault", "error", "applied"),
    [
        (Fault.DROP_BEFORE, requests.ConnectionError, False),
        (Fault.DROP_AFTER, requests.ConnectionError, True),
        (Fault.HTML_502, ApiHttpError, False),
        (Fault.HTML_200, requests.JSONDecodeError, False),
        (Fault.TRUNCATED_JSON, requests.JSONDecodeError, True),
        (Fault.CAPTCHA, Captcha, False),
        (Fault.code(10), vk_api.ApiError, False),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Fault) else "",
)
async def test_a_fault_comes_once_and_the_log_knows_what_became_of_the_call(
    fault: Fault, error: type[Exception], applied: bool
) -> None:
    async with world() as vk:
        vk.server.fail("messages.send", fault)
        with pytest.raises(error):
            await send(vk)
        assert arrived(vk) is applied
        assert (vk.server.calls[-1].fault, vk.server.calls[-1].applied) == (fault, applied)
        again = await send(vk)
        assert [m.text for m in vk.server.dialog(ANNA)] == ["hello", "Hi!"]
        assert vk.server.dialog(ANNA)[-1].id == again


async def test_a_hanging_call_is_never_applied() -> None:
    async with world(timeout=0.2) as vk:
        vk.server.fail("messages.send", Fault.HANG)
        with pytest.raises(requests.ReadTimeout):
            await send(vk)
        assert not arrived(vk)


async def test_a_slow_call_is_applied_before_its_client_gave_up() -> None:
    async with world(timeout=0.2) as vk:
        vk.server.fail("messages.send", Fault.slow(30))
        with pytest.raises(requests.ReadTimeout):
            await send(vk)
        assert arrived(vk)
        assert vk.server.calls[-1].applied


async def test_a_hanging_call_does_not_keep_the_server_from_stopping() -> None:
    async with world() as vk:
        vk.server.fail("utils.getServerTime", Fault.HANG)
        hanging = asyncio.create_task(vk.call("utils.getServerTime"))
        while not vk.server.calls:
            await asyncio.sleep(0)
        await vk.server.stop()
        with pytest.raises(requests.ConnectionError):
            await hanging


async def test_a_captcha_tells_its_picture() -> None:
    async with world() as vk:
        vk.server.fail("messages.send", Fault.CAPTCHA)
        with pytest.raises(Captcha) as caught:
            await send(vk)
    assert caught.value.sid == "100500"
    assert caught.value.get_url().startswith("https://")


async def test_a_fault_may_be_for_one_peer_and_for_several_times() -> None:
    async with world() as vk:
        vk.server.fail("messages.send", Fault.code(9), times=2, peer=ANNA)
        asked = {"message": "x", "random_id": 1}
        codes = [
            await vk.refusal("messages.send", peer_id=peer, **asked)
            for peer in (PABLO, ANNA, ANNA, ANNA)
        ]
    assert codes == [0, 9, 9, 0]


async def test_a_fault_may_be_for_every_method_until_healed() -> None:
    async with world() as vk:
        vk.server.fail("*", Fault.code(10), times=1000)
        broken = await vk.refusal("users.get", user_ids=ANNA)
        vk.server.heal()
        healed = await vk.refusal("users.get", user_ids=ANNA)
    assert (broken, healed) == (10, 0)


async def test_in_an_outage_nothing_answers_and_nothing_is_applied() -> None:
    async with world() as vk:
        vk.server.outage(True)
        with pytest.raises(requests.ConnectionError):
            await send(vk)
        vk.server.outage(False)
        assert not arrived(vk)
        await send(vk)
        assert arrived(vk)


async def test_a_stopped_server_starts_again_with_its_memory() -> None:
    async with world() as vk:
        port = int(vk.server.url.rpartition(":")[2])
        await vk.server.stop()
        with pytest.raises(requests.ConnectionError):
            await send(vk)
        await vk.server.start(port)
        await send(vk)
        assert [message.text for message in vk.server.dialog(ANNA)] == ["hello", "Hi!"]


@pytest.mark.parametrize(
    ("method", "fault"),
    [("messages.send", Fault.failed(1)), ("longpoll", Fault.code(6)), ("upload", Fault.CAPTCHA)],
)
async def test_an_impossible_fault_is_refused_at_once(method: str, fault: Fault) -> None:
    async with world() as vk:
        with pytest.raises(ValueError, match=method):
            vk.server.fail(method, fault)
