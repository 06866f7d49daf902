"""Plays at the messengers' real limits and pace, on a loop that leaps: minutes pass at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from bot import product
from bot.sandbox.telegram import TelegramServer
from tests.leaping import leaping
from tests.plays.play import Play

_PACE = {"per_second": 30, "group_per_minute": 20}  # the real one
_UNHURRIED = {"take": "PT20H", "first_reply": "PT20H"}  # no reminders come in between
_PATIENCE = 1800  # seconds of the loop's clock


class HurriedPlay(Play):
    """A play at the real limits and the real pace."""

    def __init__(self, folder: Path, database_url: str) -> None:
        super().__init__(folder, database_url)
        self.telegram = TelegramServer(clock=self.now)

    async def start(self, **over: Any) -> product.Product:
        """See Play.start."""
        return await super().start(telegram=_PACE, deadlines=_UNHURRIED, **over)

    async def until(self, look: Callable[[], Any]) -> Any:
        """See Play.until; half an hour at the most."""
        return await self.telegram.until(look, timeout=_PATIENCE)


P = TypeVar("P", bound=HurriedPlay)


@asynccontextmanager
async def in_haste(kind: type[P], folder: Path, database_url: str) -> AsyncIterator[P]:
    """Such a play, the product not yet started."""
    with leaping():
        play = kind(folder, database_url)
        await play.open()
        try:
            yield play
        finally:
            await play.close()
