"""An event loop whose clock leaps to the next timer whenever nothing else is left to be done.

The product and both servers live in one loop, so when no socket has news, and neither a
thread nor a database works for it, nothing can happen before the next timer: an hour
passes in a moment, and however slow the machine is, the same things happen in the same
order. It leaps only inside of `leaping()`; before and after it is the usual loop.
"""

from __future__ import annotations

import asyncio
import functools
import queue
import selectors
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import Any, ParamSpec, Self, TypeVar, TypeVarTuple
from unittest.mock import patch

import aiosqlite.core
import sqlalchemy as sa
import sqlalchemy.ext.asyncio

from bot import leading
from bot.channels.vk.api import Api
from bot.clock import Clock
from bot.drawing import child
from storage import leases

_HOUR = sa.cast(timedelta(hours=1), sa.Interval)

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")


class LeapingLoop(asyncio.SelectorEventLoop):
    """Its `time()` runs ahead of the machine's by all the waiting that was left out."""

    def __init__(self) -> None:
        self.leaps = False
        self.ahead = 0.0
        self.outside = 0  # calls that threads and databases are working on
        self.skipped = 0.0  # seconds by which wall clocks were set forward
        super().__init__(_Leaping(self))
        self.began = self.time()

    def time(self) -> float:
        """Seconds of a clock that never goes back."""
        return super().time() + self.ahead

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*_Ts], _T], *args: *_Ts
    ) -> asyncio.Future[_T]:
        """See the usual loop."""
        future = super().run_in_executor(executor, func, *args)
        self.outside += 1
        future.add_done_callback(self.came_back)
        return future

    def came_back(self, _: object) -> None:
        """What worked outside has ended."""
        self.outside -= 1


class _Leaping(selectors.DefaultSelector):
    def __init__(self, loop: LeapingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What sockets tell now; if that is nothing, leap over the wait."""
        if not self._loop.leaps:
            return super().select(timeout)
        found = super().select(0)
        if found or (timeout is not None and timeout <= 0):
            return found
        if timeout is None or self._loop.outside:
            return super().select(timeout)
        self._loop.ahead += timeout
        return super().select(0)


def ahead() -> float:
    """Seconds of waiting that the running loop left out; on a usual loop, and on none, 0."""
    try:
        return getattr(asyncio.get_running_loop(), "ahead", 0.0)
    except RuntimeError:
        return 0.0


class AheadClock(Clock):
    """The product's clock, ahead as the loop is."""

    def __call__(self) -> datetime:
        """Now, aware, in UTC."""
        return super().__call__() + timedelta(seconds=ahead())


class _AheadDatetime(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(seconds=ahead())


@contextmanager
def leaping(clock: Callable[[Any], object] = AheadClock) -> Iterator[None]:
    """The running loop leaps, the product goes by this clock, which stands while others work."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, LeapingLoop)
    with ExitStack() as stack:
        stack.enter_context(patch("bot.product.Clock", clock))
        # A sign of life is due by PostgreSQL's clock, which does not leap: who stands still
        # while its machine is busy is not dead, who has no connection any more is.
        stack.enter_context(patch("bot.leading.EVERY", 30.0))
        stack.enter_context(patch("bot.leading.LASTS", leading.LASTS + 3600))
        stack.enter_context(patch.object(leases, "_UNTIL", leases._UNTIL + _HOUR))
        stack.enter_context(patch("apscheduler.schedulers.base.datetime", _AheadDatetime))
        stack.enter_context(patch.object(aiosqlite.core, "SimpleQueue", _Queue))
        stack.enter_context(patch.object(Api, "_run", _counted(Api._run)))
        stack.enter_context(patch.object(child, "_piped", _counted(child._piped)))
        for module in (sqlalchemy.ext.asyncio.engine, sqlalchemy.ext.asyncio.result):
            spawn = _counted(module.greenlet_spawn)
            stack.enter_context(patch.object(module, "greenlet_spawn", spawn))
        loop.leaps = True
        try:
            yield
        finally:
            loop.leaps = False


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
