"""What happens to chats and to those in them: people come and go, the bot is called elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.messages import (
    ChatMoved,
    Leave,
    Member,
    MemberChanged,
    Priority,
    TroubleSeen,
    address,
    kind_of,
    person_address,
    plain,
    split_address,
)
from handlers import alarms, handing_over, managers, offers
from handlers.work import Work
from storage import chats, inbox, leads, staff

_LEAVES = frozenset({"telegram"})  # elsewhere a bot stays until it is removed
_AGAIN = timedelta(seconds=10)  # what was decided upon before they left is written down by then


async def member_changed(work: Work, event: MemberChanged) -> None:
    """Remember who is in the team's chat; leave chats where the bot has no business."""
    where = address(event.channel, event.chat.id)
    if event.self:
        await _bot_moved(work, event, where)
        return
    people = [one for one in (event.member, *event.others) if not one.bot]
    if where != work.policy.chat or not people:
        work.session.keeps_event = False  # who comes and goes elsewhere
        return
    for one in people:
        await _came_or_left(work, replace(event, member=one, others=()), where)


async def _came_or_left(work: Work, event: MemberChanged, where: str) -> None:
    member = Member(event.present, event.admin, event.member.name, event.member.username)
    who = person_address(event.channel, event.member.id)
    if event.again:
        if await staff.has_left(work.session, where, who):
            await _left(work, who)
        return
    staff.remember(work.session, where, who, member, work.now)
    if not event.present:
        await _left(work, who)
        _look_later(work, event, who)
    elif await staff.at(work.session, who) is not None:
        await offers.has_time(work)  # back, and perhaps on shift


async def _left(work: Work, where: str) -> None:
    """Whoever left leaves no customers behind: their leads return to the queue."""
    who = await staff.at(work.session, where)
    if who is not None:
        await offers.left(work, who)
    found = await leads.unprocessed(work.session, responsible=who.id) if who else ()
    if not who or not found:
        return
    for lead in found:
        await managers.put_back(work, lead, who, "left")
    await handing_over.notice(work, who, found)


def _look_later(work: Work, event: MemberChanged, who: str) -> None:
    """Somebody may be giving them a lead who does not know yet that they left."""
    name = f"left:{who}:{work.now.isoformat()}:again"
    again = replace(event, again=True)
    inbox.later(work.session, name, again, now=work.now, at=work.now + _AGAIN)


async def chat_moved(work: Work, event: ChatMoved) -> None:
    """A group became a supergroup: everything that names it follows, once."""
    chats.move(work.session, event.channel, event.old, event.new)


async def _bot_moved(work: Work, event: MemberChanged, where: str) -> None:
    if where == work.policy.chat:
        trouble = TroubleSeen("shut_out", where, work.now, over=event.present)
        await alarms.seen(work, trouble)
        if event.present:
            chats.let_topics(work.session, where)  # it may have got the right to
        return
    if event.chat.private or where == work.policy.supervisors_chat:
        return
    if address(kind_of(event.channel), event.chat.id) == _by_kind(work.policy.chat):
        return  # beside the bot of the team that serves it
    leaves = event.present and kind_of(event.channel) in _LEAVES
    if leaves and not work.policy.may_become(where):
        # The team waits for none of it, so it is given up once the chat refuses it.
        if not event.chat.broadcast:
            words = plain(work.texts("chat.foreign", address=_by_kind(where)))
            await work.post(where, words, priority=Priority.DIGEST)
        await work.call(where, Leave(event.chat.id), priority=Priority.DIGEST)


def _by_kind(where: str) -> str:
    """A chat as the settings name it, whichever bot is in it."""
    channel, number = split_address(where)
    return address(kind_of(channel), number)
