"""Trouble on request, each ending by itself: a messenger away, calls refused, a storm."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from bot.sandbox.cast import Cast
from bot.sandbox.clock import Clock
from bot.sandbox.telegram import Fault, TelegramServer
from bot.sandbox.vk import VkServer
from config.texts import load

AWAY: Final = 60.0  # seconds that a messenger is cut off
REFUSING: Final = 20  # seconds in which every call is one too many
CROWD: Final = 200


class Troubles:
    """What goes wrong just now; `changed()` is called whenever that changes."""

    def __init__(
        self,
        telegram: TelegramServer,
        vk: VkServer,
        cast: Cast,
        clock: Clock,
        changed: Callable[[], None],
    ) -> None:
        self._telegram = telegram
        self._vk = vk
        self._cast = cast
        self._clock = clock
        self._changed = changed
        self._words = load(cast.language)("sandbox.storm").split(" | ")
        self._moved = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.lasting: dict[str, float] = {}
        """Until when each lasts, in Unix seconds on the sandbox's clock."""

    def cut(self, platform: str) -> None:
        """The messenger is away for a minute: no connection succeeds."""
        self._begin(f"cut.{platform}", AWAY, self._away(platform))

    def refuse(self) -> None:
        """Telegram refuses every call as one too many (429) for a while."""
        self._begin("refuse", REFUSING, self._refusing())

    def storm(self) -> None:
        """Customers on both messengers write all at once; ValueError when there are too many."""
        for number, (platform, user_id) in enumerate(self._cast.gather(CROWD)):
            words = self._words[number % len(self._words)]
            if platform == "telegram":
                self._telegram.write(user_id, user_id, words)
            else:
                self._vk.write(user_id, words)

    def moved(self) -> None:
        """The clock was moved: look at it anew."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def stop(self) -> None:
        """End every trouble."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, name: str, seconds: float, trouble: Trouble) -> None:
        """Once more while it lasts only makes it longer."""
        self.lasting[name] = self._clock() + seconds
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(self._last(name, trouble))

    async def _last(self, name: str, trouble: Trouble) -> None:
        begin, end = trouble
        await begin()
        try:
            while (left := self.lasting[name] - self._clock()) > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._moved.wait(), left)
        finally:
            del self.lasting[name], self._tasks[name]
            await end()
        self._changed()

    def _away(self, platform: str) -> Trouble:
        async def switch(on: bool) -> None:
            if platform == "telegram":
                await self._telegram.outage(on)
            else:
                self._vk.outage(on)

        return (lambda: switch(True), lambda: switch(False))

    def _refusing(self) -> Trouble:
        async def begin() -> None:
            self._telegram.fail_all(Fault.TOO_MANY, retry_after=REFUSING)

        async def end() -> None:
            self._telegram.heal()

        return (begin, end)


Trouble = tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]
"""How it begins, and how it ends."""
