"""The queue of updates, and the one long poll that may wait at it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.telegram.chats import Json
from bot.sandbox.telegram.refusals import conflict

ONLY_WHEN_NAMED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
TERMINATED = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
_MOST = 100
_LONGEST = 50  # seconds


@dataclass(frozen=True, slots=True)
class Queued:
    """An update that waits to be confirmed."""

    id: int
    at: float
    body: Json


class Updates:
    """Updates in order, kept until a higher offset confirms them or they grow too old."""

    def __init__(self, clock: Callable[[], float], lifetime: float) -> None:
        self.next_id = 700_000_001
        self.allowed: tuple[str, ...] = ()
        self._clock = clock
        self._lifetime = lifetime
        self._queue: deque[Queued] = deque()
        self._poll: asyncio.Future[bool] | None = None
        self.on_poll: Callable[[], None] = lambda: None  # called at each poll
        self._bell: asyncio.Event = asyncio.Event()

    def push(self, kind: str, body: Json) -> int | None:
        """Queue an update of a kind, unless the bot did not ask for it; its id."""
        if self.allowed:
            if kind not in self.allowed:
                return None
        elif kind in ONLY_WHEN_NAMED:
            return None
        return self.inject({kind: body})

    def inject(self, raw: Json) -> int:
        """Queue anything at all; it gets an update_id unless it brings one."""
        update_id = int(raw.get("update_id", self.next_id))
        self.next_id = max(self.next_id, update_id + 1)
        self._queue.append(Queued(update_id, self._clock(), {"update_id": update_id, **raw}))
        self._ring()
        return update_id

    def renumber(self, next_id: int) -> None:
        """Count on from another number, as after a week without updates."""
        self.next_id = next_id

    def pending(self) -> list[Json]:
        """What is not yet confirmed, oldest first."""
        return [queued.body for queued in self._queue]

    def first(self) -> Json | None:
        """The oldest of them."""
        return self._queue[0].body if self._queue else None

    def confirm(self, offset: int) -> None:
        """Forget everything lower than `offset`; a negative one keeps that many of the newest."""
        oldest = self._clock() - self._lifetime
        while self._queue and self._queue[0].at < oldest:
            self._queue.popleft()
        if offset < 0:
            while len(self._queue) > -offset:
                self._queue.popleft()
        elif offset > 0:
            while self._queue and self._queue[0].id < offset:
                self._queue.popleft()

    def terminate(self, *, by_webhook: bool = False) -> None:
        """End the waiting poll with a conflict."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(by_webhook)

    async def poll(self, offset: int, limit: int, timeout: int) -> list[Json]:
        """getUpdates: confirm, then the oldest ones, waiting up to `timeout` seconds for one.

        Raises the 409 refusal when another poll or setWebhook ends this one.
        """
        self.terminate()
        self.on_poll()
        mine: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._poll = mine
        try:
            self.confirm(offset)
            if not self._queue and timeout > 0:
                await self._wait(mine, min(timeout, _LONGEST))
            if mine.done():
                raise conflict("terminated by setWebhook request" if mine.result() else TERMINATED)
            most = limit if 1 <= limit <= _MOST else _MOST
            return [queued.body for queued, _ in zip(self._queue, range(most), strict=False)]
        finally:
            if self._poll is mine:
                self._poll = None

    async def arrived(self) -> None:
        """Wait until the next update is queued."""
        await self._bell.wait()

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()

    async def _wait(self, mine: asyncio.Future[bool], seconds: float) -> None:
        bell: asyncio.Future[Any] = asyncio.ensure_future(self._bell.wait())
        try:
            futures: set[asyncio.Future[Any]] = {bell, mine}
            await asyncio.wait(futures, timeout=seconds, return_when="FIRST_COMPLETED")
        finally:
            bell.cancel()
