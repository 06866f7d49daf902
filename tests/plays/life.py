"""One life of a product in a play: all that it began, to be ended as SIGKILL would end it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch

import asyncpg

from storage import trips

_LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


class Life:
    """Has the tasks and connections that are begun inside of `begins()`, and by such tasks."""

    def __init__(self) -> None:
        self.stack = AsyncExitStack()
        self.over = False
        self.tasks: set[asyncio.Task[Any]] = set()
        self.connections: list[Any] = []

    @contextmanager
    def begins(self) -> Iterator[None]:
        """What is begun meanwhile is of this life."""
        token = _LIFE.set(self)
        try:
            yield
        finally:
            _LIFE.reset(token)

    async def end(self) -> None:
        """End it wherever it is: what it has not committed by now it never will."""
        self.over = True
        for connection in self.connections:
            if not isinstance(connection, trips.Connection):
                connection.terminate()
        while self.tasks:
            for task in self.tasks:
                task.cancel()
            await asyncio.sleep(0.1)  # in which connections are given back, by tasks of their own
        for connection in self.connections:
            if isinstance(connection, trips.Connection) and connection._connection is not None:
                await (connection.stop() or asyncio.sleep(0))
        await self.stack.aclose()


@contextmanager
def recorded() -> Iterator[None]:
    """Meanwhile each life knows of what it begins."""
    loop = asyncio.get_running_loop()
    loop.set_task_factory(_task)  # type: ignore[arg-type]
    try:
        with (
            patch.object(trips, "connect", _of_file(trips.connect)),
            patch.object(asyncpg, "connect", _of_server(asyncpg.connect)),
        ):
            yield
    finally:
        loop.set_task_factory(None)
        gc.collect()  # what a death left is told of here, and not in whatever test comes next


def _task(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **how: Any
) -> asyncio.Task[Any]:
    task = asyncio.Task(work, loop=loop, **how)
    if life := _LIFE.get():
        life.tasks.add(task)
        task.add_done_callback(life.tasks.discard)
    return task


def _of_file(connect: Callable[..., Any]) -> Callable[..., Any]:
    def connected(*args: Any, **how: Any) -> Any:
        connection = connect(*args, **how)
        if life := _LIFE.get():
            life.connections.append(connection)
        return connection

    return connected


def _of_server(connect: Callable[..., Any]) -> Callable[..., Any]:
    async def connected(*args: Any, **how: Any) -> Any:
        life = _LIFE.get()
        if life and life.over:
            await asyncio.Event().wait()  # who is dead gets no other one
        connection = await connect(*args, **how)
        if life:
            life.connections.append(connection)
        return connection

    return connected
