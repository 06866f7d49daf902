"""Text as both databases can keep it: cleaned on the way in, in columns and in JSON alike."""

from __future__ import annotations

import json
import math
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


class Words(sa.types.TypeDecorator[str]):
    """Text of any origin; what a database would refuse is replaced, see `clean`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


def clean(text: str) -> str:
    """The text without NUL, which PostgreSQL refuses, and without halves of characters.

    Halves that stand together become the character they make; others, like NUL, U+FFFD.
    """
    if _is_clean(text):
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", _UNKNOWN)


def dump_json(value: Any) -> str:
    """JSON that both databases take and that reads back as clean text, without NaN."""
    try:
        dumped = _dump(value)
    except ValueError:  # NaN or an infinity: no JSON, though Python reads and writes it
        return _dump(_cleaned(value))
    # The second may also be a backslash that somebody wrote; cleaning then changes nothing.
    if not _is_clean(dumped) or "\\u0000" in dumped:
        return _dump(_cleaned(value))
    return dumped


def _is_clean(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case dict():
            return {_cleaned(name): _cleaned(item) for name, item in value.items()}
        case list() | tuple():
            return [_cleaned(item) for item in value]
        case float() if not math.isfinite(value):
            return None
    return value
