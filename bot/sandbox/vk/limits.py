"""The limits that VK sets to callers, and the pace it keeps."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from bot.sandbox.vk.errors import FLOOD, TOO_MANY_PER_SECOND, VkError


@dataclass(frozen=True, slots=True)
class Limits:
    """What VK allows; None switches a limit off. Times are in seconds."""

    per_second: int | None = 20  # calls of one token
    identical_per_minute: int | None = None  # the same text to one peer, then flood control
    text: int = 4096  # characters
    attachments: int = 10
    forwards: int = 100
    edit_age: float = 86_400
    random_id_age: float | None = 3600
    random_id_messages: int | None = 100  # later messages of the dialog, then it is forgotten
    press_age: float = 60
    callback_retries: tuple[float, ...] = (10, 180, 600, 1800, 3600)

    @classmethod
    def none(cls) -> Limits:
        """No pace at all, for benchmarks; shapes and sizes are still checked."""
        return replace(cls(), per_second=None)


class Pace:
    """Counts calls and refuses what comes too fast (error 6) or too alike (error 9)."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._calls: deque[float] = deque()
        self._texts: dict[tuple[int, str], deque[float]] = {}

    def call(self, now: float) -> None:
        """Count one call of the token at `now`."""
        if not _room(self._calls, now, 1.0, self.limits.per_second):
            raise VkError(TOO_MANY_PER_SECOND)

    def text(self, peer_id: int, text: str, now: float) -> None:
        """Count one text sent to a peer at `now`."""
        if self.limits.identical_per_minute is None:
            return
        times = self._texts.setdefault((peer_id, text), deque())
        if not _room(times, now, 60.0, self.limits.identical_per_minute):
            raise VkError(FLOOD)


def _room(times: deque[float], now: float, window: float, most: int | None) -> bool:
    if most is None:
        return True
    while times and times[0] <= now - window:
        times.popleft()
    if len(times) >= most:
        return False
    times.append(now)
    return True
