"""`/healthz` says that the process lives, `/readyz` that it can write what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import structlog
from aiohttp import web

from storage.database import UNREACHABLE, Database

log = structlog.get_logger()


class Where(Protocol):
    """Where to listen; port 0 means nowhere."""

    @property
    def host(self) -> str:
        """An address of this machine."""

    @property
    def port(self) -> int:
        """The port."""


@asynccontextmanager
async def serving(where: Where, database: Database) -> AsyncIterator[None]:
    """Answer while the context is open; a port that is taken is told and done without."""
    runner = web.AppRunner(_app(database), access_log=None)
    if where.port:
        await runner.setup()
        try:
            await web.TCPSite(runner, where.host, where.port).start()
        except OSError as error:
            log.error("http_port_taken", host=where.host, port=where.port, reason=error.strerror)
    try:
        yield
    finally:
        await runner.cleanup()


async def _write(database: Database) -> None:
    async with database.write():
        pass


def _app(database: Database) -> web.Application:
    async def live(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def ready(_request: web.Request) -> web.Response:
        try:
            await database.finish(_write(database))
            return web.Response(text="ok")
        except UNREACHABLE as error:
            return web.Response(text=f"database: {type(error).__name__}", status=503)

    app = web.Application()
    app.router.add_get("/healthz", live)
    app.router.add_get("/readyz", ready)
    return app
