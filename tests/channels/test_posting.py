"""How channels that are posted to see to it, in a long list over the messengers' servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.webhook import LOOK, trouble
from bot.channels.vk import VkChannel
from bot.channels.vk.receive import Position
from bot.messages import ChannelRefused, Raw
from bot.sandbox.telegram import Fault, Limits, TelegramServer
from bot.sandbox.vk import Fault as VkFault
from bot.sandbox.vk import Limits as VkLimits
from bot.sandbox.vk import VkServer
from tests.channels.adapters import TelegramSettings
from tests.channels.vk_place import ANNA, GROUP
from tests.channels.vk_place import Settings as VkSettings

URL, SECRET = "https://example.org/hooks/one", "s3cr3t_-s3cr3t"


class Over(Exception):
    """Enough was seen."""


class Watcher:
    """What a channel tells, and each of its waits; after the given number of them it ends."""

    def __init__(self, waits: int, between: Sequence[Callable[[], Any]] = ()) -> None:
        self.waits: list[float] = []
        self.heard = 0
        self.raws: list[Raw] = []
        self.cursor = ""
        self._left = waits
        self._between = list(between)

    async def accept(self, raws: Sequence[Raw], cursor: str) -> None:
        self.heard += not raws
        self.raws += raws
        self.cursor = cursor

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if len(self.waits) == self._left:
            raise Over
        found = self._between.pop(0)() if self._between else None
        if found is not None:
            await found


@asynccontextmanager
async def telegram(url: str = URL) -> AsyncIterator[tuple[TelegramServer, Callable[..., Any]]]:
    """A Bot API server, and what runs a channel that is posted to by it."""
    server = TelegramServer("77:sandbox", limits=Limits.none())
    await server.start()

    async def run(watcher: Watcher) -> Watcher:
        settings = TelegramSettings(
            server.token, server.url, mode="webhook", webhook_url=url, webhook_secret=SECRET
        )
        channel = TelegramChannel("telegram", settings, sleep=watcher.sleep)
        try:
            with pytest.raises(Over):
                await channel.receive(watcher.accept, "")
        finally:
            await channel.close()
        return watcher

    try:
        yield server, run
    finally:
        await server.stop()


def methods(server: TelegramServer) -> list[str]:
    return [call.method for call in server.calls]


async def test_the_webhook_is_set_once_and_then_looked_at() -> None:
    async with telegram() as (server, run):
        watcher = await run(Watcher(3))
        assert methods(server) == ["setWebhook", "getWebhookInfo", "getWebhookInfo"]
        assert server.webhook.url == URL
    assert watcher.waits == [LOOK] * 3
    assert watcher.heard == 3


async def test_what_passes_by_itself_is_tried_again() -> None:
    async with telegram() as (server, run):
        for fault in (Fault.DROP_BEFORE, Fault.HTML_502, Fault.SERVER_ERROR, Fault.TRUNCATED_JSON):
            server.fail("setWebhook", fault)
        server.fail("setWebhook", Fault.TOO_MANY, retry_after=90)
        watcher = await run(Watcher(6))
        assert methods(server) == ["setWebhook"] * 6
        assert server.webhook.url == URL
    assert watcher.waits[4] == 90
    assert watcher.waits[5] == LOOK
    assert watcher.heard == 1


async def test_an_address_that_telegram_refuses_is_for_a_person_to_mend() -> None:
    async with telegram("http://example.org/hooks/one") as (server, run):
        with pytest.raises(ChannelRefused, match="must be provided for webhook") as told:
            await run(Watcher(1))
        assert server.webhook.url == ""
    assert "see to its webhook_url" in str(told.value)
    assert SECRET not in str(told.value)
    assert "hooks" not in str(told.value)


async def test_a_token_that_is_refused_is_for_a_person_to_mend() -> None:
    for method in ("setWebhook", "getWebhookInfo"):
        async with telegram() as (server, run):
            server.fail(method, Fault.UNAUTHORIZED)
            with pytest.raises(ChannelRefused, match="refuses the token"):
                await run(Watcher(5))


async def test_an_address_that_telegram_writes_in_its_own_way_is_ours() -> None:
    async with telegram("https://Example.org:443") as (server, run):

        def rewrite() -> None:
            server.webhook.url = "https://example.org/"

        await run(Watcher(3, [rewrite]))
        assert methods(server).count("setWebhook") == 1


async def test_a_webhook_that_is_taken_away_is_set_again() -> None:
    async with telegram() as (server, run):

        def take_away() -> None:
            server.webhook.url = ""

        with capture_logs() as log:
            await run(Watcher(3, [take_away]))
        assert methods(server) == ["setWebhook", "getWebhookInfo", "setWebhook"]
        assert server.webhook.url == URL
    assert [one["event"] for one in log] == ["webhook_lost"]


async def test_while_posts_fail_nobody_is_told_that_all_is_well() -> None:
    async with telegram("http://127.0.0.1:9/hook") as (server, run):

        async def fail() -> None:
            server.add_user(ANNA, "Anna")
            server.started(ANNA)
            server.write(ANNA, ANNA, "Hello")
            while not server.webhook.posts:
                await asyncio.sleep(0.001)

        def take() -> None:
            server.world.updates.confirm(server.world.updates.next_id)

        with capture_logs() as log:
            watcher = await run(Watcher(4, [fail, lambda: None, take]))
        assert set(dict(server.webhook.posts).values()) == {0}
    assert watcher.heard == 2  # when it was set, and at the end
    assert [one["event"] for one in log] == ["webhook_unreached"] * 2
    assert [one["reason"] for one in log] == ["Connection refused"] * 2


def test_a_failure_of_long_ago_is_history() -> None:
    failed = {"pending_update_count": 3, "last_error_message": "Connection refused"}
    assert trouble({**failed, "last_error_date": 10**10}) == "Connection refused"
    assert trouble({**failed, "last_error_date": 10**9}) == ""
    assert trouble({**failed, "last_error_date": 10**10, "pending_update_count": 0}) == ""
    assert trouble({"pending_update_count": 3}) == ""


# --- VK ---


@asynccontextmanager
async def vk() -> AsyncIterator[tuple[VkServer, Callable[..., Any]]]:
    """A local VK, and what runs a channel that is posted to by it."""
    server = VkServer("vk1.sandbox", GROUP, limits=VkLimits.none())
    server.add_user(ANNA, "Anna")
    server.allow(ANNA)
    await server.start()

    async def run(watcher: Watcher, cursor: str = "") -> Watcher:
        settings = VkSettings(
            server.url, mode="callback", callback_url=URL, secret=SECRET, confirmation="c0de"
        )
        channel = VkChannel("vk", settings, sleep=watcher.sleep)
        try:
            with pytest.raises(Over):
                await channel.receive(watcher.accept, cursor)
        finally:
            await channel.close()
        return watcher

    try:
        yield server, run
    finally:
        await server.stop()


def name_it(server: VkServer, *, url: str = URL, secret: str = SECRET, status: str = "ok") -> None:
    """The address as the community's settings have it."""
    server.community.add_callback("Dialead", url, secret).status = status


