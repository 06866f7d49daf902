"""How calls ended, told honestly to whoever waits to hear of it."""

from __future__ import annotations

from bot.messages import (
    DeliveryEnded,
    Edit,
    Failure,
    Post,
    Priority,
    Reach,
    Span,
    Style,
    address,
    plain,
    split_address,
)
from handlers import albums, erasing, replies, retracting, rewriting, step_reminders, too_large
from handlers import cards as faces
from handlers.answers import answering
from handlers.managers import Act
from handlers.wire import number_of
from handlers.work import Work
from storage import accounts, cards, dead, leads, messages, outbox, staff
from storage import albums as calls
from storage.accounts import Account
from storage.copies import HOPELESS
from storage.erasure import LIST
from storage.messages import Message
from storage.outbox import Delivery
from storage.staff import Staff

_REACH = {
    Failure.BLOCKED.value: Reach.BLOCKED,
    Failure.DENIED.value: Reach.DENIED,
    Failure.GONE.value: Reach.GONE,
}
_CHANGES = {rewriting.MARK: rewriting.ended, retracting.MARK: retracting.ended}
_OF_ONE = frozenset({Failure.TOO_LARGE.value, Failure.REFUSED.value})


async def ended(work: Work, event: DeliveryEnded) -> None:
    """A reply's receipt, a digest that found nobody, a copy that could not be shown."""
    delivery = await outbox.by_id(work.session, event.delivery)
    if delivery is None:
        return
    if delivery.asks.startswith(erasing.MARK):
        await erasing.copy_ended(work, delivery, event)
        return
    for mark, told in _CHANGES.items():
        if delivery.asks.startswith(mark):
            await _mark_unreachable(work, delivery, event)
            await told(work, delivery, event)
            return
    if not isinstance(delivery.outgoing, Post):
        return
    if delivery.priority is Priority.REPLY:
        await _reply_ended(work, delivery, event)
    elif event.outcome == "failed":
        await _post_failed(work, delivery, event)


async def repeat(work: Work, act: Act) -> str:
    """Send once more what did not reach the customer, or may not have; the notice says so."""
    number = number_of(act.argument) or 0
    account = await _still_meant(work, number)
    if account is None:
        return work.texts("press.outdated")
    if work.policy.is_cut_off(account.channel):
        return work.texts("failure.cut_off", channel=work.texts.channel(account.channel))
    found = await outbox.take_undelivered(work.session, number, act.lead.id)
    posts = [call.outgoing for call in found if isinstance(call.outgoing, Post)]
    if not posts:
        return work.texts("press.repeated_already")
    if account.reach is Reach.OPEN and not any(call.expires_at for call in found):
        await answering(work, act)  # what was never to be sent was no answer
    await work.to_customer(
        account,
        tuple(span for post in posts for span in post.text),
        lead=act.lead.id,
        attachments=tuple(one for post in posts for one in post.attachments),
        message=found[0].message,
    )
    told = work.texts("press.repeated")
    await work.call(act.where, Edit(split_address(act.where)[1], act.message_id, plain(told)))
    return told


async def _still_meant(work: Work, number: int) -> Account | None:
    """To whom this call was; None once it was taken back, or its words are kept no more."""
    call = await outbox.by_id(work.session, number)
    if call is None or call.message is None or not isinstance(call.outgoing, Post):
        return None
    message = await messages.find(work.session, call.message)
    if message is None or message.direction != "out" or message.withdrawn_at is not None:
        return None
    if not (call.outgoing.text or call.outgoing.attachments):
        return None
    return await accounts.at(work.session, address(call.channel, call.chat))


async def _reply_ended(work: Work, delivery: Delivery, event: DeliveryEnded) -> None:
    """The manager sees what became of their words."""
    message = None
    if delivery.message is not None:
        message = await messages.by_id(work.session, delivery.message)
    if not await calls.speaks(work.session, delivery.id, delivery.key, delivery.album):
        return
    if message is not None and event.outcome in ("sent", "unknown"):
        await albums.settled(work, message)
    if event.outcome == "sent":
        if message is not None and message.author == "staff":
            channel, chat = split_address(message.chat)
            await work.react(channel, chat, message.message_id, "👍")
            if delivery.claimed_at is not None:
                await rewriting.made_certain(work, message)
        return
    await _mark_unreachable(work, delivery, event)
    if message is None:
        return
    if await _one_by_one(work, delivery, event):
        dead.replaced(work.session, delivery.id)
    else:
        await _tell_manager(work, message, event)


