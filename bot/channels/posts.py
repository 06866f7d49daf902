"""What the posts of every messenger have in common: a secret, and a JSON object."""

from __future__ import annotations

import hmac
import json
from typing import Any, NoReturn

from bot.messages import PostRefused


def same(given: object, secret: str) -> bool:
    """Whether it is the secret; how long that takes tells nothing of where they differ.

    Nothing is the same as no secret.
    """
    if not (isinstance(given, str) and secret):
        return False
    return hmac.compare_digest(given.encode(errors="surrogatepass"), secret.encode())


def posted_object(body: bytes) -> dict[str, Any]:
    """The post's JSON object; PostRefused 400 when it is none."""
    try:
        found = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise PostRefused(400, "no JSON") from None
    if not isinstance(found, dict):
        raise PostRefused(400, "no object")
    return found


def _refuse(constant: str) -> NoReturn:
    """NaN and the infinities, which Python reads and no messenger writes."""
    raise ValueError(constant)
