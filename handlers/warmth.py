"""How warm a lead is, to see and to choose; what is hot comes first in lists."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.lead import Lead, Warmth
from bot.messages import Button
from handlers.policy import Policy
from handlers.wire import pack

VERB = "warm"
MARKS = {Warmth.COLD: "❄️", Warmth.WARM: "🌤", Warmth.HOT: "🔥"}


def row(policy: Policy, lead: Lead) -> tuple[Button, ...]:
    """The choice, with a tick at what was chosen before; nothing once the lead is closed."""
    if not lead.open:
        return ()
    return tuple(
        Button(_label(policy, lead, warmth, mark), pack(VERB, lead.id, warmth.value))
        for warmth, mark in MARKS.items()
    )


def mark(lead: Lead) -> str:
    """What stands before the name, once somebody has said how warm it is."""
    return f"{MARKS[lead.warmth]} " if lead.warmth in MARKS else ""


def hot_first(found: Sequence[Lead]) -> list[Lead]:
    """Those that are hot before the others, each in the order that they had."""
    return sorted(found, key=lambda lead: lead.warmth is not Warmth.HOT)


def _label(policy: Policy, lead: Lead, warmth: Warmth, sign: str) -> str:
    return f"{'✓' if lead.warmth is warmth else sign} {policy.texts(f'warmth.{warmth.value}')}"
