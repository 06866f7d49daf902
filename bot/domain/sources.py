"""What the owner calls the sources of leads."""

from __future__ import annotations

from collections.abc import Mapping


def named(source: str, names: Mapping[str, str]) -> str:
    """The name of a payload or ref, VK's `ref (place)` by its ref; others as they are."""
    return names.get(source) or names.get(source.partition(" (")[0], source)
