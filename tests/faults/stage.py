"""A play on a leaping clock: the real product between both servers, for as many rows as wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from bot import schedule
from bot.channels.vk import connections
from bot.sandbox.telegram import TelegramServer
from bot.sandbox.telegram.chats import Member, Message, Rank
from bot.sandbox.vk import VkServer
from config.settings import Settings
from storage.schema import cards, inbox, outbox
from tests.cast import TEAM, VERA
from tests.faults import clock
from tests.leaping import LeapingLoop, leaping
from tests.plays.play import Play

PATIENCE = 1800.0  # seconds of the loop's clock
_STEP = 0.2
_NEVER = 10**8  # seconds; what is overdue is no matter here
_LINE = 2.0  # real seconds after which a call to VK counts as unanswered

_AWAITED = (
    sa.select(inbox.c.id).where(inbox.c.state == "new"),
    sa.select(outbox.c.id).where(outbox.c.state.in_(("queued", "claimed"))),
    sa.select(cards.c.id).where(cards.c.wanted > cards.c.shown, cards.c.state != "failed"),
)


class Stage(Play):
    """A play in which waiting costs nothing, and customers never run out."""

    def __init__(self, folder: Path, database_url: str) -> None:
        super().__init__(folder, database_url)
        self.telegram = TelegramServer(clock=self.now)
        self.vk = VkServer(clock=self.now)
        self.on_vk: set[int] = set()
        self._numbers = count(1)

    def settings(self, **over: Any) -> Settings:
        """The usual ones, at the platforms' real pace."""
        paced = {"telegram": {"per_second": 30, "group_per_minute": 20}, "vk": {"per_second": 20}}
        for name, values in over.items():
            paced[name] = {**paced.get(name, {}), **values} if isinstance(values, dict) else values
        return super().settings(**paced)

    def now(self) -> float:
        """The servers' clock."""
        return clock.wall()

    async def until(self, look: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """What `look` finds once it finds something; TimeoutError after `patience` seconds."""
        async with asyncio.timeout(patience):
            while not (found := look()):
                if self._running is not None and self._running.done():
                    self._running.result()
                await asyncio.sleep(_STEP)
        return found

    async def settle(self, seconds: float = 150) -> bool:
        """Let things happen until nothing is left to be done, or so many seconds passed."""
        try:
            async with asyncio.timeout(seconds):
                step = _STEP
                while self._pending() or await self._awaited(*_AWAITED):
                    await asyncio.sleep(step)
                    step = min(5.0, step * 1.1)
        except TimeoutError:
            return False
        return True

    async def quiet(self) -> None:
        """Wait until nothing is left to be done."""
        assert await self.settle(PATIENCE), "it never came to rest"

    async def passing(self, seconds: float) -> None:
        """Let so much time pass."""
        await asyncio.sleep(seconds)

    def next_day(self) -> None:
        """Set every clock forward by a day: what is told once a day may be told again."""
        self.skip(86_400 + 3600)

    def skip(self, seconds: float) -> None:
        """Set every clock forward, while nothing happens."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, LeapingLoop)
        loop.skipped += seconds

    def newcomer(self, channel: str = "telegram") -> int:
        """A customer who never wrote before."""
        number = 10_000 + next(self._numbers)
        if channel == "vk":
            self.vk.add_user(number, f"Anna {number}", "")
            self.on_vk.add(number)
        else:
            self.telegram.add_user(number, f"Anna {number}")
            self.telegram.started(number)
        return number

    def colleague(self) -> int:
        """A manager who was in the team's chat before the bot came there."""
        number = self.newcomer()
        user = self.telegram.world.user(number)
        self.telegram.world.chat(TEAM).members[number] = Member(user, Rank.MEMBER)
        return number

    def mine(self, words: str) -> list[Message]:
        """What the bot shows in the team's chat with these words."""
        return [one for one in self.team(words) if one.from_bot]

    def news(self) -> list[str]:
        """What the supervisor was told so far."""
        return [one.text for one in self.private(VERA)]

    def heal(self) -> None:
        """Let everything go right again."""
        self.telegram.heal()
        self.vk.heal()

    def _pending(self) -> bool:
        return bool(self.telegram.world.updates.pending())


@asynccontextmanager
async def a_stage(folder: Path, database_url: str) -> AsyncIterator[Stage]:
    """A stage, closed at the end; it needs a LeapingLoop."""
    with (
        leaping(clock.Clock),
        patch.object(schedule, "SECONDS", _NEVER),
        patch.object(connections, "TIMEOUT", (_LINE, _LINE)),
    ):
        stage = Stage(folder, database_url)
        await stage.open()
        stage.telegram.started(VERA)
        try:
            yield stage
        finally:
            await stage.close()


__all__ = ["PATIENCE", "TEAM", "Stage", "a_stage"]
