"""Errors in words that hold nothing of what people wrote."""

from __future__ import annotations

import traceback


def describe(error: BaseException) -> str:
    """What failed, in its own words if it calls them `harmless`, else by its kind and place.

    The message of any other exception may hold personal data and is left out.
    """
    if getattr(error, "harmless", False):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
