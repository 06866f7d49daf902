"""Errors in words that hold nothing of what people wrote."""

from __future__ import annotations

import traceback


def describe(error: BaseException) -> str:
    """What failed and where; the message of an exception may hold personal data and is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
