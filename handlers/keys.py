"""Which events go in order: those that concern the same customer's account."""

from __future__ import annotations

from bot.messages import (
    AdminWrote,
    ButtonPressed,
    DayFull,
    DeadlineDue,
    DeliveryEnded,
    DigestDue,
    ErasureWanted,
    Event,
    FeedbackDue,
    MemberChanged,
    MessageReceived,
    OfferOver,
    PauseOver,
    ReachChanged,
    StepDue,
    TroubleSeen,
    address,
    person_address,
)
from handlers.wire import unpack
from storage import accounts, cards, deadlines, leads, messages, staff, steps
from storage.session import Session

_REMEMBERED = 1000  # messages of the team's chat


class Keys:
    """Gives events their keys, one after the other, in the order in which they came.

    What was lately written in the team's chat is remembered with its key, so that a
    reply to a message which is not yet handled is handled after it.
    """

    def __init__(self) -> None:
        self._lately: dict[tuple[str, str], str] = {}

    def forget(self) -> None:
        """Another process gave keys meanwhile."""
        self._lately.clear()

    async def of(self, event: Event, session: Session) -> str:
        """A message goes by its author, a press of the team by its lead, a reply by its subject."""
        key = await _key_of(event, session)
        if not isinstance(event, MessageReceived) or event.chat.private:
            return key
        where = address(event.channel, event.chat.id)
        if event.reply_to and key == _by_author(event):
            key = self._lately.get((where, event.reply_to), key)
        self._lately[where, event.message_id] = key
        if len(self._lately) > _REMEMBERED:
            del self._lately[next(iter(self._lately))]
        return key


async def _key_of(event: Event, session: Session) -> str:
    match event:
        case MessageReceived():
            return await _of_message(event, session)
        case ButtonPressed():
            return await _of_press(event, session)
        case ReachChanged():
            return address(event.channel, event.author.id)
        case AdminWrote():
            return address(event.channel, event.account)
        case DeadlineDue():
            deadline = await deadlines.by_id(session, event.deadline)
            found = await _of_lead(session, deadline.lead if deadline else 0)
            return found or f"deadline:{event.deadline}"
        case StepDue():
            step = await steps.by_id(session, event.step)
            found = await _of_lead(session, step.lead if step else 0)
            return found or f"step:{event.step}"
        case ErasureWanted(again=False) | PauseOver(again=True):
            return (await accounts.by_id(session, event.account)).address
        case _:
            return _apart(event)


def _apart(event: Event) -> str:
    """The key of what nobody's messages wait for."""
    match event:
        case TroubleSeen():
            return f"trouble:{event.trouble}:{event.subject}"
        case DigestDue():
            return f"digest:{event.recipient}"
        case PauseOver():
            return f"pause:{event.account}"
        case DayFull():
            return f"full:{event.account}"
        case OfferOver():
            return f"offer:{event.offer}"
        case FeedbackDue():
            return f"feedback:{event.lead}"
        case ErasureWanted():
            return f"erasure:{event.receipt}"
        case MemberChanged(again=True):
            return f"left:{person_address(event.channel, event.member.id)}"
        case DeliveryEnded():
            return f"delivery:{event.delivery}"
        case _:
            return event.kind


async def _of_press(event: ButtonPressed, session: Session) -> str:
    """By its lead only if its author is of the team, or was: others could hold up any lead.

    A colleague's first press goes by its author, beside what else concerns the lead.
    """
    press = unpack(event.data)
    author = await staff.at(session, person_address(event.channel, event.author.id))
    found = await _of_lead(session, press.lead) if press and author else ""
    return found or address(event.channel, event.author.id)


async def _of_message(event: MessageReceived, session: Session) -> str:
    where = address(event.channel, event.chat.id)
    if event.chat.private:
        return address(event.channel, event.author.id)
    if event.reply_to:
        place = await messages.place(session, where, event.reply_to)
        written = None if place else await messages.written(session, where, event.reply_to)
        lead = place.lead if place else written.lead if written else None
        found = await _of_lead(session, lead or 0)
        if found:
            return found
    if event.thread:
        lead = await cards.lead_of_topic(session, where, event.thread)
        return await _of_lead(session, lead or 0) or _by_author(event)
    return _by_author(event)


def _by_author(event: MessageReceived) -> str:
    """The key of what concerns no lead that we know of."""
    return f"{address(event.channel, event.chat.id)}/{event.author.id}"


async def _of_lead(session: Session, number: int) -> str:
    """The address of the lead's account, or ""."""
    lead = await leads.by_id(session, number) if number else None
    return (await accounts.by_id(session, lead.account)).address if lead else ""
