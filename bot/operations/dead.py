"""`main.py dead`: what was set aside, shown to the operator and decided by them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from storage.migrate import current_at
from storage.session import Ids, Reads, Session, flush

T = TypeVar("T")


async def decide(database_url: str, ask: Callable[[Session], Awaitable[T]]) -> T:
    """What `ask` tells of the database, once what it decided is written.

    The product may run meanwhile. DatabaseUnfit when there is no database of this version.
    """
    async with current_at(database_url) as database:
        session = Session(Reads(database), Ids(database))
        told = await ask(session)
        await flush(database, [session])
        return told
