"""How calls ended, told honestly to whoever waits to hear of it."""

from __future__ import annotations

from bot.messages import (
    Button,
    DeliveryEnded,
    Failure,
    Keyboard,
    Post,
    Priority,
    Reach,
    Span,
    Style,
    address,
    plain,
    split_address,
)
from handlers import cards as faces
from handlers.managers import Act
from handlers.wire import pack
from handlers.work import Work
from storage import accounts, cards, dead, leads, messages, outbox, staff
from storage.messages import Message
from storage.outbox import Delivery
from storage.staff import Staff

_REACH = {
    Failure.BLOCKED.value: Reach.BLOCKED,
    Failure.DENIED.value: Reach.DENIED,
    Failure.GONE.value: Reach.GONE,
}


async def ended(work: Work, event: DeliveryEnded) -> None:
    """A reply's receipt, a digest that found nobody, a copy that could not be shown."""
    delivery = await outbox.by_id(work.session, event.delivery)
    if delivery is None or not isinstance(delivery.outgoing, Post):
        return
    if delivery.priority is Priority.REPLY:
        await _reply_ended(work, delivery, event)
    elif event.outcome == "failed":
        await _post_failed(work, delivery, event)


async def repeat(work: Work, act: Act) -> str:
    """Send once more what may not have reached the customer."""
    number = int(act.argument) if act.argument.isdecimal() and len(act.argument) <= 18 else 0
    delivery = await outbox.take_unknown(work.session, number, act.lead.id)
    if delivery is None or not isinstance(delivery.outgoing, Post):
        return work.texts("press.repeated_already")
    account = await accounts.by_id(work.session, act.lead.account)
    await work.to_customer(
        account,
        delivery.outgoing.text,
        lead=act.lead.id,
        attachments=delivery.outgoing.attachments,
        message=delivery.message,
    )
    return work.texts("press.repeated")


async def _reply_ended(work: Work, delivery: Delivery, event: DeliveryEnded) -> None:
    """The manager sees what became of their words."""
    message = None
    if delivery.message is not None:
        message = await messages.by_id(work.session, delivery.message)
    if event.outcome == "sent":
        if message is not None and message.author == "staff":
            channel, chat = split_address(message.chat)
            await work.react(channel, chat, message.message_id, "👍")
        return
    await _mark_unreachable(work, delivery, event)
    if message is not None:
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
    await work.post(
        message.chat,
        plain(f"⚠️ {words}"),
        keyboard=_repeating(work, message, event),
        reply_to=message.message_id,
        lead=message.lead,
    )


def _repeating(work: Work, message: Message, event: DeliveryEnded) -> Keyboard:
    """A button to send again what nobody knows the fate of."""
    if event.outcome != "unknown" or message.lead is None:
        return ()
    data = pack("repeat", message.lead, str(event.delivery))
    return ((Button(work.texts("button.repeat"), data),),)


async def _post_failed(work: Work, delivery: Delivery, event: DeliveryEnded) -> None:
    where = address(delivery.channel, delivery.chat)
    outgoing = delivery.outgoing
    if not isinstance(outgoing, Post):
        return
    if delivery.lead is not None and outgoing.attachments:
        # The words at least, when what was attached could not be shown.
        large = event.reason == Failure.TOO_LARGE
        why = work.texts("relay.too_large" if large else "relay.not_shown")
        between = (Span("\n"),) if outgoing.text else ()
        text = (*outgoing.text, *between, Span(why, Style.ITALIC))
        await work.under_card(delivery.lead, text, message=delivery.message)
        _said_otherwise(work, event)
    elif where in work.policy.recipients:
        # A supervisor who never started the bot: their news goes to the team's chat.
        words = Span(f"{work.texts('digest.instead')}\n\n", Style.ITALIC)
        text = (await _named(work, where), Span(", "), words, *outgoing.text)
        alarm = dead.is_alarm(delivery)
        await work.post(work.policy.chat, text, priority=delivery.priority, alarm=alarm)
        _said_otherwise(work, event)


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
