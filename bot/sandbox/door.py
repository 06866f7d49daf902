"""Who may talk to the local messengers: clients of this machine, and no page of a browser."""

from __future__ import annotations

from aiohttp import web

_BY_HAND = "none"  # an address that somebody typed
_NAMES = ("127.0.0.1", "localhost")


def is_from_a_page(request: web.BaseRequest) -> bool:
    """Whether some website's page asks, by what its browser tells or by a name that points here.

    Whoever plays may have put real files into the demo, and its tokens are known to all.
    The stage's own page asks the stage alone, and no messenger.
    """
    sent_by_a_page = request.headers.get("Sec-Fetch-Site", _BY_HAND) != _BY_HAND
    # A picture's address, unlike a form, goes without an origin.
    if "Origin" in request.headers or sent_by_a_page:
        return True
    return request.host.partition(":")[0] not in _NAMES
