"""Ctrl-C while modules are imported, which takes seconds: the end at once, as nothing has begun."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

INTERRUPTED = 130
_IMPORTING = "<frozen importlib._bootstrap>"


def end_imports() -> None:
    """Let Ctrl-C end the process on the spot while it imports; else it does what it did before.

    Without this an event loop hears it only after the import, and what an import calls may
    swallow it. Where Ctrl-C is ignored it stays so.
    """
    before = signal.getsignal(signal.SIGINT)
    if callable(before):
        signal.signal(signal.SIGINT, partial(_interrupted, before))


def as_usual() -> None:
    """Let Ctrl-C do what it does in any Python program, which alone an asyncio.Runner refines."""
    if isinstance(signal.getsignal(signal.SIGINT), partial):
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _interrupted(
    before: Callable[[int, FrameType | None], Any], number: int, frame: FrameType | None
) -> None:
    outer = frame
    while outer is not None:
        if outer.f_code.co_filename == _IMPORTING:
            os._exit(INTERRUPTED)
        outer = outer.f_back
    before(number, frame)
