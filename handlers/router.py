"""What happens to each kind of event: one visible table, and who an author is to us."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.domain.lead import Role
from bot.messages import (
    AdminWrote,
    ButtonPressed,
    ChatMoved,
    DayFull,
    DeadlineDue,
    DeliveryEnded,
    DigestDue,
    ErasureEnded,
    ErasureWanted,
    Event,
    EventSetAside,
    FeedbackDue,
    LeadsOverdue,
    LeadWaits,
    MemberChanged,
    MessageReceived,
    OfferOver,
    PauseOver,
    ReachChanged,
    StepDue,
    TroubleSeen,
    address,
    person_address,
    plain,
)
from handlers import (
    alarms,
    answers,
    chats,
    commands,
    conversation,
    customers,
    dead,
    deliveries,
    digests,
    erasing,
    farewells,
    filling,
    offers,
    overdue,
    presses,
    rewriting,
    slowing,
    step_reminders,
    topics,
)
from handlers.people import author_of
from handlers.work import Work
from storage import doubts, messages, staff
from storage.session import TooEarly


async def handle(work: Work, event: Event) -> None:
    """Let the one handler of this kind of event decide."""
    if isinstance(event, MessageReceived | ButtonPressed):
        await _ask_again_if_gone(work, event)
        await topics.learn(work, event)
    await _HANDLERS[type(event)](work, event)


async def _ask_again_if_gone(work: Work, event: MessageReceived | ButtonPressed) -> None:
    """The author has left since their standing was asked for; they may be back by now."""
    known = work.facts.member
    if known is None or not known.present:
        return
    author = person_address(event.channel, event.author.id)
    if await staff.has_left(work.session, work.policy.chat, author):
        raise TooEarly("the author left while their standing was asked for")


async def _message(work: Work, event: MessageReceived) -> None:
    where = address(event.channel, event.chat.id)
    if event.author.bot or event.chat.broadcast:
        work.session.keeps_event = False
    elif event.chat.private:
        await _in_private(work, event)
    elif work.policy.is_team(where):
        await _in_team(work, event, where)
    else:
        work.session.keeps_event = False  # what others say among themselves
        await _elsewhere(work, event, where)


async def _elsewhere(work: Work, event: MessageReceived, where: str) -> None:
    """Where a team was that the settings no longer have, what its people answer reaches nobody."""
    ours = event.reply_to and await messages.place(work.session, where, event.reply_to)
    if ours and not event.edited:
        await work.post(where, plain(work.texts("reply.no_team")), reply_to=event.message_id)


async def _in_private(work: Work, event: MessageReceived) -> None:
    """Staff are never taken for customers, and strangers learn nothing about leads."""
    author = person_address(event.channel, event.author.id)
    if work.role(author) >= Role.MANAGER:
        if not event.edited:
            await _from_staff(work, event)
    elif work.facts.member is not None and work.facts.member.untold:
        where = address(event.channel, event.chat.id)
        await work.post(where, plain(work.texts("reply.untold")))
    else:
        await customers.wrote(work, event)


async def _from_staff(work: Work, event: MessageReceived) -> None:
    """Somebody of the team in private: a command, or the answer to what one asked there."""
    where = address(event.channel, event.chat.id)
    place = await _replied_to(work, event, where) if event.reply_to else None
    if place is not None and commands.asked(place) and not commands.is_command(event.text):
        await commands.entered(work, event, place)
    else:
        await commands.commanded(work, event)


async def _in_team(work: Work, event: MessageReceived, where: str) -> None:
    is_manager = work.role(person_address(event.channel, event.author.id)) >= Role.MANAGER
    if not is_manager:
        work.session.keeps_event = False  # in an open group anybody says what they like
    if event.edited:
        await rewriting.edited(work, event, where)
        return
    place = await _concerned(work, event, where)
    if commands.is_command(event.text) and not work.facts.for_another:
        await commands.commanded(work, event, place)
    elif place is not None and commands.looks_like_one(event.text):
        await commands.unknown(work, event)
    elif place is not None and commands.asked(place):
        await commands.entered(work, event, place)
    elif place is not None:
        await conversation.replied(work, event, place)
    else:
        if is_manager:
            await author_of(work, event.channel, event.author)  # to be offered as a colleague
            await conversation.went_to_nobody(work, event)
        await topics.warn_if_left_over(work, event, where)


async def _concerned(work: Work, event: MessageReceived, where: str) -> messages.Place | None:
    """What a message of the team replies to, or else in whose topic it was written."""
    place = await _replied_to(work, event, where) if event.reply_to else None
    if place is not None and (place.lead is not None or commands.asked(place)):
        return place
    return await topics.written_in(work, event, where) or place  # a list is of no one lead


async def _replied_to(work: Work, event: MessageReceived, where: str) -> messages.Place | None:
    # Asked before the place is looked up: it may be written down in between.
    in_doubt = await doubts.possible(work.session, where, event.reply_to)
    place = await messages.place(work.session, where, event.reply_to)
    place = place or await _answered_colleague(work, event, where)
    if place is None and in_doubt:
        raise TooEarly("a reply to what may be a post of ours that is being written down")
    if place is None and event.to_bot:
        place = await doubts.asked_before(work.session, where, event.reply_to)
    return place


async def _answered_colleague(
    work: Work, event: MessageReceived, where: str
) -> messages.Place | None:
    """A reply to a manager's own reply stays with the same lead."""
    written = await messages.written(work.session, where, event.reply_to)
    if written is None or written.lead is None:
        return None
    return messages.Place(where, event.reply_to, written.lead, written.id, "")


_HANDLERS: dict[type[Any], Callable[[Work, Any], Awaitable[None]]] = {
    MessageReceived: _message,
    ButtonPressed: presses.pressed,
    ReachChanged: customers.reach_changed,
    AdminWrote: answers.admin_wrote,
    MemberChanged: chats.member_changed,
    ChatMoved: chats.chat_moved,
    DeadlineDue: overdue.deadline_due,
    LeadsOverdue: overdue.many_due,
    TroubleSeen: alarms.seen,
    DigestDue: digests.digest_due,
    PauseOver: slowing.pause_over,
    DayFull: filling.full,
    LeadWaits: offers.lead_waits,
    OfferOver: offers.offer_over,
    StepDue: step_reminders.step_due,
    FeedbackDue: farewells.due,
    ErasureWanted: erasing.wanted,
    ErasureEnded: erasing.ended,
    DeliveryEnded: deliveries.ended,
    EventSetAside: dead.set_aside,
}
