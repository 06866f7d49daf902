"""Bans: a banned person gets no answer and makes no lead; what they write is kept and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import Refusal, Refused
from bot.domain.lead import Action, Actor, Lead, decide
from handlers.buttons import BAN, BAN_REASONS
from handlers.managers import Act, reject
from handlers.work import Work
from storage import accounts, cards, leads
from storage.accounts import Account


async def ban(work: Work, act: Act) -> str:
    """Open the list of reasons, or ban for one of them; an open lead is rejected with it."""
    still_open = await _open_lead(work, act)
    if act.argument not in BAN_REASONS:
        cards.refresh(work.session, act.lead.id, work.now, menu=BAN)
        return work.texts("press.choose_reason")
    welcome = [one for one in await _tree(work, act) if one.banned_at is None]
    if not welcome:
        cards.refresh(work.session, act.lead.id, work.now)
        return work.texts("press.banned")
    reason = work.texts(f"ban.{act.argument}")
    for account in welcome:
        accounts.change(
            work.session, account, banned_at=work.now, banned_by=act.who.id, ban_reason=reason
        )
    if still_open is not None:
        await reject(work, replace(act, lead=still_open), reason)
    _noted(work, act, "ban", reason)
    return work.texts("press.banned")


async def unban(work: Work, act: Act) -> str:
    """Welcome again: the next message is answered and makes a lead."""
    banned = [one for one in await _tree(work, act) if one.banned_at is not None]
    for account in banned:
        accounts.change(work.session, account, banned_at=None, banned_by=None, ban_reason="")
    if banned:
        _noted(work, act, "unban", "")
    cards.refresh(work.session, act.lead.id, work.now)
    return work.texts("press.unbanned")


async def _open_lead(work: Work, act: Act) -> Lead | None:
    """The person's open lead, whichever lead's button was pressed; Refused if it is not theirs."""
    lead = await leads.open_of(work.session, act.lead.person, act.lead.desk)
    if lead is None:
        return None
    try:
        decide(lead, Action.REJECT, Actor(act.who.id, act.role))
    except Refused:
        if lead.id == act.lead.id:
            raise
        raise Refused(Refusal.OTHER_OPEN) from None
    return lead


async def _tree(work: Work, act: Act) -> Sequence[Account]:
    """Every account of the lead's person, of whom nobody decides anything meanwhile."""
    account = await accounts.by_id(work.session, act.lead.account)
    accounts.change_person(work.session, account)
    return await accounts.of_person(work.session, account.person)


def _noted(work: Work, act: Act, kind: str, reason: str) -> None:
    leads.touch(
        work.session,
        act.lead.id,
        at=work.now,
        kind=kind,
        actor="staff",
        staff=act.who.id,
        reason=reason,
    )
    cards.refresh(work.session, act.lead.id, work.now)


BAN_VERBS = {BAN: ban, "unban": unban}
