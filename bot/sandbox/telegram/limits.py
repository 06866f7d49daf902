"""How much the server takes: Telegram's pace and sizes, and the counting of them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.telegram.refusals import too_many

_JITTER = 0.05  # seconds: a sender keeping the pace exactly is not refused for the road


@dataclass(frozen=True, slots=True)
class Limits:
    """The real limits by default; 0 switches one off. Sizes in bytes, times in seconds."""

    per_second: int = 30
    chat_per_second: float = 1.0
    chat_burst: int = 5
    group_per_minute: int = 20
    upload: int = 50 * 1024 * 1024
    download: int = 20 * 1024 * 1024
    press_lifetime: float = 15.0
    update_lifetime: float = 24 * 3600.0

    @classmethod
    def none(cls) -> Limits:
        """No pace at all; sizes stay."""
        return cls(per_second=0, chat_per_second=0, group_per_minute=0)


class Pace:
    """Counts calls and refuses those beyond the limits; a refused call is not counted."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._overall: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        self._buckets: dict[int, tuple[float, float]] = {}

    def count(self, chat_id: int | None, messages: int) -> None:
        """Count one call that writes `messages` messages into a chat (0: none, no chat's pace).

        Raises the 429 refusal when it comes too early.
        """
        now = self._clock()
        waits = [self._wait_overall(now)]
        if chat_id is not None and messages:
            waits.append(self._wait_chat(chat_id, now))
            waits.append(self._wait_group(chat_id, messages, now))
        if (wait := max(waits)) > 0:
            raise too_many(max(1, math.ceil(wait)))
        self._note(chat_id, messages, now)

    def _wait_overall(self, now: float) -> float:
        return _wait(self._overall, self._limits.per_second, 1, 1.0, now)

    def _wait_chat(self, chat_id: int, now: float) -> float:
        if not self._limits.chat_per_second:
            return 0.0
        tokens = self._tokens(chat_id, now)
        return 0.0 if tokens >= 1 - _JITTER else (1 - tokens) / self._limits.chat_per_second

    def _wait_group(self, chat_id: int, messages: int, now: float) -> float:
        if chat_id >= 0:
            return 0.0
        times = self._groups.setdefault(chat_id, deque())
        return _wait(times, self._limits.group_per_minute, messages, 60.0, now)

    def _tokens(self, chat_id: int, now: float) -> float:
        full = float(self._limits.chat_burst)
        tokens, at = self._buckets.get(chat_id, (full, now))
        return min(full, tokens + (now - at) * self._limits.chat_per_second)

    def _note(self, chat_id: int | None, messages: int, now: float) -> None:
        if self._limits.per_second:
            self._overall.append(now)
        if chat_id is None or not messages:
            return
        if self._limits.chat_per_second:
            self._buckets[chat_id] = (self._tokens(chat_id, now) - 1, now)
        if chat_id < 0 and self._limits.group_per_minute:
            self._groups.setdefault(chat_id, deque()).extend([now] * messages)


def _wait(times: deque[float], most: int, more: int, window: float, now: float) -> float:
    """Seconds until `more` fit among the `most` of a rolling window."""
    if not most:
        return 0.0
    while times and times[0] <= now - window + _JITTER:
        times.popleft()
    surplus = len(times) + min(more, most) - most
    return times[surplus - 1] + window - now if surplus > 0 else 0.0
