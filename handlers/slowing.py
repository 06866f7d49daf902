"""Floods: who writes too fast is told so once; what they write is kept, and shown together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.lead import Lead
from bot.messages import MessageReceived, PauseOver, Span, Style, Text, plain
from handlers import cards as faces
from handlers.relay import in_kind, said
from handlers.work import Work, cut
from storage import accounts, inbox, leads, messages
from storage.accounts import Account

MINUTE = timedelta(minutes=1)
_TOLD_FOR = timedelta(minutes=10)  # a flood that goes on is not told of again
_SHOWN = 40  # messages of a flood that are shown together
_LINE = 80  # characters of each
_IN_KIND = 10  # pictures and the like that are shown as they are


async def slowed(work: Work, account: Account, event: MessageReceived) -> bool:
    """Whether this is only kept: the customer writes, or edits, faster than anybody reads."""
    if account.slowed(work.now):
        return True
    minute = work.now - MINUTE
    if event.album and await messages.album_began(work.session, account.id, event.album, minute):
        return False  # none of it is left out
    if not await _too_fast(work, account, event, minute):
        return False
    await _begin(work, account)
    return True


def kept_at(work: Work, account: Account) -> datetime:
    """The moment of what is only kept: not before its pause began by another process's clock."""
    until = account.slowed_until
    return work.now if until is None else max(work.now, until - MINUTE)


async def pause_over(work: Work, event: PauseOver) -> None:
    """Show together what was kept, in its turn: another process may still be keeping the last."""
    account = await accounts.by_id(work.session, event.account)
    if account.slowed_until is None:
        return
    if not event.again:
        name = f"kept:{account.id}:{event.until}"
        inbox.later(work.session, name, replace(event, again=True), now=work.now, at=work.now)
        return
    began = event.until - MINUTE
    if account.slowed_until == event.until:
        # Over by every clock, and still known, so that they are not told again soon.
        accounts.change(work.session, account, slowed_until=began)
    if await accounts.banned(work.session, account):
        return
    lead = await leads.latest_of(work.session, account.person, work.policy.desk)
    kept = await messages.between(work.session, account.id, began, event.until)
    kept = [one for one in kept if not await _is_on_card(work, one)]
    if lead is None:
        return
    for number in dict.fromkeys(one.lead for one in kept):  # it closed, and another one began
        part = [one for one in kept if one.lead == number]
        await work.under_card(lead.id, _folded(work, number or lead.id, part))
    await _show_in_kind(work, account, lead, kept)


async def _too_fast(work: Work, account: Account, event: MessageReceived, minute: datetime) -> bool:
    at_most = work.policy.messages_per_minute
    if not at_most:
        return False
    lately = await messages.lately(work.session, account.id, minute)
    if event.edited:
        lately += await messages.edits_since(work.session, account.id, minute)
    return lately >= at_most


async def _begin(work: Work, account: Account) -> None:
    """Tell both sides, unless it goes on, and come back when it is over."""
    until, ends = account.slowed_until, work.now + MINUTE
    accounts.change(work.session, account, slowed_until=ends)
    over = PauseOver(account.id, ends)
    inbox.later(work.session, f"pause:{account.id}:{ends}", over, now=work.now, at=ends)
    if until is None or work.now - until > _TOLD_FOR:
        await work.to_customer(account, plain(work.words_for(account)("customer.slowed")))
    lead = await leads.open_of(work.session, account.person, work.policy.desk)
    if lead is not None:
        head = work.texts("relay.slowed", name=faces.person(account, work.policy))
        await work.under_card(lead.id, (Span(f"⏳ {head}", Style.ITALIC),))


async def _is_on_card(work: Work, message: messages.Message) -> bool:
    """Whether it began a lead, whose card shows it."""
    lead = await leads.by_id(work.session, message.lead) if message.lead else None
    return lead is not None and lead.created_at == message.at and message.edited_at is None


async def _show_in_kind(
    work: Work, account: Account, lead: Lead, kept: Sequence[messages.Message]
) -> None:
    """The first of what was attached, each under who sent it."""
    head = (Span(f"{faces.person(account, work.policy)}:", Style.BOLD),)
    room = _IN_KIND
    for one in kept:
        if shown := in_kind(one.attachments)[:room]:
            await work.under_card(lead.id, head, attachments=shown, message=one.id, album=one.album)
            room -= len(shown)


def _folded(work: Work, lead: int, kept: Sequence[messages.Message]) -> Text:
    title = work.texts.plural("relay.kept", len(kept), number=lead)
    lines = [_line(work, one) for one in kept[:_SHOWN]]
    if len(kept) > _SHOWN:
        lines.append(work.texts.plural("leads.more", len(kept) - _SHOWN))
    return (Span(f"📥 {title}", Style.BOLD), Span("\n" + "\n".join(lines), Style.QUOTE))


def _line(work: Work, message: messages.Message) -> str:
    words = [message.text, *(said(one, work.texts) for one in message.attachments)]
    return cut(" ".join(words), _LINE)
