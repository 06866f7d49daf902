"""What a customer is asked by one tap after their lead was closed, and what their tap means."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.lead import Lead, State

STARS = 5
LOW = 2  # stars; of so few the supervisors hear at once
CHANGED_WITHIN = timedelta(days=1)  # of the first tap; then a rating stands
_DOUBLE = ("дубл", "dupl")  # how reasons begin that say the customer is answered elsewhere


class Asks(StrEnum):
    """What is asked."""

    FAREWELL = "farewell"  # why it did not work out
    RATING = "rating"  # how it was, 1 to 5


class Why(StrEnum):
    """Why it did not work out, as the customer sees it; the order is that of the buttons."""

    EXPENSIVE = "expensive"
    FOUND = "found"
    CHANGED = "changed"
    WAITED = "waited"
    OTHER = "other"


def asked_after(lead: Lead, *, farewell: bool, rating: bool, spam: bool = False) -> Asks | None:
    """What a closed lead's customer is asked where the owner wants a farewell, or a rating.

    Who never had an answer of a human is not asked why they went: that would be the first
    word they hear. Nor is whoever was turned away as `spam`, or has another lead.
    """
    if lead.state is State.CONVERTED:
        return Asks.RATING if rating else None
    if lead.state is not State.REJECTED or lead.answered_at is None:
        return None
    if spam or lead.reason.strip().casefold().startswith(_DOUBLE):
        return None
    if farewell:
        return Asks.FAREWELL
    return Asks.RATING if rating else None


def may_change(answered_at: datetime | None, now: datetime) -> bool:
    """Whether a rating that was first given at this moment may still be another one."""
    return answered_at is None or now < answered_at + CHANGED_WITHIN


def stars(rating: str) -> str:
    """A rating, "1" to "5", as people see it: ★★★★☆."""
    return "★" * int(rating) + "☆" * (STARS - int(rating))
