"""What every report is made on: the owner's words, hours and names, and the moment of asking."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.domain.hours import Hours
from config.texts import Texts


@dataclass(frozen=True, slots=True)
class Basis:
    """`source` gives what the owner calls a payload or ref; `chat` is the team's, an address."""

    texts: Texts
    zone: tzinfo
    hours: Hours
    chat: str
    source: Callable[[str], str]
    now: datetime
    reasons: Collection[str] = ()  # to reject, by the settings

    def channel(self, name: str) -> str:
        """What a channel is called."""
        return self.texts.channel(name)
