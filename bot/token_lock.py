"""One product on this machine for one token: the second waits until the first has ended.

The lock is a name of the kernel's that a process gives back however it ends. It is made for
Linux; elsewhere, and between machines, the messenger itself tells of a second one.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

LOOK_EVERY = 0.5  # seconds between two looks whether the first has ended


@asynccontextmanager
async def sole(server: str, token: str, waits: Callable[[], None]) -> AsyncIterator[None]:
    """Be the only one with a token at a server; `waits` is called once if another one is."""
    if sys.platform != "linux":
        yield
        return
    mark = hashlib.sha256(f"{server} {token}".encode()).hexdigest()
    with socket.socket(socket.AF_UNIX) as held:
        told = False
        while not _bound(held, f"\0dialead-{mark}"):
            if not told:
                told = True
                waits()
            await asyncio.sleep(LOOK_EVERY)
        yield


def _bound(held: socket.socket, name: str) -> bool:
    try:
        held.bind(name)
    except OSError:
        return False
    return True
