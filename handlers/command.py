"""A command of somebody of the team that is about a message, or replies to one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.lead import Lead, Role
from bot.messages import MessageReceived, address, person_address
from storage.messages import Place
from storage.staff import Staff


@dataclass(frozen=True, slots=True)
class Command:
    """Who wrote what after its name, and what it replies to."""

    event: MessageReceived
    who: Staff
    role: Role
    rest: str
    place: Place | None = None
    lead: Lead | None = None

    @property
    def where(self) -> str:
        """The address of the chat."""
        return address(self.event.channel, self.event.chat.id)

    @property
    def author(self) -> str:
        """The address of who wrote it."""
        return person_address(self.event.channel, self.event.author.id)
