"""Who may talk to the local messengers: clients of this machine, and no page of a browser."""

from __future__ import annotations

from aiohttp import web

_NAMES = ("127.0.0.1", "localhost")


def is_from_a_page(request: web.BaseRequest) -> bool:
    """Whether some website's page asks, by its origin or by a name that only points here.

    Whoever plays may have put real files into the demo, and its tokens are known to all.
    """
    return "Origin" in request.headers or request.host.partition(":")[0] not in _NAMES
