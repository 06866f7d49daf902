"""The answer to what was asked about a lead: a reason, a deal, the words of a step, a note."""

from __future__ import annotations

from bot.domain.deals import read_deal
from bot.domain.errors import Refusal, Refused
from bot.domain.lead import Role
from handlers import managers, prompts, steps
from handlers.managers import Act
from handlers.work import Work
from storage import cards, deals, leads


async def answered(work: Work, act: Act, what: str, words: str) -> None:
    """Do with the words what was asked for; Refused when they may not, or not any more."""
    if what == managers.REASON:
        await managers.reject(work, act, words)
    elif what.startswith(managers.DEAL):
        _describe(work, act, int(what.removeprefix(managers.DEAL)), words)
    elif what.startswith(steps.ASKS):
        await steps.described(work, act, what, words)
    await prompts.settled(work, act.lead, what=(what,))


def _describe(work: Work, act: Act, deal: int, words: str) -> None:
    """A deal's title and amount, from whoever may act on its lead."""
    if act.lead.responsible not in (None, act.who.id) and act.role < Role.SUPERVISOR:
        raise Refused(Refusal.NOT_YOURS)
    title, amount, currency = read_deal(words, work.policy.currency)
    deals.describe(work.session, deal, title=title, amount=amount, currency=currency)
    leads.touch(
        work.session, act.lead.id, at=work.now, kind="deal", actor="staff", staff=act.who.id
    )
    cards.refresh(work.session, act.lead.id, work.now)
