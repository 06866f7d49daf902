"""A play whose product can die without a goodbye at any of its steps, and live again.

From the moment of its death nothing that it began is written down or sent any more:
every step stands still, then its tasks are cancelled and its connections cut, as the
kernel would cut them. What was under way in a thread or on a socket may still arrive.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from bot.messages import Channel, OpenFile, Outgoing, Sent
from bot.product import Product
from storage import inbox
from storage.database import Database
from tests.leaping import leaping
from tests.plays.life import Life, recorded
from tests.plays.play import AWAITED, Play

PATIENCE = 7200.0  # seconds of the loop's clock


class Fuse:
    """Once it is lit it burns for so many steps of the product; then all stand still."""

    def __init__(self) -> None:
        self._left = 0
        self.burnt = asyncio.Event()

    def light(self, passes: int) -> None:
        """Let the product live for so many steps more."""
        self._left = passes

    async def passed(self) -> None:
        """The product is at a step: it goes on, or never."""
        self._left -= 1
        if self._left == 0:
            self.burnt.set()
        if self.burnt.is_set():
            await asyncio.Event().wait()


class Mortal(Play):
    """`fuse.light` lets the product live for so many steps; `die` ends it wherever it is."""

    def __init__(self, folder: Path, database_url: str) -> None:
        super().__init__(folder, database_url)
        self.deaths = 0
        self.fuse = Fuse()
        self._life = Life()
        self._recorded = ExitStack()

    async def open(self) -> None:
        """See Play.open."""
        await super().open()
        self._recorded.enter_context(recorded())

    async def close(self) -> None:
        """See Play.close."""
        with self._recorded:
            await super().close()

    async def start(self, **over: Any) -> Product:
        """Start the product with a fuse."""
        self._life = Life()
        self._stack = self._life.stack
        with self._life.begins():
            product = await super().start(**over)
        self.fuse = Fuse()
        _lay(self.fuse, product.database)
        for channel in product.channels.values():
            _lay_sends(self.fuse, channel)
        return product

    async def die(self) -> None:
        """End the product wherever it is; nothing more of it is written down or sent."""
        self.deaths += 1
        self.fuse.burnt.set()
        self._running, self.product = None, None
        await self._life.end()

    async def rest(self) -> bool:
        """Wait until nothing is left to be done; False when the product died before."""
        step = 0.05
        async with asyncio.timeout(PATIENCE):
            while not self.fuse.burnt.is_set():
                self.check()
                if not await self._pending() and not await self._awaited(*AWAITED):
                    return True
                await asyncio.sleep(step)
                step = min(5.0, step * 1.3)
        return False

    async def _pending(self) -> bool:
        """Whether a messenger has events that the product has not taken in."""
        assert self.product is not None
        taken = (await inbox.cursor(self.product.database, "vk")).partition("@")[0]
        if self.telegram.world.updates.pending():
            return True
        return int(taken or 0) < self.vk.community.events.last


def _lay(fuse: Fuse, database: Database) -> None:
    """Let every transaction pass before it begins, before it is committed, and after."""
    original = database.write

    @asynccontextmanager
    async def write() -> AsyncIterator[Any]:
        await fuse.passed()
        async with original() as connection:
            yield connection
            await fuse.passed()
        await fuse.passed()

    database.write = write  # type: ignore[method-assign]


def _lay_sends(fuse: Fuse, channel: Channel) -> None:
    """Let every call pass before it is made, and before we know of its answer."""
    original = channel.send

    async def send(outgoing: Outgoing, open_file: OpenFile) -> Sent:
        await fuse.passed()
        try:
            return await original(outgoing, open_file)
        finally:
            await fuse.passed()

    channel.send = send  # type: ignore[method-assign]


@asynccontextmanager
async def a_mortal_play(folder: Path, database_url: str) -> AsyncIterator[Mortal]:
    """Such a play on a loop that leaps, the product not yet started."""
    with leaping():
        play = Mortal(folder, database_url)
        await play.open()
        try:
            yield play
        finally:
            await play.close()
