"""Who somebody of the team is to us: a record made at their first act, following their profile."""

from __future__ import annotations

from bot.messages import Author, Member, person_address
from handlers.work import Work
from storage import staff
from storage.staff import Staff


async def author_of(work: Work, channel: str, author: Author) -> Staff:
    """The team's record of whoever wrote or pressed."""
    return await _known(work, person_address(channel, author.id), author.name, author.username)


async def colleague(work: Work, where: str, member: Member) -> Staff:
    """The team's record of somebody who is in its chat, whether they ever acted or not."""
    staff.remember(work.session, work.policy.chat, where, member, work.now)
    return await _known(work, where, member.name, member.username)


async def _known(work: Work, where: str, name: str, username: str) -> Staff:
    who = await staff.at(work.session, where)
    if who is None:
        return await staff.create(
            work.session, where, name=name or where, username=username, now=work.now
        )
    if (name and name != who.name) or username != who.username:
        staff.rename(work.session, who, name or who.name, username)
    return who
