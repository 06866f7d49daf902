"""Plays rows of the table one after the other, on one stage as long as nothing breaks it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType

from tests.faults.calls import Scene
from tests.faults.stage import Stage, a_stage
from tests.faults.table import Row
from tests.leaping import LeapingLoop


class Theatre:
    """Opened once for many rows; each row has customers and leads of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runner = asyncio.Runner(loop_factory=LeapingLoop)
        self._opened = AsyncExitStack()
        self._stage: Stage | None = None
        self._built = 0

    def __enter__(self) -> Theatre:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._runner.run(self._close())
        self._runner.close()

    def play(self, row: Row) -> str:
        """What people saw."""
        return self._runner.run(self._play(row))

    async def _play(self, row: Row) -> str:
        stage = self._stage or await self._open()
        try:
            before = len(stage.news())
            outcome = await row.act(Scene(stage, row.plan))
            stage.heal()
            await stage.quiet()
            stage.next_day()
        except BaseException:
            await self._close()
            raise
        return outcome + _alarms(len(stage.news()) - before)

    async def _open(self) -> Stage:
        self._built += 1
        folder = self._folder / str(self._built)
        folder.mkdir()
        url = f"sqlite:///{folder}/dialead.db"
        self._stage = await self._opened.enter_async_context(a_stage(folder, url))
        await self._stage.start()
        stage = self._stage
        await stage.until(lambda: stage.vk.polling)
        return stage

    async def _close(self) -> None:
        self._stage = None
        await self._opened.aclose()


def _alarms(number: int) -> str:
    if not number:
        return ""
    return f"; supervisor told {'once' if number == 1 else f'{number} times'}"
