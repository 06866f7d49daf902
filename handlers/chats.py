"""What happens to chats and to those in them: people come and go, the bot is called elsewhere."""

from __future__ import annotations

from bot.messages import ChatMoved, Leave, Member, MemberChanged, address, plain
from handlers.work import Work
from storage import chats, staff


async def member_changed(work: Work, event: MemberChanged) -> None:
    """Remember who is in the team's chat; leave chats where the bot has no business."""
    where = address(event.channel, event.chat.id)
    if event.self:
        await _bot_moved(work, event, where)
        return
    if where != work.policy.chat or event.member.bot:
        return
    member = Member(event.present, event.admin, event.member.name, event.member.username)
    who = address(event.channel, event.member.id)
    staff.remember(work.session, where, who, member, work.now)


async def chat_moved(work: Work, event: ChatMoved) -> None:
    """A group became a supergroup: everything that names it follows, once."""
    chats.move(work.session, event.channel, event.old, event.new)


async def _bot_moved(work: Work, event: MemberChanged, where: str) -> None:
    if event.chat.private or where in (work.policy.chat, work.policy.supervisors_chat):
        return
    if event.present:
        if not event.chat.broadcast:
            await work.post(where, plain(work.texts("chat.foreign", address=where)))
        await work.call(where, Leave(event.chat.id))
