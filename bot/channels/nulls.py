"""What messengers' JSON has in common: null counts as absent, and numbers have their bounds."""

from __future__ import annotations

from typing import Any

LIMIT = 2**63  # from it on no database keeps a number


def without_nulls(value: Any) -> Any:
    """The same without what is null, at any depth: it counts as absent."""
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [without_nulls(one) for one in value if one is not None]
    return value
