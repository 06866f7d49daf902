"""`/healthz` says that the process lives, `/readyz` that it can take in, keep and be told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from storage.database import UNREACHABLE, Database

Ready = Callable[[], Sequence[str]]


async def live(_request: web.Request) -> web.Response:
    """The loop turns, or nobody would answer."""
    return web.Response(text="ok")


def ready(
    database: Database, hindrances: Ready, remarks: Ready = list
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """503 with a line for each thing in the way; `hindrances` tells of the messengers.

    What `remarks` tell stands below, in the way of nothing.
    """

    async def told(_request: web.Request) -> web.Response:
        found = list(hindrances())
        try:
            await database.finish(_write(database))
        except UNREACHABLE as error:
            found.append(f"database: {type(error).__name__}")
        text = "\n".join([*(found or ["ok"]), *remarks()])
        return web.Response(text=text, status=503 if found else 200)

    return told


async def _write(database: Database) -> None:
    async with database.write():
        pass
