"""Whether our clock is right, told by the date that a messenger's answers bear."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

from bot.messages import Finding

FAR = 30.0  # seconds


def compared(channel: str, date: str, ours: float) -> list[Finding]:
    """A finding on the answer's Date and our Unix seconds then; none where it had no date."""
    try:
        told = parsedate_to_datetime(date)
    except ValueError:
        return []
    # HTTP's dates are in UTC, whatever zone is or is not named.
    apart = ours - told.replace(tzinfo=UTC).timestamp()
    if abs(apart) <= FAR:
        return [Finding(True, "check.clock_right", {"channel": channel})]
    values = {"channel": channel, "seconds": str(round(abs(apart)))}
    return [Finding(False, "check.clock_ahead" if apart > 0 else "check.clock_behind", values)]
