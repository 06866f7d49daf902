"""One product on this machine for one token: the second waits until the first has ended.

The lock is a name of the kernel's that a process gives back however it ends. It is made for
Linux; elsewhere, and between machines, the messenger itself tells of a second one.
"""

from __future__ import annotations

import hashlib
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from functools import partial

from storage.standing_by import once_free


@asynccontextmanager
async def sole(
    server: str, token: str, waits: Callable[[], None], shared: str = ""
) -> AsyncIterator[None]:
    """Be the only one with a token at a server; `waits` is called once if another one is.

    Of those that are at one `shared` database its lease has chosen, so they do not wait for one
    another: who lost the lease may hang, and would keep the token for as long.
    """
    if sys.platform != "linux":
        yield
        return
    names = [_name(server, token)]
    if shared:
        names.append(_name(server, token, shared))
    with await once_free(partial(_taken, names), waits):
        yield


def _name(*known: str) -> str:
    return f"\0dialead-{hashlib.sha256(' '.join(known).encode()).hexdigest()}"


def _taken(names: Sequence[str]) -> ExitStack | None:
    """All of the names; nothing where one of ours has them all; None while somebody else does."""
    held, found = ExitStack(), [_bound(name) for name in names]
    for one in found:
        if one is not None:
            held.enter_context(one)
    of_ours = len(names) > 1 and not any(found)
    if all(found) or of_ours:
        return held
    held.close()
    return None


def _bound(name: str) -> socket.socket | None:
    """A socket of this name, or None while somebody else has it."""
    held = socket.socket(socket.AF_UNIX)
    try:
        held.bind(name)
    except OSError:
        held.close()
        return None
    return held
