"""Which parameters each method takes, and how their text is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.vk.errors import bad

Parameters = dict[str, Any]

_EVERYWHERE = "access_token v lang https test_mode captcha_sid captcha_key success_token"
COMMON = frozenset(_EVERYWHERE.split())
_INTEGER = re.compile(r"-?\d+")


class Signature:
    """The parameters of a method, from text such as `peer_id:int! peer_ids:ints/100`.

    `!` makes a parameter required, `/n` limits a list to n items.
    """

    def __init__(self, text: str) -> None:
        self._readers: dict[str, tuple[Callable[[str, str], Any], int]] = {}
        self._required: list[str] = []
        for part in text.split():
            name, _, kind = part.partition(":")
            if kind.endswith("!"):
                self._required.append(name)
            kind, _, most = kind.rstrip("!").partition("/")
            self._readers[name] = (_READERS[kind], int(most or 0))

    @property
    def names(self) -> frozenset[str]:
        """Every parameter that may be given."""
        return frozenset(self._readers)

    @property
    def required(self) -> frozenset[str]:
        """Those of them that must be given."""
        return frozenset(self._required)

    def unknown(self, given: Mapping[str, str]) -> tuple[str, ...]:
        """The parameters that the method does not take."""
        return tuple(name for name in given if name not in self._readers and name not in COMMON)

    def read(self, given: Mapping[str, str]) -> Parameters:
        """The parameters with their types; VkError 100 when one is missing or wrong.

        An empty text counts as not given, as it does with VK.
        """
        values: Parameters = {}
        for name, text in given.items():
            if name in self._readers and text != "":
                reader, most = self._readers[name]
                values[name] = reader(name, text)
                if most and len(values[name]) > most:
                    raise bad(name, f"should have at most {most} items")
        for name in self._required:
            if name not in values:
                raise bad(name, "is undefined")
        return values


def read_integer(name: str, text: str) -> int:
    """An integer, else VkError 100."""
    if not _INTEGER.fullmatch(text):
        raise bad(name, "should be an integer")
    return int(text)


def _read_bool(name: str, text: str) -> bool:
    # requests sends Python's True as the word "True", which VK does not document
    if text not in ("0", "1", "true", "false"):
        raise bad(name, "should be 0 or 1")
    return text in ("1", "true")


def _read_number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise bad(name, "should be a number") from error


_READERS: dict[str, Callable[[str, str], Any]] = {
    "int": read_integer,
    "bool": _read_bool,
    "float": _read_number,
    "str": lambda _, text: text,
    "strs": lambda _, text: [part.strip() for part in text.split(",") if part.strip()],
    "ints": lambda name, text: [read_integer(name, part.strip()) for part in text.split(",")],
}
