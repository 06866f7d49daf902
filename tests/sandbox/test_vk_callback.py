"""The Callback API: confirmation, order, secret, retries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from vk_api.exceptions import ApiError

from bot.sandbox.vk import Limits
from tests.sandbox.vk_client import ANNA, GROUP, World, world


class Listener:
    """The product's side: keeps what came, answers as told."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.answers: list[str | int] = []
        self.url = ""
        self.code = "c0de"

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.bodies.append(body)
        if body["type"] == "confirmation":
            return web.Response(text=self.code)
        answer = self.answers.pop(0) if self.answers else "ok"
        return web.Response(text=str(answer), status=answer if isinstance(answer, int) else 200)

    @property
    def types(self) -> list[str]:
        return [body["type"] for body in self.bodies]


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    app = web.Application()
    app.router.add_post("/vk", listener.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/vk"
    try:
        yield listener
    finally:
        await runner.cleanup()


async def test_a_confirmed_address_gets_events_in_order_with_the_secret() -> None:
    async with world() as vk, listening() as listener:
        callback = await vk.server.callback(listener.url, secret="s3", confirmation="c0de")
        assert callback is not None
        vk.server.write(ANNA, "one")
        vk.server.deny(ANNA)
        await callback.delivered()
    assert listener.types == ["confirmation", "message_new", "message_deny"]
    assert {body["secret"] for body in listener.bodies} == {"s3"}
    assert {body["group_id"] for body in listener.bodies} == {GROUP}


async def test_an_address_with_a_wrong_code_gets_nothing() -> None:
    async with world() as vk, listening() as listener:
        assert await vk.server.callback(listener.url, confirmation="other") is None
        vk.server.write(ANNA, "one")
    assert listener.types == ["confirmation"]


async def test_an_event_is_posted_again_until_it_is_taken() -> None:
    async with world(limits=Limits(callback_retries=(0, 0))) as vk, listening() as listener:
        callback = await vk.server.callback(listener.url, confirmation="c0de")
        assert callback is not None
        listener.answers = [500, "busy", "ok"]
        vk.server.write(ANNA, "one")
        vk.server.write(ANNA, "two")
        await callback.delivered()
        told = [answer for _, answer in callback.attempts]
    texts = [body["object"]["message"]["text"] for body in listener.bodies[1:]]
    assert texts == ["one", "one", "one", "two"]
    assert len({body["event_id"] for body in listener.bodies[1:]}) == 2
    assert told == ["HTTP 500", "busy", "ok", "ok"]


async def test_an_event_is_given_up_after_the_last_retry() -> None:
    async with world(limits=Limits(callback_retries=(0,))) as vk, listening() as listener:
        callback = await vk.server.callback(listener.url, confirmation="c0de")
        assert callback is not None
        listener.answers = [500, 500]
        vk.server.write(ANNA, "one")
        vk.server.write(ANNA, "two")
        await callback.delivered()
    texts = [body["object"]["message"]["text"] for body in listener.bodies[1:]]
    assert texts == ["one", "one", "two"]


# --- by the methods ---

NAMED = {"group_id": GROUP, "title": "Dialead", "secret_key": "s3"}


async def settled(vk: World) -> dict[str, Any]:
    """The only address, once VK has asked it."""
    while True:
        [server] = (await vk.call("groups.getCallbackServers", group_id=GROUP))["items"]
        if server["status"] != "wait":
            return dict(server)


async def test_an_address_named_by_a_method_is_asked_for_the_code_of_the_methods() -> None:
    async with world() as vk, listening() as listener:
        code = (await vk.call("groups.getCallbackConfirmationCode", group_id=GROUP))["code"]
        added = await vk.call("groups.addCallbackServer", url=listener.url, **NAMED)
        server = await settled(vk)
        assert (server["id"], server["status"]) == (added["server_id"], "failed")
        listener.code = code
        await vk.call(
            "groups.editCallbackServer", url=listener.url, server_id=server["id"], **NAMED
        )
        assert (await settled(vk))["status"] == "ok"
        ticked = {"group_id": GROUP, "server_id": server["id"], "message_deny": 1}
        await vk.call("groups.setCallbackSettings", **ticked)
        told = await vk.call("groups.getCallbackSettings", group_id=GROUP, server_id=server["id"])
        assert [name for name, on in told["events"].items() if on] == ["message_deny"]
        vk.server.write(ANNA, "one")
        vk.server.deny(ANNA)
        await vk.server._callbacks[0].delivered()
    assert listener.types == ["confirmation", "confirmation", "message_deny"]
    assert {body["secret"] for body in listener.bodies} == {"s3"}


@pytest.mark.parametrize(
    ("method", "given", "code"),
    [
        ("groups.getCallbackServers", {"group_id": 8}, 15),
        ("groups.addCallbackServer", {**NAMED, "url": "example.org"}, 100),
        ("groups.addCallbackServer", {**NAMED, "url": "http://x.org", "title": "x" * 15}, 100),
        ("groups.addCallbackServer", {**NAMED, "url": "http://x.org", "secret_key": "x" * 51}, 100),
        ("groups.editCallbackServer", {**NAMED, "url": "http://x.org", "server_id": 5}, 104),
        ("groups.getCallbackSettings", {"group_id": GROUP, "server_id": 5}, 104),
        ("groups.setCallbackSettings", {"group_id": GROUP}, 104),
    ],
)
async def test_what_vk_would_refuse_is_refused(
    method: str, given: dict[str, Any], code: int
) -> None:
    async with world() as vk:
        with pytest.raises(ApiError) as refused:
            await vk.call(method, **given)
        assert refused.value.code == code


async def test_a_community_has_ten_addresses_at_most() -> None:
    async with world() as vk, listening() as listener:
        for _ in range(10):
            await vk.call("groups.addCallbackServer", url=listener.url, **NAMED)
        with pytest.raises(ApiError, match="Servers number limit is reached"):
            await vk.call("groups.addCallbackServer", url=listener.url, **NAMED)
