"""Tasks that are asked to end together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

_PATIENCE = 3.0  # seconds; a stop of the whole takes less than five


async def end(
    stopped: Sequence[asyncio.Task[None]],
    cancelled: Sequence[asyncio.Task[None]],
    stop: Callable[[], None] = lambda: None,
) -> None:
    """Let some end that `stop` asks to, and others that are cancelled; not for long."""
    for task in cancelled:
        task.cancel()
    stop()
    if stopped or cancelled:
        await asyncio.wait([*stopped, *cancelled], timeout=_PATIENCE)
    for task in stopped:
        task.cancel()
