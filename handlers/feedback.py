"""What a customer said by one tap after closing, as the team sees it: card, history, a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.feedback import Asks, stars
from handlers.policy import Policy
from storage import feedback
from storage.session import Session


async def lines(session: Session, policy: Policy, lead: int) -> Sequence[tuple[datetime, str]]:
    """What they answered about a lead, each with the moment of the first tap."""
    return [
        (one.answered_at, said(policy, one.kind, one.answer))
        for one in await feedback.of_lead(session, lead)
        if one.answered_at is not None
    ]


def said(policy: Policy, kind: Asks, answer: str) -> str:
    """An answer in one line, in the team's words."""
    if kind is Asks.RATING:
        return f"⭐ {policy.texts('card.rating', stars=stars(answer))}"
    return f"💬 {policy.texts('card.farewell', reason=policy.texts(f'farewell.{answer}'))}"
