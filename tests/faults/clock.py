"""An event loop whose clock leaps to the next timer whenever nothing else is left to be done.

The product and both servers live in one loop, so when no socket has news and no thread
works for it, nothing can happen before the next timer: an hour passes in a moment, and
however slow the machine is, the same things happen in the same order.
"""

from __future__ import annotations

import asyncio
import functools
import queue
import selectors
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar
from unittest.mock import patch

import aiosqlite.core

from bot.channels.vk.api import Api

_P = ParamSpec("_P")
_T = TypeVar("_T")

EPOCH = datetime(2035, 3, 5, 9, 0, tzinfo=UTC).timestamp()  # a Monday, after any real clock


class LeapingLoop(asyncio.SelectorEventLoop):
    """Its `time()` runs ahead of the machine's by all the waiting that was left out."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.outside = 0  # calls that threads are making
        self.skipped = 0.0  # seconds by which wall clocks were set forward
        super().__init__(_Leaping(self))
        self._began = self.time()

    def time(self) -> float:
        """Seconds of a clock that never goes back."""
        return super().time() + self.ahead

    def came_back(self, _: object) -> None:
        """A thread ended what it did."""
        self.outside -= 1

    def wall(self) -> float:
        """The same moment in Unix seconds."""
        return EPOCH + self.time() - self._began + self.skipped


class _Leaping(selectors.DefaultSelector):
    def __init__(self, loop: LeapingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What sockets tell now; if that is nothing, leap over the wait."""
        found = super().select(0)
        if found or (timeout is not None and timeout <= 0):
            return found
        if timeout is None or self._loop.outside:
            return super().select(timeout)
        self._loop.ahead += timeout
        return super().select(0)


class Clock:
    """Stands in for the product's clock."""

    def __init__(self, file: object = None) -> None:
        """`file` would move the usual clock; this one needs none."""

    def __call__(self) -> datetime:
        """Now, aware, in UTC."""
        return datetime.fromtimestamp(wall(), UTC)


def wall() -> float:
    """The running loop's moment in Unix seconds."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, LeapingLoop)
    return loop.wall()


@contextmanager
def leaping() -> Iterator[None]:
    """The product goes by the loop's clock, and the clock stands while threads work."""
    with (
        patch("bot.product.Clock", Clock),
        patch.object(aiosqlite.core, "SimpleQueue", _Queue),
        patch.object(Api, "_run", _counted(Api._run)),
    ):
        yield


class _Queue(queue.SimpleQueue[Any]):
    """What waits for a database connection's thread; each is counted until it is done."""

    def put_nowait(self, item: Any) -> None:
        future = item[0]
        loop = asyncio.get_running_loop()
        if future is not None and isinstance(loop, LeapingLoop):
            loop.outside += 1
            future.add_done_callback(loop.came_back)
        super().put_nowait(item)


def _counted(call: Callable[_P, Awaitable[_T]]) -> Callable[_P, Awaitable[_T]]:
    @functools.wraps(call)
    async def counted(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        loop: Any = asyncio.get_running_loop()
        loop.outside += 1
        try:
            return await call(*args, **kwargs)
        finally:
            loop.outside -= 1

    return counted
