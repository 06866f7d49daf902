"""Where messengers post their events: kept first, and only then answered for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from aiohttp import web

from bot.messages import Channel, Hook, PostRefused, Raw
from bot.sparing import Sparing
from storage.database import UNREACHABLE

LARGEST = 1024 * 1024  # bytes of a post; a messenger's events stay far below
PATIENCE = 30.0  # seconds for a post to come in whole

Keep = Callable[[str, Sequence[Raw]], Awaitable[None]]

log = structlog.get_logger()


def hook_routes(channels: Mapping[str, Channel], keep: Keep) -> list[web.RouteDef]:
    """A route for each channel that is posted to; `keep(name, raws)` commits, or raises.

    Whoever serves them may keep an event: it need not be the process that handles it.
    """
    refusals = Sparing()
    return [
        web.post(channel.hook.path, _taking(name, channel.hook, keep, refusals))
        for name, channel in channels.items()
        if channel.hook is not None
    ]


def _taking(
    name: str, hook: Hook, keep: Keep, refusals: Sparing
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def take(request: web.Request) -> web.StreamResponse:
        try:
            hook.admit(request.headers)
            posted = hook.read(await _body(request))
        except PostRefused as refusal:
            _tell(name, refusal, refusals)
            return web.Response(status=refusal.status)
        try:
            await keep(name, posted.raws)
        except UNREACHABLE:
            return web.Response(status=503)  # it is posted again
        return web.Response(text=posted.answer)

    return take


def _tell(channel: str, refusal: PostRefused, refusals: Sparing) -> None:
    """Whoever finds the address could fill the log."""
    status, reason = refusal.status, str(refusal)
    more = refusals.more((channel, status))
    if more is not None:
        log.warning("post_refused", channel=channel, status=status, reason=reason, **more)


async def _body(request: web.Request) -> bytes:
    """The whole post; what announces itself as too large is not even begun."""
    if (request.content_length or 0) > LARGEST:
        raise PostRefused(413, "too large")
    try:
        async with asyncio.timeout(PATIENCE):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise PostRefused(413, "too large") from None
    except TimeoutError:
        raise PostRefused(408, "too slow") from None
    except (web.RequestPayloadError, ConnectionError):
        raise PostRefused(400, "cut off") from None
