"""How a command says that it cannot: by a key of the texts, with what fills it."""

from __future__ import annotations


class Failed(Exception):
    """What was asked for could not be done."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class Wrong(Failed):
    """What was asked for cannot be: whoever typed it has to type something else."""