async def test_an_address_that_vk_posts_to_is_looked_at_now_and_then() -> None:
    async with vk() as (server, run):
        name_it(server)
        watcher = await run(Watcher(3))
    assert watcher.waits == [LOOK] * 3
    assert watcher.heard == 3
    assert Position.read(watcher.cursor).seen > 10**9


@pytest.mark.parametrize(
    "named",
    [
        {"url": "https://example.org/another"},
        {"secret": "another"},
        {"status": "wait"},
        {"status": "failed"},
    ],
)
async def test_an_address_that_vk_cannot_post_to_is_no_good_news(named: dict[str, str]) -> None:
    async with vk() as (server, run):
        name_it(server, **named)
        with capture_logs() as log:
            watcher = await run(Watcher(3), "@1700000000")
    assert watcher.heard == 0
    assert [one["event"] for one in log] == ["callback_unreached"] * 3


async def test_a_key_that_may_not_see_the_settings_still_answers() -> None:
    async with vk() as (server, run):
        server.community.permissions.discard("manage")
        assert (await run(Watcher(2))).heard == 2


async def test_a_token_that_vk_refuses_is_for_a_person_to_mend() -> None:
    async with vk() as (server, run):
        server.token = "vk1.another"
        with pytest.raises(ChannelRefused, match="refuses the token"):
            await run(Watcher(1))


async def test_faults_of_vk_are_waited_out() -> None:
    async with vk() as (server, run):
        name_it(server)
        for fault in (VkFault.DROP_BEFORE, VkFault.HTML_502, VkFault.HTML_200, VkFault.code(10)):
            server.fail("groups.getCallbackServers", fault)
        watcher = await run(Watcher(5), "@1700000000")
    assert watcher.heard == 1
    assert max(watcher.waits[:4]) <= 30
    assert watcher.waits[4] == LOOK


async def test_what_vk_could_not_post_is_found_in_the_conversations() -> None:
    async with vk() as (server, run):
        name_it(server)
        server.write(ANNA, "while we were away")
        watcher = await run(Watcher(2), "17@1700000000")
        assert [one.body["object"]["message"]["text"] for one in watcher.raws] == [
            "while we were away"
        ]
        assert Position.read(watcher.cursor).ts == "17"

        def fail() -> None:
            server.community.callbacks[1].status = "failed"

        def mend() -> None:
            server.write(ANNA, "and while it failed")
            server.community.callbacks[1].status = "ok"

        found = (await run(Watcher(4, [fail, mend]), watcher.cursor)).raws
        texts = [one.body["object"]["message"]["text"] for one in found]
        assert texts[-1] == "and while it failed"


async def test_a_gap_that_vk_does_not_show_stops_nothing() -> None:
    async with vk() as (server, run):
        name_it(server)
        server.community.permissions.discard("messages")
        assert (await run(Watcher(2), "@1700000000")).heard == 2
