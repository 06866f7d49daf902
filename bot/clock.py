"""The product's one clock; rehearsals move it by a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Tells the time. `file` holds the seconds by which it is ahead; no file, or no number
    in it: not at all."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    def __call__(self) -> datetime:
        """Now, aware, in UTC."""
        now = datetime.now(UTC)
        try:
            return now + self._ahead()
        except OverflowError:  # past the calendar's end
            return now

    def _ahead(self) -> timedelta:
        if self._file is None:
            return timedelta()
        try:
            return timedelta(seconds=float(self._file.read_text() or 0))
        except (OSError, ValueError):
            return timedelta()
