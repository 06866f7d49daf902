"""What answers over HTTP, and where."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

import structlog
from aiohttp import web

from bot.web.health import Ready, live, ready
from bot.web.hooks import LARGEST
from bot.web.metrics import metrics
from storage.database import Database

_LAST_ANSWERS = 1.0  # seconds that whoever is being answered has left at the end

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
async def serving(
    where: Where,
    database: Database,
    *,
    hindrances: Ready,
    now: Callable[[], datetime],
    hooks: Sequence[web.RouteDef] = (),
) -> AsyncIterator[None]:
    """Answer while the context is open; a port that is taken is told and done without."""
    app = web.Application(client_max_size=LARGEST)
    app.router.add_routes(hooks)
    app.router.add_get("/healthz", live)
    app.router.add_get("/readyz", ready(database, hindrances))
    app.router.add_get("/metrics", metrics(database, now))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_LAST_ANSWERS)
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
