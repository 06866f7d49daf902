"""A call on its way: what is to be made, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.delivery.showing import Showing
from bot.messages import SendError, Sent, split_address
from storage.cards import Card
from storage.outbox import Delivery


@dataclass(frozen=True, slots=True)
class Item:
    """A call that may be made, whether it was queued or a card wants it."""

    work: Delivery | Card
    joined: tuple[Delivery, ...] = ()  # calls whose words go along

    @property
    def calls(self) -> tuple[Delivery, ...]:
        """The queued calls that are made by making it."""
        return (self.work, *self.joined) if isinstance(self.work, Delivery) else ()

    @property
    def chat(self) -> str:
        """The chat it counts for, as the platform's own id; "" for answers, which no hold holds."""
        if isinstance(self.work, Card):
            return split_address(self.work.chat)[1]
        return self.work.chat if self.counts else ""

    @property
    def counts(self) -> bool:
        """Whether the platform counts it in its chat: answers and reactions are free."""
        return self.work.priority.counts

    @property
    def group(self) -> bool:
        """Telegram's groups have negative ids; only they have a pace of their own."""
        return self.chat.startswith("-")


@dataclass(frozen=True, slots=True)
class Made:
    """A call that ended: accepted, refused, or not made because it came too late."""

    item: Item
    sent: Sent | None = None
    error: SendError | None = None
    expired: bool = False
    showing: Showing | None = None  # where it was a card's

    @property
    def topics_refused(self) -> bool:
        """Whether the chat turned out to be one in which leads can have no topics."""
        shows, error = self.showing, self.error
        return shows is not None and error is not None and shows.refuses_topics(error)


def name_of(work: Delivery | Card) -> str:
    """What logs call it."""
    return f"{'card' if isinstance(work, Card) else 'outbox'}={work.id}"


def outcome_of(made: Made) -> str:
    """`sent`, `expired`, or why not, in the terms of Failure."""
    if made.error is not None:
        return made.error.failure.value
    return "expired" if made.expired else "sent"
