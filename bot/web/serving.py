"""What answers over HTTP, and where."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Protocol, cast

import structlog
from aiohttp import web

from bot.web.health import Ready, live, ready
from bot.web.hooks import LARGEST
from bot.web.metrics import metrics
from storage.database import Database

MOST = 300  # connections at a time: far more than messengers and monitors have, few for a system
SILENCE = 30.0  # seconds for a whole head to come
_LAST_ANSWERS = 1.0  # seconds that whoever is being answered has left at the end

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

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
    remarks: Ready = list,
    now: Callable[[], datetime],
    hooks: Sequence[web.RouteDef] = (),
) -> AsyncIterator[None]:
    """Answer while the context is open; a port that is taken is told and done without."""
    app = web.Application(client_max_size=LARGEST, middlewares=[_once])
    app.router.add_routes(hooks)
    app.router.add_get("/healthz", live)
    app.router.add_get("/readyz", ready(database, hindrances, remarks))
    app.router.add_get("/metrics", metrics(database, now))
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=_LAST_ANSWERS,
        keepalive_timeout=SILENCE,
        auto_decompress=False,  # no messenger packs its posts, and a bomb would be unpacked
    )
    listener = await _listening(runner, where) if where.port else None
    try:
        yield
    finally:
        if listener is not None:
            listener.close()
        await runner.cleanup()


async def _listening(runner: web.AppRunner, where: Where) -> asyncio.Server | None:
    await runner.setup()
    answering = partial(_admitted, cast(web.Server, runner.server))  # it is set up by now
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_server(answering, where.host, where.port)
    except OSError as error:
        log.error("http_port_taken", host=where.host, port=where.port, reason=error.strerror)
        return None


@web.middleware
async def _once(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """A connection is for one request: who is there for long is none of those who matter."""
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        refusal.force_close()
        raise
    response.force_close()
    return response


def _admitted(server: web.Server) -> asyncio.Protocol:
    """One more connection; whoever is there the longest gives way where there are too many.

    So nobody keeps messengers out by holding connections open; what is cut is posted again.
    """
    held = [one for one in server.connections if one.transport is not None]
    for one in held[: len(held) - MOST + 1]:
        one.force_close()
    return server()
