"""Plays of several products on one PostgreSQL, of which one dies now and then, unannounced."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import asyncpg

from bot.product import Product, open_product
from tests.plays.play import Play

KILLS = 4  # in a play: more would only be more of the same
_LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


@dataclass(eq=False)
class Life:
    """One product from its start to its death, with all that it began."""

    stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    connections: list[Any] = field(default_factory=list)
    product: Product | None = None
    running: asyncio.Task[None] | None = None

    async def begin(self, play: Play, over: dict[str, Any]) -> None:
        """Start."""
        token = _LIFE.set(self)
        try:
            opened = open_product(play.settings(**over))
            self.product = await self.stack.enter_async_context(opened)
            self.running = asyncio.create_task(self.product.run())
        finally:
            _LIFE.reset(token)

    async def stop(self) -> None:
        """End as by SIGTERM."""
        assert self.running is not None
        self.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running
        await self.stack.aclose()

    async def die(self) -> None:
        """End wherever it is: its connections are cut first, so nothing more is written."""
        for connection in self.connections:
            if not connection.is_closed():
                connection.terminate()
        while alive := {task for task in self.tasks if not task.done()}:
            for task in alive:
                task.cancel()
            await asyncio.sleep(0.1)
        await self.stack.aclose()
        gc.collect()  # what nobody gave back is told of here, and not in whatever test comes next


class Crowd(Play):
    """`product` is any of those that live."""

    def __init__(self, folder: Path, database_url: str, size: int, seed: int) -> None:
        super().__init__(folder, database_url)
        self._size = size
        self._chance = random.Random(seed)
        self._lives: list[Life] = []
        self._killing: asyncio.Task[None] | None = None
        self._patched = contextlib.ExitStack()

    async def open(self) -> None:
        """See Play.open."""
        await super().open()
        asyncio.get_running_loop().set_task_factory(_task)  # type: ignore[arg-type]
        self._patched.enter_context(patch.object(asyncpg, "connect", _connecting()))

    async def close(self) -> None:
        """See Play.close."""
        try:
            await super().close()
        finally:
            self._patched.close()
            asyncio.get_running_loop().set_task_factory(None)

    async def start(self, **over: Any) -> Product:
        """Start all of them, and whoever kills them."""
        for _ in range(self._size):
            await self._begin(over)
        self._choose()
        self._killing = asyncio.create_task(self._kill(over))
        assert self.product is not None
        return self.product

    async def stop(self) -> None:
        """Stop all of them as SIGTERM would."""
        if self._killing is not None:
            self._killing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._killing
        self._killing, self.product, self._running = None, None, None
        lives, self._lives = self._lives, []
        for life in lives:
            await life.stop()

    async def _begin(self, over: dict[str, Any]) -> None:
        life = Life()
        await life.begin(self, over)
        self._lives.append(life)

    async def _kill(self, over: dict[str, Any]) -> None:
        for _ in range(KILLS):
            await asyncio.sleep(self._chance.uniform(0.01, 3.0))
            # To its end, whenever the play stops: what is half dead cannot be stopped.
            await asyncio.shield(asyncio.ensure_future(self._replace(over)))

    async def _replace(self, over: dict[str, Any]) -> None:
        life = self._lives.pop(self._chance.randrange(len(self._lives)))
        self._choose()
        await life.die()
        await self._begin(over)

    def _choose(self) -> None:
        self.product, self._running = self._lives[0].product, self._lives[0].running


def _task(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **how: Any
) -> asyncio.Task[Any]:
    task = asyncio.Task(work, loop=loop, **how)
    if life := _LIFE.get():
        life.tasks.add(task)
        task.add_done_callback(life.tasks.discard)
    return task


def _connecting() -> Callable[..., Any]:
    connect = asyncpg.connect

    async def connected(*args: Any, **how: Any) -> Any:
        connection = await connect(*args, **how)
        if life := _LIFE.get():
            life.connections.append(connection)
        return connection

    return connected
