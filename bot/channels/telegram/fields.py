"""Reading raw JSON of which nothing is certain: a wrong type is a ValueError without its value."""

from __future__ import annotations

from typing import Any

from bot.channels.nulls import LIMIT

Json = dict[str, Any]


def words(part: Json, name: str) -> str:
    """A text, "" when absent."""
    value = part.get(name, "")
    return value if isinstance(value, str) else _wrong(name)


def words_needed(part: Json, name: str) -> str:
    """A text that must be there and say something."""
    return words(part, name) or _wrong(name)


def number(part: Json, name: str) -> int:
    """A whole number of 64 bits that must be there."""
    value = part.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return int(_wrong(name))
    return value if -LIMIT <= value < LIMIT else _wrong(name)


def number_or_none(part: Json, name: str) -> int | None:
    """A whole number, None when absent."""
    return number(part, name) if part.get(name) is not None else None


def decimal(part: Json, name: str) -> float:
    """A number that must be there."""
    value = part.get(name)
    return float(value) if isinstance(value, int | float) else _wrong(name)


def inner(part: Json, name: str) -> Json:
    """An object that must be there."""
    value = part.get(name)
    return value if isinstance(value, dict) else _wrong(name)


def inner_or_empty(part: Json, name: str) -> Json:
    """An object, empty when absent."""
    return inner(part, name) if part.get(name) is not None else {}


def listed(part: Json, name: str) -> list[Json]:
    """A list of objects that must be there and hold at least one."""
    value = part.get(name)
    if not (isinstance(value, list) and value and all(isinstance(one, dict) for one in value)):
        return list(_wrong(name))
    return value


def _wrong(name: str) -> Any:  # Any, so that it may stand where a value would
    raise ValueError(f"field {name!r} is missing or of a wrong type")
