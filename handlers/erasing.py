"""Erasing a person: at once in the database, then copy by copy in the team's chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.messages import (
    Delete,
    DeliveryEnded,
    Edit,
    ErasureEnded,
    ErasureWanted,
    Post,
    Priority,
    Span,
    Style,
    plain,
    split_address,
)
from handlers.work import Work
from storage import accounts, cards, erasure, inbox, outbox
from storage.accounts import Account
from storage.erasure import Copy
from storage.outbox import Delivery

MARK = "erased:"  # of the calls that empty copies
_AGAIN = timedelta(minutes=1)  # what was on its way meanwhile is there by then
_LISTED = 30  # copies that a notice names


async def wanted(work: Work, event: ErasureWanted) -> None:
    """Erase all that is known, tell the customer, and empty the copies of their words."""
    account = await accounts.by_id(work.session, event.account)
    tree = await accounts.of_person(work.session, account.person)
    done = await erasure.of_receipt(work.session, event.receipt)
    if event.again and done is not None:
        await _empty(work, done.id, tree)
        return
    if done is not None:
        return
    copies = await erasure.copies(work.session, tree)
    number = await erasure.erase(
        work.session,
        tree,
        receipt=event.receipt,
        asked_by=event.asked_by,
        reasons=work.policy.reasons,
        now=work.now,
    )
    for lead in {one.lead for one in copies if one.lead}:
        cards.refresh(work.session, lead, work.now)
    await _empty(work, number, tree)
    if event.asked_by == "customer":
        await _confirm(work, account, number, event.receipt)
    again = ErasureWanted(event.account, event.asked_by, event.receipt, again=True)
    name = f"erasure:{event.receipt}:again"
    inbox.later(work.session, name, again, now=work.now, at=work.now + _AGAIN)


async def copy_ended(work: Work, delivery: Delivery, event: DeliveryEnded) -> None:
    """A copy was emptied or not; the last of them ends the erasure."""
    number = int(delivery.asks.partition(":")[2])
    if isinstance(delivery.outgoing, Post):
        erasure.forget_call(work.session, event.delivery)
    if not await erasure.waiting(work.session, number):
        ended = ErasureEnded(number)
        inbox.later(work.session, f"erasure:{number}:ended", ended, now=work.now, at=work.now)


async def ended(work: Work, event: ErasureEnded) -> None:
    """Whoever may delete in the chat is told what only they can."""
    done = await erasure.by_id(work.session, event.erasure)
    left = await erasure.left(work.session, event.erasure)
    if done is None or not left:
        return
    head = work.texts.plural("alarm.erased", len(left), receipt=done.receipt)
    links = [_link(where, message) for where, message in left[:_LISTED]]
    if len(left) > _LISTED:
        links.append(work.texts.plural("leads.more", len(left) - _LISTED))
    for recipient in work.policy.reports_to:
        text = plain("\n".join((head, *links)))
        await work.post(recipient, text, priority=Priority.DIGEST, alarm=True)


async def _empty(work: Work, number: int, tree: Sequence[Account]) -> None:
    """Words are replaced; what else a copy shows, and what a manager wrote, can only be deleted."""
    known = await erasure.emptied(work.session, number)
    for copy in await erasure.copies(work.session, tree):
        if (copy.chat, copy.message_id) not in known:
            await _empty_one(work, number, copy)


async def _empty_one(work: Work, number: int, copy: Copy) -> None:
    channel, chat = split_address(copy.chat)
    words = (Span(work.texts("card.erased" if copy.lead else "list.outdated"), Style.ITALIC),)
    delete = copy.attached or not copy.ours
    await outbox.add(
        work.session,
        channel,
        Delete(chat, copy.message_id) if delete else Edit(chat, copy.message_id, words),
        chat=chat,
        key=copy.chat,
        priority=Priority.CHANGE,
        now=work.now,
        asks=f"{MARK}{number}",
        told=True,
    )


async def _confirm(work: Work, account: Account, number: int, receipt: str) -> None:
    """The last words to an account that is not known any more once they are sent."""
    words = work.words_for(account)("customer.erased", receipt=receipt)
    for part in work.fit(account.channel, Post(account.platform_id, plain(words))):
        await outbox.add(
            work.session,
            account.channel,
            part,
            chat=account.platform_id,
            key=account.address,
            priority=Priority.REPLY,
            now=work.now,
            asks=f"{MARK}{number}",
            told=True,
        )


def _link(where: str, message: str) -> str:
    """A message of a supergroup as a link that opens it."""
    channel, chat = split_address(where)
    if channel == "telegram" and chat.startswith("-100"):
        return f"https://t.me/c/{chat[4:]}/{message}"
    return f"{where} {message}"
