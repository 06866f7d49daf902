"""The HTTP replies of the server, whole or spoilt by a fault."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from bot.sandbox.vk.faults import Fault, Kind

_HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_NEVER_APPLIED = frozenset({Kind.DROP_BEFORE, Kind.HANG, Kind.HTML_502, Kind.HTML_200})


def prevents(fault: Fault | None) -> bool:
    """Whether the fault keeps the request from being looked at."""
    return fault is not None and fault.kind in _NEVER_APPLIED


def as_json(body: dict[str, Any]) -> web.Response:
    """What a method answers."""
    return web.Response(text=_dumps(body), content_type="application/json")


def as_script(body: dict[str, Any]) -> web.Response:
    """What the long poll answers: JSON that VK does not call by its proper type."""
    return web.Response(text=_dumps(body), content_type="text/javascript")


def as_page(text: str, status: int = 200) -> web.Response:
    """A page, and what upload addresses answer."""
    return web.Response(text=text, status=status, content_type="text/html")


def cut(request: web.Request) -> web.Response:
    """Drop the connection; what is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def spoilt(
    request: web.Request, fault: Fault, reply: web.Response, stopping: asyncio.Event
) -> web.Response:
    """The reply as this fault leaves it; a hanging one ends when the server stops."""
    match fault.kind:
        case Kind.DROP_BEFORE | Kind.DROP_AFTER:
            return cut(request)
        case Kind.HANG:
            await stopping.wait()
            return cut(request)
        case Kind.HTML_502:
            return as_page(_HTML, status=502)
        case Kind.HTML_200:
            return as_page(_HTML)
        case Kind.TRUNCATED_JSON:
            whole = reply.text or ""
            return web.Response(text=whole[: len(whole) // 2], content_type=reply.content_type)
        case Kind.SLOW:
            await asyncio.sleep(fault.value)
    return reply


def _dumps(body: dict[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode()  # half an emoji as JSON escapes it
