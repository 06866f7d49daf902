"""`/del` in reply to a reply takes it back from the customer, as far as their messenger lets us."""

from __future__ import annotations

from bot.domain.lead import Role
from bot.messages import Delete, DeliveryEnded, Failure, Text, plain, split_address
from handlers import replies, rewriting
from handlers.command import Command
from handlers.replies import Reply
from handlers.work import Work
from storage import copies, leads, messages, staff
from storage.copies import Change, Copies
from storage.messages import Message
from storage.outbox import Delivery

MARK = "retract:"  # of the calls that delete copies


async def retracted(work: Work, command: Command) -> Text | None:
    """Take back what is replied to; of what stands at the customer is told once it is gone."""
    number = command.place.message if command.place else None
    message = await messages.find(work.session, number) if number else None
    if message is None or message.author != "staff":
        return plain(work.texts("del.which"))
    if refusal := await _refusal(work, command, message):
        return plain(refusal)
    reply = await replies.of(work, message)
    if message.direction == "held":
        for part in reply.parts:
            messages.keep_inside(work.session, part)
        return _withdrawn(work, command, reply, work.texts("del.in_time"))
    found = await replies.copies_of(work, reply)
    if not found.shown and not found.waiting:
        return await _nowhere(work, command, reply)
    await _take_back(work, reply, found)
    words = work.texts("del.unknown" if found.doubted else "del.in_time")
    told = _withdrawn(work, command, reply, words)
    return told if found.doubted or not found.shown else None


async def ended(work: Work, delivery: Delivery, event: DeliveryEnded) -> None:
    """It is gone, or it is there still and why."""
    changes = await replies.ended(work, delivery.asks, event.delivery)
    message = await messages.find(work.session, delivery.message) if delivery.message else None
    if changes is None or message is None:
        return
    stayed = [one for one in changes if not _gone(one)]
    if stayed:
        for part in (await replies.of(work, message)).parts:
            messages.withdraw(work.session, part, None)
        if message.lead is not None:
            leads.touch(work.session, message.lead, at=work.now, kind="not_withdrawn")
        why = replies.why(work, stayed[0])
        await replies.say(work, message, f"⚠️ {work.texts('del.stays', why=why)}")
        return
    channel, chat = split_address(message.chat)
    await work.react(channel, chat, message.message_id, "")
    await replies.say(work, message, work.texts("del.done"))


async def _refusal(work: Work, command: Command, message: Message) -> str:
    """Why it cannot be taken back by them; nothing if it can."""
    if message.direction == "note" and message.withdrawn_at is None:
        return work.texts("del.note")
    if message.staff != command.who.id and command.role < Role.DISPATCHER:
        author = await staff.by_id(work.session, message.staff) if message.staff else None
        return work.texts("del.not_yours", name=author.name if author else "")
    return work.texts("del.already") if message.withdrawn_at is not None else ""


async def _take_back(work: Work, reply: Reply, found: Copies) -> None:
    """Drop what waits, also its edits, and delete what stands there."""
    for call in found.waiting:
        copies.drop(work.session, call, work.now)
    for edit in await copies.changes(work.session, f"{rewriting.MARK}{reply.number}"):
        if edit.state == "queued":
            copies.forestall(work.session, edit, work.now)
    for shown in found.shown:
        delete = Delete(reply.account.platform_id, shown)
        await replies.change(work, reply, delete, reply.parts[0], MARK)


async def _nowhere(work: Work, command: Command, reply: Reply) -> Text:
    """It never went, or nobody knows: then at least it is not sent again."""
    calls = await replies.not_delivered(work, reply)
    if not calls:
        return plain(work.texts("del.not_there"))
    for call in calls:
        copies.forget_undelivered(work.session, call)
    doubted = any(call.state == "unknown" for call in calls)
    words = work.texts("del.unknown") if doubted else work.texts("del.in_time")
    return _withdrawn(work, command, reply, words)


def _withdrawn(work: Work, command: Command, reply: Reply, words: str) -> Text:
    for part in reply.parts:
        messages.withdraw(work.session, part, work.now)
    lead = reply.parts[0].lead
    if lead is not None:
        leads.touch(
            work.session, lead, at=work.now, kind="withdrew", actor="staff", staff=command.who.id
        )
    return plain(words)


def _gone(change: Change) -> bool:
    """What is not there any more need not be deleted."""
    lost = change.state == "failed" and change.reason == Failure.LOST
    return change.state == "sent" or lost
