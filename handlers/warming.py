"""A manager says how warm a lead is."""

from __future__ import annotations

from bot.domain.lead import Actor, Warmth, check_may_note
from handlers.managers import Act
from handlers.warmth import MARKS
from handlers.work import Work
from storage import cards, leads


async def warm(work: Work, act: Act) -> str:
    """The lead is as warm as the button says."""
    check_may_note(act.lead, Actor(act.who.id, act.role))
    if act.argument not in set(MARKS):
        return work.texts("press.outdated")
    warmth = Warmth(act.argument)
    if act.lead.warmth is not warmth:
        leads.change(work.session, act.lead, warmth=warmth.value)
        leads.touch(
            work.session,
            act.lead.id,
            at=work.now,
            kind=f"warmth_{warmth.value}",
            actor="staff",
            staff=act.who.id,
        )
    cards.refresh(work.session, act.lead.id, work.now)
    return f"{MARKS[warmth]} #{act.lead.id}: {work.texts(f'warmth.{warmth.value}').lower()}"
