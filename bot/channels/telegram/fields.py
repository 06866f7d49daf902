"""Reading raw JSON of which nothing is certain: a wrong type is a ValueError without its value."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_LIMIT = 2**63  # beyond it no database keeps a number


def without_nulls(value: Any) -> Any:
    """The same without what is null, at any depth: it counts as absent."""
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [without_nulls(one) for one in value if one is not None]
    return value


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
    return value if -_LIMIT <= value < _LIMIT else _wrong(name)


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
