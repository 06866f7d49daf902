"""Whose turn it is where the pace does not suffice for all that may go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.delivery.items import Item
from bot.messages import Priority
from storage.outbox import Delivery

_REMEMBERED = max(priority.patience for priority in Priority).total_seconds()


class Turns:
    """Puts what may go in order, so that nobody keeps a group to themselves.

    What goes under a lead's card is taken to wait only since the post before it was begun: of
    two leads that always have something to show each has every other place, however much more
    of the one waits.
    """

    def __init__(self, now: Callable[[], datetime], time: Callable[[], float]) -> None:
        """`time` counts seconds and never goes back, which `now` may."""
        self._now = now
        self._time = time
        self._begun: dict[str, float] = {}  # by the key of a lead in a group, the oldest first

    def begun(self, item: Item) -> None:
        """Note that this call is being made."""
        time = self._time()
        if item.group and isinstance(item.work, Delivery) and item.work.under_card:
            self._begun.pop(item.work.key, None)
            self._begun[item.work.key] = time
        while self._begun and next(iter(self._begun.values())) < time - _REMEMBERED:
            del self._begun[next(iter(self._begun))]

    def place(self, item: Item) -> tuple[int, float]:
        """The least goes first: whose turn has come, then answers to presses, then the others.

        Of answers the newest goes first: when there are more than the pace bears, some are
        there at once and some never, instead of all of them too late.
        """
        if item.work.priority is Priority.ANSWER:
            return (1, -item.work.turn_at.timestamp())
        now, at = self._now(), self._turn(item)
        return (0 if at <= now else 2, at.timestamp())

    def _turn(self, item: Item) -> datetime:
        if not isinstance(item.work, Delivery) or item.work.key not in self._begun:
            return item.work.turn_at  # answers and notices have one key for the whole chat
        since = timedelta(seconds=self._time() - self._begun[item.work.key])
        return max(item.work.turn_at, self._now() - since + item.work.priority.patience)
