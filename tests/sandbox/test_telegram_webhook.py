"""Webhooks of the local Telegram: order, secret, repetition, and no polling beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiohttp import web

from tests.sandbox.telegram_cast import ANNA, Stage, stage

SECRET = "invented_secret"


class Receiver:
    """The other side: refuses the first `refusals` posts, takes the rest."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.texts: list[str] = []
        self.secrets: set[str | None] = set()
        self.done = asyncio.Event()
        self.url = ""

    async def take(self, request: web.BaseRequest) -> web.Response:
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503)
        text = (await request.json())["message"]["text"]
        self.texts.append(text)
        if text == "конец":
            self.done.set()
        return web.Response()


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[Receiver]:
    server = web.Server(receiver.take)
    listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        listener.close()
        await server.shutdown(0.1)


@pytest.fixture
async def play() -> AsyncIterator[Stage]:
    async with stage() as it:
        it.server.webhook.retry_delay = 0.001
        yield it


async def test_updates_are_posted_in_order_until_they_are_taken(play: Stage) -> None:
    async with listening(Receiver(refusals=2)) as receiver:
        play.server.write(ANNA, ANNA, "до")
        await play.bot.set_webhook(receiver.url, secret_token=SECRET)
        play.server.write(ANNA, ANNA, "после")
        play.server.write(ANNA, ANNA, "конец")
        await receiver.done.wait()
        assert receiver.texts == ["до", "после", "конец"]
        assert receiver.secrets == {SECRET}
        info = await play.bot.get_webhook_info()
        assert info.url == receiver.url
        assert info.last_error_message == (
            "Wrong response from the webhook: 503 Service Unavailable"
        )
        await play.bot.delete_webhook()


async def test_nobody_polls_while_a_webhook_is_set(play: Stage) -> None:
    async with listening(Receiver()) as receiver:
        waiting = asyncio.create_task(play.bot.get_updates(timeout=30))
        await play.server.until(lambda: play.server.calls)
        await play.bot.set_webhook(receiver.url)
        with pytest.raises(TelegramConflictError, match="terminated by setWebhook request"):
            await waiting
        with pytest.raises(TelegramConflictError, match="webhook is active"):
            await play.bot.get_updates()
        await play.bot.delete_webhook(drop_pending_updates=True)
        assert await play.bot.get_updates() == []


async def test_only_safe_addresses_and_plain_secrets_are_taken(play: Stage) -> None:
    with pytest.raises(TelegramBadRequest, match="An HTTPS URL must be provided for webhook"):
        await play.bot.set_webhook("http://example.org/hook")
    with pytest.raises(TelegramBadRequest, match="unallowed characters"):
        await play.bot.set_webhook("https://example.org/hook", secret_token="привет")
    with pytest.raises(TelegramBadRequest, match="only on ports 80, 88, 443 or 8443"):
        await play.bot.set_webhook("https://example.org:8081/hook")
    with pytest.raises(TelegramBadRequest, match="max_connections"):
        await play.bot.set_webhook("https://example.org/hook", max_connections=101)
    assert (await play.bot.get_webhook_info()).url == ""
