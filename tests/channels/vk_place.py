"""A local VK with Anna and Pablo in it, and a channel that speaks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.channels.vk import VkChannel
from bot.messages import Attachment, Download, MessageReceived, OpenFile
from bot.sandbox.vk import Limits, VkServer

ANNA, PABLO, BORIS = 111, 222, 333
GROUP = 7
BRISK = 1000.0  # calls a second, where the pace is not what is tried


@dataclass(frozen=True)
class Settings:
    """What the channel reads of `vk.*`."""

    api_url: str
    token: str = "vk1.sandbox"
    group_id: int = GROUP
    proxy: str = ""
    per_second: float = BRISK
    mode: str = "longpoll"
    callback_url: str = ""
    secret: str = ""
    confirmation: str = ""


@dataclass
class Place:
    """A running server and the channel under test."""

    server: VkServer
    channel: VkChannel

    def said(self, person: int = ANNA) -> list[str]:
        """What the person reads from the community."""
        return [shown.text for shown in self.server.dialog(person) if shown.author < 0]

    def heard(self, body: dict[str, Any] | None = None) -> MessageReceived:
        """The newest event, or this one, as the product reads it."""
        event = self.channel.parse(body or self.server.events[-1])
        assert isinstance(event, MessageReceived)
        return event


@asynccontextmanager
async def open_place(limits: Limits | None = None, **settings: Any) -> AsyncIterator[Place]:
    """Anna and Pablo have written before; Boris moderates the community."""
    server = VkServer("vk1.sandbox", GROUP, limits=limits or Limits.none())
    await server.start()
    server.add_user(ANNA, "Anna", "Petrova", screen_name="anna")
    server.add_user(PABLO, "Pablo", "Garcia")
    server.add_user(BORIS, "Boris", "Smirnov", role="moderator")
    server.allow(ANNA)
    server.allow(PABLO)
    channel = VkChannel("vk", Settings(server.url, **settings))
    try:
        yield Place(server, channel)
    finally:
        await channel.close()
        await server.stop()


@asynccontextmanager
async def no_files(attachment: Attachment) -> AsyncIterator[Download]:
    """For posts that bring no files."""
    raise AssertionError("nobody asked for a file")
    yield


def files(data: bytes, name: str = "", size: int | None = -1) -> OpenFile:
    """An `open_file` of some other channel; size -1 is the true one, None an unknown one."""

    @asynccontextmanager
    async def open_file(attachment: Attachment) -> AsyncIterator[Download]:
        async def chunks() -> AsyncIterator[bytes]:
            for start in range(0, len(data), 1000):
                yield data[start : start + 1000]

        yield Download(name, len(data) if size == -1 else size, chunks())

    return open_file
