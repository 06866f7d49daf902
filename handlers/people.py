"""Who somebody of the team is to us: a record made at their first act, following their profile."""

from __future__ import annotations

from bot.messages import Author, Member, MessageReceived, address, person_address, plain
from handlers.work import Work
from storage import outbox, staff
from storage.staff import Staff


async def author_of(work: Work, channel: str, author: Author) -> Staff:
    """The team's record of whoever wrote or pressed."""
    return await _known(work, person_address(channel, author.id), author.name, author.username)


async def colleague(work: Work, where: str, member: Member) -> Staff:
    """The team's record of somebody who is in its chat, whether they ever acted or not."""
    staff.remember(work.session, work.policy.chat, where, member, work.now)
    return await _known(work, where, member.name, member.username)


async def tell_anonymous(work: Work, event: MessageReceived) -> None:
    """Who speaks as the group is asked to speak as themselves; so is a channel's voice.

    In an open group anybody may speak as a channel: their answers have one place in its pace.
    """
    where = address(event.channel, event.chat.id)
    if event.author.id != event.chat.id and await outbox.waits(work.session, where, ""):
        return
    words = plain(work.texts("reply.anonymous"))
    await work.post(where, words, reply_to=event.message_id, thread=event.thread)


async def _known(work: Work, where: str, name: str, username: str) -> Staff:
    who = await staff.at(work.session, where)
    if who is None:
        return await staff.create(
            work.session, where, name=name or where, username=username, now=work.now
        )
    if (name and name != who.name) or username != who.username:
        staff.rename(work.session, who, name or who.name, username)
    return who
