"""The clock of a stage: it began on the same Monday for every run, and leaps with its loop."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from tests.leaping import LeapingLoop

EPOCH = datetime(2035, 3, 5, 9, 0, tzinfo=UTC).timestamp()  # a Monday, after any real clock


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
    return EPOCH + loop.time() - loop.began + loop.skipped
