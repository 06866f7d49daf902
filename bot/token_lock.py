"""One product on this machine for one token: the second waits until the first has ended.

The lock is a name of the kernel's that a process gives back however it ends. It is made for
Linux; elsewhere, and between machines, the messenger itself tells of a second one.
"""

from __future__ import annotations

import hashlib
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from storage.standing_by import once_free


@asynccontextmanager
async def sole(server: str, token: str, waits: Callable[[], None]) -> AsyncIterator[None]:
    """Be the only one with a token at a server; `waits` is called once if another one is."""
    if sys.platform != "linux":
        yield
        return
    mark = hashlib.sha256(f"{server} {token}".encode()).hexdigest()
    with await once_free(partial(_bound, f"\0dialead-{mark}"), waits):
        yield


def _bound(name: str) -> socket.socket | None:
    """A socket of this name, or None while somebody else has it."""
    held = socket.socket(socket.AF_UNIX)
    try:
        held.bind(name)
    except OSError:
        held.close()
        return None
    return held
