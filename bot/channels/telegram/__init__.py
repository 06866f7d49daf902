"""Telegram as a channel: one bot under one token."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from bot.channels.telegram import check, files, fit, parse, people, receive, send, webhook
from bot.channels.telegram.client import Client, as_id
from bot.channels.telegram.receive import Sleep
from bot.channels.telegram.topics import Icons
from bot.messages import (
    Accept,
    Attachment,
    Channel,
    Download,
    Event,
    Finding,
    Member,
    OpenFile,
    Outgoing,
    Post,
    Profile,
    Sent,
)


class Settings(Protocol):
    """What a Telegram channel needs to be told; `proxy` is "" for none.

    `webhook_url` and `webhook_secret` count where `mode` is "webhook".
    """

    @property
    def token(self) -> str: ...
    @property
    def api_url(self) -> str: ...
    @property
    def proxy(self) -> str: ...
    @property
    def mode(self) -> str: ...
    @property
    def webhook_url(self) -> str: ...
    @property
    def webhook_secret(self) -> str: ...


def open_channel(name: str, settings: Settings) -> Channel:
    """The channel under this name; no connection is opened before the first call."""
    return TelegramChannel(name, settings)


class TelegramChannel:
    """One bot on a Bot API server; see `bot.messages.Channel` for what each method promises."""

    repeatable = 0.0  # Telegram posts whatever it is sent, however often

    def __init__(self, name: str, settings: Settings, sleep: Sleep = asyncio.sleep) -> None:
        self.name = name
        self._sleep = sleep
        self._me = settings.token.partition(":")[0]  # a token begins with its bot's id
        self._client = Client(settings.token, settings.api_url, settings.proxy)
        self._icons = Icons(self._client)
        self.hook: webhook.Webhook | None = None
        if settings.mode == "webhook":
            self.hook = webhook.Webhook(settings.webhook_url, settings.webhook_secret)

    async def receive(self, accept: Accept, cursor: str) -> None:
        """Poll, or see to the webhook; the cursor stays unused, as Telegram keeps its own."""
        if self.hook is not None:
            await webhook.receive(self._client, self.hook, accept, self._sleep)
        else:
            await receive.receive(self._client, accept, self._sleep)

    def parse(self, body: dict[str, Any]) -> Event | None:
        """One raw update in neutral words."""
        return parse.parse(self.name, self._me, body)

    def fit(self, post: Post) -> tuple[Post, ...]:
        """The post in as many calls as Telegram's limits ask for."""
        return fit.fit(self.name, post)

    async def send(self, outgoing: Outgoing, open_file: OpenFile) -> Sent:
        """Make the call."""
        return await send.send(self._client, self._icons, self.name, outgoing, open_file)

    def open_file(self, attachment: Attachment) -> AbstractAsyncContextManager[Download]:
        """Open a file of this bot's chats for streaming."""
        return files.open_file(self._client, attachment)

    async def member(self, chat: str, user: str) -> Member:
        """A person's standing in a chat."""
        return await people.member(self._client, chat, user)

    async def admins(self, chat: str) -> dict[str, Member]:
        """The people who administer a chat."""
        return await people.admins(self._client, chat)

    async def profiles(self, users: Sequence[str]) -> dict[str, Profile]:
        """Names of accounts."""
        return await people.profiles(self._client, users)

    async def has_topics(self, chat: str) -> bool:
        """Whether a group is a forum by now."""
        return (await self._client.ask("getChat", {"chat_id": as_id(chat)})).get("is_forum") is True

    async def is_open(self, chat: str) -> bool:
        """Whether a group is public, or the place for a channel's comments."""
        return people.is_open(await self._client.ask("getChat", {"chat_id": as_id(chat)}))

    async def username(self) -> str:
        """What follows the @ in a command that is meant for this bot alone."""
        return str((await self._client.ask("getMe")).get("username") or "")

    async def reaches(self, user: str) -> bool:
        """Whether somebody has opened the bot and not blocked it."""
        return await people.reaches(self._client, user)

    async def check(self, chat: str, *, running: bool = False) -> list[Finding]:
        """What is right and wrong with token, rights and the team's chat."""
        return await check.check(self._client, self.name, chat, self.hook, running=running)

    async def mend(self, what: str) -> Finding:
        """Remove a webhook that should not be, or set the one that should."""
        return await check.mend(self._client, self.hook, what)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.close()
