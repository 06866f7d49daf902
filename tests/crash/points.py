"""The named points at which a run of the product can be killed, wrapped around it from outside."""

from __future__ import annotations

import importlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

POINTS = {
    "accepting": "events came, nothing of them is committed",
    "accepted": "events are committed, the platform is not told",
    "committing": "any transaction: all is written, nothing committed",
    "committed": "any transaction: committed, nobody knows",
    "flushing": "events are handled, what they decided is not written",
    "flushed": "what they decided is written, nobody was woken",
    "sending": "a call is claimed, not made",
    "sent": "the platform took the call, we do not know",
    "recording": "calls ended, how is not written",
    "recorded": "how calls ended is written, not committed",
    "recovering": "after a start: what was left behind is not decided",
    "recovered": "after a start: what was left behind is decided",
}
"""Each point and what is true there."""


class Fuse:
    """Kills this process at the `passes`-th pass of one point; notes each pass in a file."""

    def __init__(self, point: str, passes: int, trace: Path) -> None:
        self._point = point
        self._left = passes
        # Written before going on, and kept by the kernel when the process is killed.
        self._trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def passed(self, point: str) -> None:
        """The product is at this point."""
        os.pwrite(self._trace, point.ljust(12).encode(), 0)
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def lay(fuse: Fuse) -> None:
    """Wrap every point of the product."""
    from bot.channels.telegram import TelegramChannel
    from bot.channels.vk import VkChannel
    from bot.delivery import batches, record
    from storage import inbox as kept
    from storage.database import Database

    _around(kept, "accept", fuse, "accepting", "accepted")
    _around(batches, "flush", fuse, "flushing", "flushed")
    _around(TelegramChannel, "send", fuse, "sending", "sent")
    _around(VkChannel, "send", fuse, "sending", "sent")
    _around(record, "write", fuse, "recording", "recorded")
    _around(record, "recover", fuse, "recovering", "recovered")
    _around_commit(Database, fuse)


def one_lane() -> None:
    """One call a chat at a time, as at Telegram's own pace, however fast the local server is."""
    from bot.delivery.outbox import Sender

    original: Callable[..., None] = Sender.__init__

    def narrowed(self: Sender, *args: Any, **more: Any) -> None:
        original(self, *args, **{**more, "lanes": 1})

    Sender.__init__ = narrowed  # type: ignore[method-assign]


def no_private_pace() -> None:
    """A private chat may have more than a message a second: the local server allows it.

    Replies to one customer would else be most of what a drain waits for.
    """
    duties: Any = importlib.import_module("bot.duties")
    original: Callable[..., Any] = duties.pace_of
    duties.pace_of = lambda *given: replace(original(*given), per_chat_second=None)


def _around(owner: Any, name: str, fuse: Fuse, before: str, after: str) -> None:
    original: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def wrapped(*args: Any, **more: Any) -> Any:
        fuse.passed(before)
        result = await original(*args, **more)
        fuse.passed(after)
        return result

    setattr(owner, name, wrapped)


def _around_commit(database: Any, fuse: Fuse) -> None:
    original = database.write

    @asynccontextmanager
    async def write(self: Any) -> AsyncIterator[Any]:
        async with original(self) as connection:
            yield connection
            fuse.passed("committing")
        fuse.passed("committed")

    database.write = write
