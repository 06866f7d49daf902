"""Counts what customers wrote, and how much of it managers were shown."""

from __future__ import annotations

from collections.abc import Iterable

_TELLING = 40  # characters of a message's first line that tell it from others


class Tally:
    """Messages with words, each counted once; commands such as /start are none."""

    def __init__(self) -> None:
        self._written: dict[tuple[str, int], str] = {}
        self._missing: dict[tuple[str, int], str] = {}

    @property
    def written(self) -> int:
        """How many messages customers wrote."""
        return len(self._written)

    @property
    def shown(self) -> int:
        """How many of them were seen in the team's chat."""
        return len(self._written) - len(self._missing)

    def wrote(self, chat: str, messages: Iterable[tuple[int, str]]) -> None:
        """Take in a customer's messages as (id, text); those already known are skipped."""
        for number, text in messages:
            telling = " ".join(text.split("\n", 1)[0].split())[:_TELLING]
            if telling and not telling.startswith("/") and (chat, number) not in self._written:
                self._written[chat, number] = self._missing[chat, number] = telling

    def appeared(self, texts: Iterable[str]) -> None:
        """Take in what the team's chat shows."""
        all_words = "\n".join(" ".join(text.split()) for text in texts)
        for key, telling in list(self._missing.items()):
            if telling in all_words:
                del self._missing[key]
