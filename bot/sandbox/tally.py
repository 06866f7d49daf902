"""Counts what was written at one end, and how much of it was seen at the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

_TELLING = 40  # characters of a message's first line that tell it from others


@dataclass(slots=True)
class Count:
    """Messages with words, each counted once; commands such as /start are none."""

    _written: dict[tuple[str, int], str] = field(default_factory=dict)
    _missing: dict[tuple[str, int], str] = field(default_factory=dict)
    _dropped: set[tuple[str, int]] = field(default_factory=set)

    @property
    def written(self) -> int:
        """How many were written."""
        return len(self._written)

    @property
    def shown(self) -> int:
        """How many of them were seen at the other end."""
        return len(self._written) - len(self._missing)

    def wrote(self, chat: str, messages: Iterable[tuple[int, str]]) -> None:
        """Take in what was written as (id, text); those already known are skipped."""
        for number, text in messages:
            key, telling = (chat, number), _telling(text)
            if key in self._written or key in self._dropped:
                continue
            if telling and not telling.startswith("/"):
                self._written[key] = self._missing[key] = telling

    def appeared(self, texts: Iterable[str]) -> None:
        """Take in what the other end shows."""
        if not self._missing:
            return
        all_words = "\n".join(" ".join(text.split()) for text in texts)
        for key, telling in list(self._missing.items()):
            if telling in all_words:
                del self._missing[key]

    def declined(self, chat: str, numbers: Iterable[int]) -> None:
        """Forget messages about which their author was told that they did not go over."""
        for number in numbers:
            if self._missing.pop((chat, number), None) is not None:
                del self._written[chat, number]
                self._dropped.add((chat, number))


@dataclass(slots=True)
class Tally:
    """Both ways: customers' words to the team, the team's replies to customers."""

    words: Count = field(default_factory=Count)
    replies: Count = field(default_factory=Count)


def _telling(text: str) -> str:
    return " ".join(text.split("\n", 1)[0].split())[:_TELLING]
