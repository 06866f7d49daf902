"""Which events go in order: those that concern the same customer's account."""

from __future__ import annotations

from bot.messages import (
    AdminWrote,
    ButtonPressed,
    DeadlineDue,
    DeliveryEnded,
    DigestDue,
    Event,
    MessageReceived,
    ReachChanged,
    address,
)
from handlers.wire import unpack
from storage import accounts, deadlines, leads, messages
from storage.session import Session


async def key_of(event: Event, session: Session) -> str:
    """A message goes by its author, a press by its lead, a reply by what it replies to."""
    match event:
        case MessageReceived():
            return await _of_message(event, session)
        case ButtonPressed():
            press = unpack(event.data)
            found = await _of_lead(session, press.lead if press else 0)
            return found or address(event.channel, event.author.id)
        case ReachChanged():
            return address(event.channel, event.author.id)
        case AdminWrote():
            return address(event.channel, event.account)
        case DeadlineDue():
            deadline = await deadlines.by_id(session, event.deadline)
            found = await _of_lead(session, deadline.lead if deadline else 0)
            return found or f"deadline:{event.deadline}"
        case DigestDue():
            return f"digest:{event.recipient}"
        case DeliveryEnded():
            return f"delivery:{event.delivery}"
        case _:
            return event.kind


async def _of_message(event: MessageReceived, session: Session) -> str:
    where = address(event.channel, event.chat.id)
    author = address(event.channel, event.author.id)
    if event.chat.private:
        return author
    if event.reply_to:
        place = await messages.place(session, where, event.reply_to)
        written = None if place else await messages.written(session, where, event.reply_to)
        lead = place.lead if place else written.lead if written else None
        found = await _of_lead(session, lead or 0)
        if found:
            return found
    return f"{where}/{author}"


async def _of_lead(session: Session, number: int) -> str:
    """The address of the lead's account, or ""."""
    lead = await leads.by_id(session, number) if number else None
    return (await accounts.by_id(session, lead.account)).address if lead else ""
