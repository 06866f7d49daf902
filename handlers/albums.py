"""A manager's album goes or stays inside as a whole, whichever of its parts has the words."""

from __future__ import annotations

from bot.domain.lead import Lead, Role
from bot.messages import MessageReceived, address
from handlers import managers
from handlers.answers import answered
from handlers.managers import Act
from handlers.work import Work
from storage import albums as calls
from storage import leads, messages, staff
from storage.accounts import Account
from storage.messages import Message


async def earlier(work: Work, event: MessageReceived, lead: Lead) -> list[Message]:
    """The parts that came before this one; none for what is no album."""
    if not event.album:
        return []
    where = address(event.channel, event.chat.id)
    return list(await messages.of_album(work.session, lead.id, where, event.album))


def is_note(parts: list[Message]) -> bool:
    """Whether one of the parts said that all of them stay inside."""
    return any(part.direction == "note" for part in parts)


async def keep_inside(work: Work, account: Account, parts: list[Message]) -> bool:
    """Take back what waits to be sent of these; whether some of it had gone already."""
    for part in parts:
        if part.direction == "held":
            messages.keep_inside(work.session, part)
    meant = [part for part in parts if part.direction == "out"]
    if not meant:
        return False
    if await calls.take_back(work.session, account.address, meant[0].album, work.now):
        return True
    for part in meant:
        messages.keep_inside(work.session, part)
    return False


async def settled(work: Work, message: Message) -> None:
    """An album without any words has gone: only now it is certain that it was an answer."""
    if message.lead is None or message.staff is None or not message.album:
        return
    lead = await leads.by_id(work.session, message.lead)
    parts = await messages.of_album(work.session, message.lead, message.chat, message.album)
    who = await staff.by_id(work.session, message.staff)
    if lead is None or any(part.text for part in parts):
        return
    lead = await managers.take_by_answering(work, Act(who, Role.MANAGER, lead))
    leads.touch(work.session, lead.id, at=work.now, kind="answered", actor="staff", staff=who.id)
    if lead.open:
        await answered(work, lead)
