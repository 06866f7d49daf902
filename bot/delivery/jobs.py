"""An event that is being worked on, and what is asked of those who know what events mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from bot.messages import Event
from storage.inbox import Arrival
from storage.session import Reads, Session


@dataclass(frozen=True, slots=True)
class Job:
    """One event that is being worked on."""

    arrival: Arrival
    event: Event
    facts: Any = None


class Handlers(Protocol):
    """What the inbox needs of those who know what events mean."""

    def parse(self, channel: str, body: dict[str, Any]) -> Event | None:
        """The event, or None when it is of no interest; ValueError when it can't be understood."""

    async def key(self, event: Event, session: Session) -> str:
        """Events of one key are handled in order, one at a time."""

    def needs_network(self, event: Event) -> bool:
        """Whether `prepare` may have to ask a platform, which can take its time."""

    async def prepare(self, event: Event, reads: Reads) -> Any:
        """What must be known before the event is handled."""

    async def handle(self, event: Event, facts: Any, session: Session) -> None:
        """Decide; reads and collects writes, never commits, never awaits the network."""
