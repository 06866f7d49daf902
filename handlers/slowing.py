"""Floods: who writes too fast is told so once; what they write is kept, and shown together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.messages import MessageReceived, PauseOver, Span, Style, Text, plain
from handlers import cards as faces
from handlers.relay import said
from handlers.work import DESK, Work, cut
from storage import accounts, inbox, leads, messages
from storage.accounts import Account

MINUTE = timedelta(minutes=1)
_TOLD_FOR = timedelta(minutes=10)  # a flood that goes on is not told of again
_SHOWN = 40  # messages of a flood that are shown together
_LINE = 80  # characters of each


def is_slowed(work: Work, account: Account) -> bool:
    """Whether they wrote too fast a moment ago."""
    return account.slowed_until is not None and work.now < account.slowed_until


async def slowed(work: Work, account: Account, event: MessageReceived) -> bool:
    """Whether this message is only kept, because the customer writes faster than anybody reads."""
    if is_slowed(work, account):
        return True
    until = account.slowed_until
    at_most = work.policy.messages_per_minute
    minute = work.now - MINUTE
    if event.album and await messages.album_began(work.session, account.id, event.album, minute):
        return False  # none of it is left out
    if not at_most or await messages.lately(work.session, account.id, minute) < at_most:
        return False
    ends = work.now + MINUTE
    accounts.change(work.session, account, slowed_until=ends)
    over = PauseOver(account.id, ends)
    inbox.later(work.session, f"pause:{account.id}:{ends}", over, now=work.now, at=ends)
    if until is None or work.now - until > _TOLD_FOR:
        await work.to_customer(account, plain(work.words_for(account)("customer.slowed")))
    lead = await leads.open_of(work.session, account.person, DESK)
    if lead is not None:
        head = work.texts("relay.slowed", name=faces.person(account, work.policy))
        await work.under_card(lead.id, (Span(f"⏳ {head}", Style.ITALIC),))
    return True


async def pause_over(work: Work, event: PauseOver) -> None:
    """Show together what was kept; the moment stays known, so that they are not told again soon."""
    account = await accounts.by_id(work.session, event.account)
    until = account.slowed_until
    if until is None or until != event.until:
        return
    lead = await leads.open_of(work.session, account.person, DESK)
    kept = await messages.between(work.session, account.id, until - MINUTE, until)
    if lead is not None and kept:
        await work.under_card(lead.id, _folded(work, lead.id, kept))


def _folded(work: Work, lead: int, kept: Sequence[messages.Message]) -> Text:
    title = work.texts.plural("relay.kept", len(kept), number=lead)
    lines = [_line(work, one) for one in kept[:_SHOWN]]
    if len(kept) > _SHOWN:
        lines.append(work.texts.plural("leads.more", len(kept) - _SHOWN))
    return (Span(f"📥 {title}", Style.BOLD), Span("\n" + "\n".join(lines), Style.QUOTE))


def _line(work: Work, message: messages.Message) -> str:
    words = [message.text, *(said(one, work.texts) for one in message.attachments)]
    return cut(" ".join(words), _LINE)
