"""One shape over each messenger's local server, so that one contract test serves all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from bot.channels.telegram import TelegramChannel
from bot.messages import Channel, Failure
from bot.sandbox.telegram import Fault, Limits, TelegramServer

ADAPTERS = {
    "telegram": "tests.channels.adapters:TelegramAdapter",
    "vk": "tests.channels.vk_adapter:VkAdapter",
}
"""Dotted names, so that a messenger that is not being tested is not loaded."""


class Adapter(Protocol):
    """A messenger's server with Anna, who has written to the bot long ago.

    Chat and message ids are the channel's neutral ones (texts).
    """

    kind: str
    channel: Channel
    anna: str
    """Anna's id, which is also the id of her chat with the bot."""
    failures: tuple[Failure, ...]
    """The kinds of failure that the messenger can answer a post with."""

    async def restarted(self) -> Channel:
        """The same channel anew, as after a restart of the product; the old one is closed."""

    async def write(self, text: str) -> None:
        """Anna writes."""

    async def write_photo(self, content: bytes) -> None:
        """Anna sends a photo."""

    async def press(self, message_id: str, data: str) -> None:
        """Anna presses a button of the bot's message."""

    async def break_event(self) -> None:
        """Queue an event that no parser understands."""

    async def posted(self) -> list[str]:
        """The texts and captions that Anna sees from the bot, oldest first."""

    async def posted_photos(self) -> list[bytes]:
        """The photos that Anna sees from the bot, oldest first."""

    async def answers(self) -> list[str]:
        """The answers that Anna saw to her presses."""

    async def refuse(self, failure: Failure) -> None:
        """Let the next post fail in this way."""

    async def stumble(self) -> None:
        """Let the next polls fail in every way that passes by itself."""

    async def revoke(self) -> None:
        """The messenger refuses the token from now on."""

    async def polling(self) -> None:
        """Wait until a long poll waits at the server with nothing to tell."""


async def at_once(seconds: float) -> None:
    """Waiting without waiting, for channels under test."""
    await asyncio.sleep(0)


def opened(kind: str) -> Any:
    """An asynchronous context with the Adapter of a messenger, its server running."""
    module, _, name = ADAPTERS[kind].partition(":")
    return getattr(import_module(module), name).opened()


@dataclass(frozen=True)
class TelegramSettings:
    """What a Telegram channel is opened with."""

    token: str
    api_url: str
    proxy: str = ""
    mode: str = "polling"
    webhook_url: str = ""
    webhook_secret: str = ""


_REFUSALS: dict[Failure, tuple[Fault, dict[str, Any]]] = {
    Failure.PACE: (Fault.TOO_MANY, {"retry_after": 7}),
    Failure.TRANSIENT: (Fault.HTML_502, {}),
    Failure.AMBIGUOUS: (Fault.DROP_AFTER, {}),
    Failure.BLOCKED: (Fault.FORBIDDEN, {}),
    Failure.DENIED: (
        Fault.FORBIDDEN,
        {"description": "Forbidden: bot can't initiate conversation with a user"},
    ),
    Failure.GONE: (Fault.BAD_REQUEST, {"description": "Bad Request: chat not found"}),
    Failure.LOST: (Fault.BAD_REQUEST, {"description": "Bad Request: message thread not found"}),
    Failure.RIGHTS: (Fault.BAD_REQUEST, {"description": "Bad Request: CHAT_WRITE_FORBIDDEN"}),
    Failure.TOO_LARGE: (Fault.TOO_LARGE, {}),
    Failure.TOKEN: (Fault.UNAUTHORIZED, {}),
    Failure.REFUSED: (Fault.BAD_REQUEST, {}),
}

_STUMBLES = (
    Fault.DROP_BEFORE,
    Fault.HTML_502,
    Fault.SERVER_ERROR,
    Fault.TRUNCATED_JSON,
    Fault.TOO_MANY,
)


class TelegramAdapter:
    """Telegram's half of the contract."""

    kind = "telegram"
    anna = "101"
    failures = tuple(_REFUSALS)

    def __init__(self, server: TelegramServer) -> None:
        self._server = server
        self._settings = TelegramSettings(server.token, server.url)
        self.channel = self._open()

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator[TelegramAdapter]:
        """The adapter with its server running; both are closed afterwards."""
        server = TelegramServer("77:sandbox", limits=Limits.none())
        server.add_user(int(cls.anna), "Anna")
        server.started(int(cls.anna))
        await server.start()
        adapter = cls(server)
        try:
            yield adapter
        finally:
            await adapter.channel.close()
            await server.stop()

    async def restarted(self) -> Channel:
        await self.channel.close()
        self.channel = self._open()
        return self.channel

    async def write(self, text: str) -> None:
        self._server.write(int(self.anna), int(self.anna), text)

    async def write_photo(self, content: bytes) -> None:
        self._server.write(int(self.anna), int(self.anna), photo=content)

    async def press(self, message_id: str, data: str) -> None:
        self._server.press(int(self.anna), int(self.anna), int(message_id), data)

    async def break_event(self) -> None:
        self._server.inject({"message": {"text": ["no", "message"]}})

    async def posted(self) -> list[str]:
        return [message.text for message in self._from_bot()]

    async def posted_photos(self) -> list[bytes]:
        files = self._server.world.files
        ids = [m.body["photo"][-1]["file_id"] for m in self._from_bot() if "photo" in m.body]
        return [file.media.data for one in ids if (file := files.find(one))]

    async def answers(self) -> list[str]:
        return [answer.text for answer in self._server.answers.values()]

    async def refuse(self, failure: Failure) -> None:
        fault, how = _REFUSALS[failure]
        self._server.fail("sendMessage", fault, **how)

    async def stumble(self) -> None:
        for fault in _STUMBLES:
            self._server.fail("getUpdates", fault)

    async def revoke(self) -> None:
        self._server.fail("getUpdates", Fault.UNAUTHORIZED, times=-1)

    async def polling(self) -> None:
        while self._server.world.updates._poll is None:
            await asyncio.sleep(0)

    def _open(self) -> Channel:
        return TelegramChannel("telegram", self._settings, sleep=at_once)

    def _from_bot(self) -> Any:
        return [m for m in self._server.shown(int(self.anna)) if m.from_bot]
