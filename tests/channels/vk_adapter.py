"""VK's half of the channels' contract, over the local VK."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.channels.vk import VkChannel
from bot.messages import Channel, Failure
from bot.sandbox.vk import Fault, Limits, Photo, Shown, VkServer
from tests.channels.vk_place import ANNA, GROUP, Settings

_REFUSALS = {
    Failure.PACE: Fault.code(9),
    Failure.TRANSIENT: Fault.code(10),
    Failure.AMBIGUOUS: Fault.DROP_AFTER,
    Failure.BLOCKED: Fault.code(900),
    Failure.DENIED: Fault.code(901),
    Failure.GONE: Fault.code(18),
    Failure.LOST: Fault.code(921),
    Failure.RIGHTS: Fault.code(15),
    Failure.TOKEN: Fault.code(27),
    Failure.REFUSED: Fault.code(914),
}

_STUMBLES = (
    Fault.DROP_BEFORE,
    Fault.HTML_502,
    Fault.HTML_200,
    Fault.TRUNCATED_JSON,
    Fault.failed(2),
    Fault.failed(42),
)


class VkAdapter:
    """VK's half of the contract; see `tests.channels.adapters.Adapter`."""

    kind = "vk"
    anna = str(ANNA)
    failures = tuple(_REFUSALS)

    def __init__(self, server: VkServer) -> None:
        self._server = server
        self._waiting = 0
        self._count_waiting_polls()
        self.channel = self._open()

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator[VkAdapter]:
        """The adapter with its server running; both are closed afterwards."""
        server = VkServer("vk1.sandbox", GROUP, limits=Limits.none())
        server.add_user(ANNA, "Anna")
        server.allow(ANNA)
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
        self._server.write(ANNA, text)

    async def write_photo(self, content: bytes) -> None:
        self._server.write(ANNA, attachments=[Photo(content)])

    async def press(self, message_id: str, data: str) -> None:
        self._server.press(ANNA, ANNA, int(message_id), {"d": data})

    async def break_event(self) -> None:
        self._server.inject({"type": "message_new", "object": {"message": ["no", "message"]}})

    async def posted(self) -> list[str]:
        return [shown.text for shown in self._from_bot()]

    async def posted_photos(self) -> list[bytes]:
        things = [thing for shown in self._from_bot() for thing in shown.attachments]
        urls = [thing["photo"]["orig_photo"]["url"] for thing in things if "photo" in thing]
        files = (self._server.community.files.open(url.split("/")[-2]) for url in urls)
        return [file.data for file in files if file is not None]

    async def answers(self) -> list[str]:
        return [str(answer.get("text", "")) for answer in self._server.answers.values()]

    async def refuse(self, failure: Failure) -> None:
        self._server.fail("messages.send", _REFUSALS[failure])

    async def stumble(self) -> None:
        for fault in _STUMBLES:
            self._server.fail("longpoll", fault)

    async def revoke(self) -> None:
        self._server.token = "vk1.another"

    async def polling(self) -> None:
        while not self._waiting:
            await asyncio.sleep(0)

    def _count_waiting_polls(self) -> None:
        events = self._server.community.events
        news = events.news

        async def counted() -> None:
            self._waiting += 1
            try:
                await news()
            finally:
                self._waiting -= 1

        events.news = counted  # type: ignore[method-assign]

    def _open(self) -> Channel:
        return VkChannel("vk", Settings(self._server.url), sleep=_at_once)

    def _from_bot(self) -> list[Shown]:
        return [shown for shown in self._server.dialog(ANNA) if shown.author < 0]


async def _at_once(seconds: float) -> None:
    """The waits between two tries are not what is tried here."""
    await asyncio.sleep(0)
