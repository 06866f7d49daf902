"""Who would fill the disk: so much is kept of an account in a day, and no more."""

from __future__ import annotations

from bot.messages import DayFull, Span, Style, plain
from handlers import cards as faces
from handlers.work import Work
from storage import accounts, inbox, leads, messages
from storage.accounts import Account

KEPT = 1000  # messages and edits of an account in a day; what is long counts by its pages


async def unkept(work: Work, account: Account, *, edited: bool = False) -> bool:
    """Whether nothing more of them is kept before midnight; both sides are told so, once."""
    here = work.now.astimezone(work.policy.timezone)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    kept = await messages.pages_since(work.session, account.id, midnight)
    if edited:
        kept += await messages.pages_changed_since(work.session, account.id, midnight)
    if kept < KEPT:
        return False
    work.session.keeps_event = False
    name = f"full:{account.id}:{midnight:%Y-%m-%d}"
    inbox.later(work.session, name, DayFull(account.id), now=work.now, at=work.now)
    return True


async def full(work: Work, event: DayFull) -> None:
    """Tell both sides; a ban has told them all there is to tell."""
    account = await accounts.by_id(work.session, event.account)
    if account.erased or await accounts.banned(work.session, account):
        return
    await work.to_customer(account, plain(work.words_for(account)("customer.full")))
    lead = await leads.latest_of(work.session, account.person, work.policy.desk)
    if lead is not None:
        name = faces.person(account, work.policy)
        words = work.texts("relay.full", name=name, number=KEPT)
        await work.under_card(lead.id, (Span(f"⛔ {words}", Style.ITALIC),))
