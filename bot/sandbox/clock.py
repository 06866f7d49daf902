"""The sandbox's clock: real time, moved ahead at a press, and told to others by a file."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

FARTHEST = 400 * 86_400.0  # seconds: beyond it dates stop making sense to a reader


class Clock:
    """Unix seconds by which everything here goes; it never goes back.

    `file` holds the seconds by which it is ahead of the real time.
    """

    def __init__(self, file: Path, zone: ZoneInfo) -> None:
        self.file = file
        self.zone = zone
        self.ahead = 0.0
        self._write()

    def __call__(self) -> float:
        return time.time() + self.ahead

    def move(self, seconds: float) -> None:
        """Go ahead; ValueError for going back or too far."""
        if not 0 < seconds <= FARTHEST - self.ahead:
            raise ValueError("the clock goes forward only, and at most 400 days")
        self.ahead += seconds
        self._write()

    def move_to(self, hour: int, minute: int) -> None:
        """Go ahead to the next time that clocks on the wall of `zone` show this."""
        now = datetime.fromtimestamp(self(), self.zone)
        wanted = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if wanted <= now:
            wanted += timedelta(days=1)
        self.move(wanted.timestamp() - now.timestamp())

    def _write(self) -> None:
        """In one step, so that nobody reads half a number."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{self.ahead:.3f}", encoding="ascii")
        new.replace(self.file)
