"""Plays at the real pace, on a loop whose clock runs faster: minutes pass in seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot import product
from bot.sandbox.telegram import Limits, TelegramServer
from handlers import work
from tests.plays.play import Play

TIMES = 10.0  # as fast as life
_PACE = {"per_second": 30, "group_per_minute": 20}  # the real one
_PATIENCE = timedelta(minutes=20)  # of whoever presses: a busy machine takes long in haste
_UNHURRIED = {"take": "PT20H", "first_reply": "PT20H"}  # no reminders come in between


class Haste:
    """The hurried clock, the same for a loop, the product and the servers."""

    def __init__(self, times: float) -> None:
        self._times = times
        self._began = time.monotonic()
        self._at = time.time()

    def loop_time(self) -> float:
        """What the loop takes for the monotonic clock, seconds."""
        return self._began + (time.monotonic() - self._began) * self._times

    def unix(self) -> float:
        """Unix seconds."""
        return self._at + self.loop_time() - self._began

    def now(self) -> datetime:
        """The same, aware, in UTC."""
        return datetime.fromtimestamp(self.unix(), UTC)


class HurriedPlay(Play):
    """A play at the real limits and the real pace."""

    def __init__(self, folder: Path, database_url: str, haste: Haste) -> None:
        super().__init__(folder, database_url)
        limits = Limits(press_lifetime=_PATIENCE.total_seconds())
        self.telegram = TelegramServer(limits=limits, clock=haste.unix)

    async def start(self, **over: Any) -> product.Product:
        """See Play.start."""
        return await super().start(telegram=_PACE, deadlines=_UNHURRIED, **over)

    async def until(self, look: Callable[[], Any]) -> Any:
        """See Play.until; half an hour at the most."""
        return await self.telegram.until(look, timeout=1800)


P = TypeVar("P", bound=HurriedPlay)


@asynccontextmanager
async def in_haste(
    kind: type[P], folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[P]:
    """Such a play, the product not yet started."""
    async with hurried(TIMES) as haste:
        monkeypatch.setattr(product, "Clock", lambda _: haste.now)
        monkeypatch.setattr(work, "ANSWER_EXPIRES", _PATIENCE)
        play = kind(folder, database_url, haste)
        await play.open()
        try:
            yield play
        finally:
            await play.close()


@asynccontextmanager
async def hurried(times: float) -> AsyncIterator[Haste]:
    """Let the running loop's clock run so many times as fast."""
    # The two places in which asyncio's own loop asks for the time and waits for it.
    loop: Any = asyncio.get_running_loop()
    haste, select = Haste(times), loop._selector.select

    def wait(timeout: float | None = None) -> Any:
        return select(timeout / times if timeout else timeout)

    loop.time, loop._selector.select = haste.loop_time, wait
    try:
        yield haste
    finally:
        del loop.time, loop._selector.select