async def _mark_unreachable(work: Work, delivery: Delivery, event: DeliveryEnded) -> None:
    reach = _REACH.get(event.reason)
    account = await accounts.at(work.session, address(delivery.channel, delivery.chat))
    if reach is None or account is None:
        return
    accounts.change(work.session, account, reach=reach.value)
    if delivery.lead is not None:
        cards.refresh(work.session, delivery.lead, work.now)


async def _tell_manager(work: Work, message: Message, event: DeliveryEnded) -> None:
    if event.outcome == "unknown":
        words = work.texts("reply.unknown")
    elif event.outcome == "expired":
        words = work.texts("reply.expired")
    elif event.reason in {failure.value for failure in Failure}:
        words = work.texts(f"failure.{event.reason}")
    else:
        words = work.texts("failure.refused")
    if message.lead is not None:
        leads.touch(work.session, message.lead, at=work.now, kind="not_delivered")
    helps = event.outcome != "failed" or event.reason not in HOPELESS
    keyboard = replies.repeating(work, message, event.delivery) if helps else ()
    await replies.say(work, message, f"⚠️ {words}", keyboard=keyboard)


async def _post_failed(work: Work, delivery: Delivery, event: DeliveryEnded) -> None:
    where = address(delivery.channel, delivery.chat)
    outgoing = delivery.outgoing
    if not isinstance(outgoing, Post):
        return
    if delivery.lead is not None and outgoing.attachments:
        if not await _one_by_one(work, delivery, event):
            await too_large.told(work, delivery, outgoing, event.reason)
        _said_otherwise(work, event)
    elif outgoing.attachments and event.reason == Failure.REFUSED:
        # What could not be drawn keeps no words back.
        text = outgoing.text or plain(work.texts("report.not_drawn"))
        await work.post(
            where, text, keyboard=outgoing.keyboard, priority=delivery.priority, told=True
        )
        _said_otherwise(work, event)
    elif (recipient := _recipient(work, where)) and not delivery.asks.startswith(
        step_reminders.MARK
    ):
        # A supervisor who never started the bot: their news goes to the team's chat.
        words = Span(f"{work.texts('digest.instead')}\n\n", Style.ITALIC)
        text = (await _named(work, recipient), Span(", "), words, *outgoing.text)
        alarm = dead.is_alarm(delivery)
        await work.post(
            work.policy.chat,
            text,
            keyboard=outgoing.keyboard,
            attachments=outgoing.attachments,
            priority=delivery.priority,
            alarm=alarm,
            lead=delivery.lead,
            asks=LIST if delivery.asks == LIST else "",
        )
        _said_otherwise(work, event)


def _recipient(work: Work, where: str) -> str:
    """Who of those who are told things beside the team's chat is reached there, or ""."""
    return next((one for one in work.policy.recipients if work.policy.reach(one) == where), "")


async def _one_by_one(work: Work, delivery: Delivery, event: DeliveryEnded) -> bool:
    """Several things in one call, of which one may be what spoilt it: each is sent alone."""
    outgoing = delivery.outgoing
    if not isinstance(outgoing, Post) or len(outgoing.attachments) < 2:
        return False
    if event.outcome != "failed" or event.reason not in _OF_ONE or delivery.lead is None:
        return False
    account = await accounts.at(work.session, address(delivery.channel, delivery.chat))
    for number, one in enumerate(outgoing.attachments):
        text = () if number else outgoing.text
        if delivery.under_card:
            await work.under_card(delivery.lead, text, attachments=(one,), message=delivery.message)
        elif account is not None:
            await work.to_customer(
                account, text, lead=delivery.lead, attachments=(one,), message=delivery.message
            )
    return True


def _said_otherwise(work: Work, event: DeliveryEnded) -> None:
    """Nobody needs to decide about it any more, unless it failed by a fault of ours."""
    if event.reason in {failure.value for failure in Failure}:
        dead.replaced(work.session, event.delivery)


async def _named(work: Work, where: str) -> Span:
    """A supervisor in words that they and their colleagues know them by."""
    who = await staff.at(work.session, where)
    known = await staff.membership(work.session, work.policy.chat, where)
    name = (known.name if known else "") or work.texts("card.supervisor")
    return faces.mention(who or Staff(0, name, where, known.username if known else ""))
