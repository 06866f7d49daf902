"""Erasing a person: at once in the database, then copy by copy in the team's chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.messages import (
    AdminWrote,
    Delete,
    DeliveryEnded,
    Edit,
    ErasureEnded,
    ErasureWanted,
    MessageReceived,
    Post,
    Priority,
    Span,
    Style,
    Text,
    address,
    kind_of,
    plain,
    split_address,
)
from handlers import outliving, reasons, recognition
from handlers.work import Work
from storage import (
    accounts,
    cards,
    erased,
    erasure,
    inbox,
    leads,
    messages,
    outbox,
    outdated,
    people,
    retention,
)
from storage.accounts import Account
from storage.erasure import Copy
from storage.outbox import Delivery

MARK = erased.MARK  # of the calls that empty copies
_AGAIN = timedelta(minutes=1)  # what was on its way meanwhile is there by then
_FOLLOWED = timedelta(minutes=10)  # so far at most is known to have come where all is well
_LAST = "/day"  # with a receipt: the look after which nothing is remembered
_LISTED = 30  # copies that a notice names


async def wanted(work: Work, event: ErasureWanted) -> None:
    """Erase all that is known, tell the customer, and empty the copies of their words.

    Customers speak for the account they write from: that others are theirs, too, is what a
    manager believes.
    """
    if event.again:
        await _look_again(work, event)
        return
    account = await accounts.by_id(work.session, event.account)
    if account.erased or await erasure.of_receipt(work.session, event.receipt) is not None:
        return
    known = await accounts.of_person(work.session, account.person)
    tree = [account] if event.asked_by == "customer" else known
    if event.asked_by == "age" and not await _of_age(work, tree):
        return
    accounts.expect_person(work.session, account)  # or they are merged or split meanwhile
    await recognition.show_alike_anew(work, account.person)
    await outliving.go_on(work, tree, known)
    copies = await erasure.copies(work.session, tree)
    number = await erasure.erase(
        work.session,
        tree,
        receipt=event.receipt,
        asked_by=event.asked_by,
        reasons=await reasons.anywhere(work),
        now=work.now,
        whole=all(one.erased or one in tree for one in known),
    )
    await _show_cards_anew(work, tree, copies)
    await _empty(work, number, tree)
    await _end_lists(work, number, tree)
    if event.asked_by == "customer":
        await _confirm(work, account, number, event.receipt)
    _look_later(work, event, "again", work.now + _AGAIN)
    # Its key is another one: nothing waits a day behind it.
    last = ErasureWanted(0, event.asked_by, f"{event.receipt}{_LAST}")
    _look_later(work, last, "again", work.now + erased.KEPT + _FOLLOWED)


async def is_news(work: Work, event: MessageReceived | AdminWrote) -> bool:
    """Whether it was written after the customer was erased, if that was lately.

    A messenger's history may bring what was written before once more, and an edit too.
    """
    customer = event.account if isinstance(event, AdminWrote) else event.author.id
    where = address(event.channel, customer)
    last = await erased.lately(work.session, where)
    if last is None:
        return True
    written = await messages.written(work.session, where, event.message_id)
    if written is not None or (event.at >= last.at.replace(microsecond=0) and not event.edited):
        return True
    forget_soon(work, f"{event.message_id}:{work.now.isoformat()}")  # it may come yet again
    return False


def forget_soon(work: Work, name: str) -> None:
    """Keep nothing of the event being handled, once it is; `name` is its own."""
    event = ErasureWanted(0, "customer", "")
    _look_later(work, event, f"{name}:again", work.now + _AGAIN)


async def copy_ended(work: Work, delivery: Delivery, event: DeliveryEnded) -> None:
    """A copy was emptied or not; the last of them ends the erasure."""
    number = int(delivery.asks.partition(":")[2])
    if isinstance(delivery.outgoing, Post):
        erasure.forget_call(work.session, event.delivery)
    elif isinstance(delivery.outgoing, Edit) and event.outcome == "sent":
        where = address(delivery.channel, delivery.chat)
        erasure.forget_list(work.session, where, delivery.outgoing.message_id)
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


async def _of_age(work: Work, tree: Sequence[Account]) -> bool:
    """Whether they are still to be forgotten: they may have come back since the sweep."""
    kept = work.policy.customers_kept
    return bool(kept) and await retention.still_old(work.session, tree, work.now - kept)


async def _look_again(work: Work, event: ErasureWanted) -> None:
    """What was on its way meanwhile is emptied as well, and nothing is kept of what came."""
    done = await erasure.of_receipt(work.session, event.receipt)
    if done is not None:
        tree = [await accounts.by_id(work.session, event.account)] if event.account else []
        if tree and event.asked_by != "customer":
            tree = list(await accounts.of_person(work.session, tree[0].person))
        await _empty(work, done.id, tree)
        await _end_lists(work, done.id, tree)  # those that were just being put together
    lasts = await erasure.clean(work.session, work.policy.connected, work.now)
    if lasts and event.receipt.endswith(_LAST):
        _look_later(work, event, f"{work.now.isoformat()}:again", work.now + erased.KEPT)


def _look_later(work: Work, event: ErasureWanted, name: str, at: datetime) -> None:
    again = replace(event, again=True)
    inbox.later(work.session, f"erasure:{event.receipt}:{name}", again, now=work.now, at=at)


async def _show_cards_anew(work: Work, tree: Sequence[Account], copies: Sequence[Copy]) -> None:
    """Their contacts are on the cards of whoever was one person with them, too."""
    together = await people.once_together(work.session, tree)
    shown = {one.lead for one in copies if one.lead}
    for lead in shown.union(await leads.numbers_of(work.session, together)):
        cards.refresh(work.session, lead, work.now)


async def _empty(work: Work, number: int, tree: Sequence[Account]) -> None:
    """Words are replaced; what else a copy shows, and what a manager wrote, can only be deleted."""
    known = await erasure.emptied(work.session, number)
    late = await erasure.came_through(work.session, number)
    for copy in (*late, *await erasure.copies(work.session, tree)):
        if (copy.chat, copy.message_id) not in known:
            known.add((copy.chat, copy.message_id))
            await _empty_one(work, number, copy)


async def _empty_one(work: Work, number: int, copy: Copy) -> None:
    channel, chat = split_address(copy.chat)
    words = _instead(work.texts("card.erased" if copy.lead else "list.outdated"))
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


async def _end_lists(work: Work, number: int, tree: Sequence[Account]) -> None:
    """Lists that wait would show them yet: whoever was to read one is told to ask anew."""
    for asked in await outdated.end_lists(work.session, tree, number, work.now):
        words = _instead(work.texts("list.outdated"))
        await outbox.add(
            work.session,
            asked.channel,
            Post(asked.chat, words, reply_to=asked.reply_to, thread=asked.thread),
            chat=asked.chat,
            key=asked.key,
            priority=Priority.CARD,
            now=work.now,
        )


def _instead(words: str) -> Text:
    return (Span(words, Style.ITALIC),)


async def _confirm(work: Work, account: Account, number: int, receipt: str) -> None:
    """The last words to an account that is not known any more once they are sent."""
    words = work.words_for(account)("customer.erased", receipt=receipt)
    for part in work.fit(account.channel, Post(account.platform_id, plain(words))):
        await outbox.add(
            work.session,
            account.channel,
            part,
            chat=account.platform_id,
            key=work.policy.chat,  # after the copies there were emptied
            priority=Priority.REPLY,
            now=work.now,
            asks=f"{MARK}{number}",
            told=True,
        )


def _link(where: str, message: str) -> str:
    """A message of a supergroup as a link that opens it."""
    channel, chat = split_address(where)
    if kind_of(channel) == "telegram" and chat.startswith("-100"):
        return f"https://t.me/c/{chat[4:]}/{message}"
    return f"{where} {message}"
