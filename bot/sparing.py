"""What strangers can bring about as often as they like is logged in few lines."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Hashable

QUIET = 60.0  # seconds between two lines of a kind


class Sparing:
    """Counts what is left out; kinds must be few, as each is remembered."""

    def __init__(self) -> None:
        self._told: dict[Hashable, float] = {}
        self._untold: Counter[Hashable] = Counter()

    def more(self, kind: Hashable) -> dict[str, int] | None:
        """How many to tell of beside this one; None to leave this one out, too, for now."""
        now = time.monotonic()
        if kind in self._told and now - self._told[kind] < QUIET:
            self._untold[kind] += 1
            return None
        self._told[kind] = now
        return {"more": untold} if (untold := self._untold.pop(kind, 0)) else {}
