"""How calls ended, told honestly to whoever waits to hear of it."""

from __future__ import annotations

from bot.messages import (
    DeliveryEnded,
    EventSetAside,
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
from handlers.work import Work
from storage import accounts, cards, leads, messages, outbox
from storage.messages import Message
from storage.outbox import Delivery

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


async def set_aside(work: Work, event: EventSetAside) -> None:
    """A supervisor hears that an event could not be handled."""
    words = work.texts("alarm.set_aside", number=event.inbox, reason=event.reason)
    await work.alarm(f"⚠️ {words}")


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
    await work.post(message.chat, plain(f"⚠️ {words}"), reply_to=message.message_id)


async def _post_failed(work: Work, delivery: Delivery, event: DeliveryEnded) -> None:
    where = address(delivery.channel, delivery.chat)
    outgoing = delivery.outgoing
    if not isinstance(outgoing, Post):
        return
    if delivery.lead is not None and outgoing.attachments:
        # The words at least, when what was attached could not be shown.
        key = "relay.too_large" if event.reason == Failure.TOO_LARGE else "relay.not_shown"
        text = (*outgoing.text, Span("\n"), Span(work.texts(key), Style.ITALIC))
        await work.under_card(delivery.lead, text, message=delivery.message)
    elif where in work.policy.reports_to and where != work.policy.chat:
        # A supervisor who never started the bot: their news goes to the team's chat.
        head = work.texts("digest.instead", who=delivery.chat)
        text = (Span(f"{head}\n", Style.ITALIC), *outgoing.text)
        await work.post(work.policy.chat, text, priority=delivery.priority)
