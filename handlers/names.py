"""What a customer is called of whom no name is known."""

from __future__ import annotations

from bot.messages import Reach
from handlers.policy import Policy
from storage.accounts import Account


def nameless(account: Account, policy: Policy) -> str:
    """By their number on their messenger; in no messenger there is none that tells anything."""
    if account.reach is Reach.OFFLINE:
        return policy.texts("card.no_name")
    return policy.texts("card.nameless", id=account.platform_id)
