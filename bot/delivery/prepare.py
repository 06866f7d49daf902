"""What must be asked of a platform before an event is handled, from memory where it is fresh."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiodataloader import DataLoader

from bot.messages import (
    ButtonPressed,
    Channel,
    Event,
    Facts,
    LeadWaits,
    Member,
    MessageReceived,
    Profile,
    SendError,
    address,
    split_address,
)
from storage import accounts, staff
from storage.database import Database
from storage.session import Ids, Reads, Session, flush

# A press is checked anew after this; who left is also known at once by the event of leaving.
FRESH = timedelta(seconds=10)
FRESH_IN_PRIVATE = timedelta(minutes=10)
_CHOOSING = ("1:assign:", "1:hand:", "1:left:")  # presses that ask for a colleague

log = structlog.get_logger()


class Prepare:
    """Asks who the author of an event is, and whom a lead can be given to."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        *,
        chat: Callable[[], str],
        is_team: Callable[[str], bool],
        managers: Sequence[str],
        dispatchers: Sequence[str],
        now: Callable[[], datetime],
    ) -> None:
        """`chat` tells the team chat's address by now, `is_team` knows those of before as well."""
        self._database = database
        self._channels = channels
        self._chat = chat
        self._is_team = is_team
        self._managers = managers
        self._named = tuple(dict.fromkeys((*managers, *dispatchers)))
        self._now = now
        self._ids = Ids(database)
        self._learned: list[Session] = []
        self._writing = asyncio.Lock()
        self._profiles = {
            name: DataLoader[str, Profile | None](_profiles(channel), cache=False)
            for name, channel in channels.items()
        }

    def needed(self, event: Event) -> bool:
        """Whether the event has an author whose standing or name matters, or concerns the team."""
        if isinstance(event, LeadWaits):
            return bool(self._managers)
        return isinstance(event, MessageReceived | ButtonPressed)

    async def __call__(self, event: Event, reads: Reads) -> Facts:
        """What is known of the event's author; SendError when it must be known and can't be."""
        if isinstance(event, LeadWaits):
            return Facts(colleagues=await self._unseen(reads))
        if not isinstance(event, MessageReceived | ButtonPressed):
            return Facts()
        session = Session(reads, self._ids)
        facts = Facts(member=await self._member(event, session))
        if isinstance(event, ButtonPressed):
            facts = replace(facts, colleagues=await self._colleagues(event))
        else:
            facts = replace(facts, profile=await self._profile(event, session))
        if session.inserts or session.updates:
            await self._keep(session)
        return facts

    async def _keep(self, session: Session) -> None:
        """What is learned while another write is under way is written together after it."""
        self._learned.append(session)
        async with self._writing:
            learned, self._learned = self._learned, []
            if learned:
                await self._database.finish(flush(self._database, learned))

    async def _member(
        self, event: MessageReceived | ButtonPressed, session: Session
    ) -> Member | None:
        """The author's standing in the team's chat, if that is on the same messenger."""
        chat, author = self._chat(), address(event.channel, event.author.id)
        name, platform_chat = split_address(chat)
        if name != event.channel or event.author.anonymous:
            return None
        if not event.chat.private and not self._is_team(address(event.channel, event.chat.id)):
            return None
        known = await staff.membership(session, chat, author)
        fresh = FRESH_IN_PRIVATE if event.chat.private else FRESH
        # Who writes there is there: back again, if known to be gone.
        back = isinstance(event, MessageReceived) and not event.chat.private
        if known and (known.present or not back) and self._now() - known.checked_at < fresh:
            return Member(known.present, known.admin, known.name, known.username)
        try:
            member = await self._channels[name].member(platform_chat, event.author.id)
        except SendError as error:
            log.warning("member_unknown", chat=chat, reason=str(error))
            if known is None and not error.permanent:
                raise  # a manager must not be taken for a stranger, nor for a customer
            if known is not None:
                return Member(known.present, known.admin)
            if event.chat.private:
                return None
            # Nobody but a member acts there, whatever the bot may be told of members.
            member = Member(True, name=event.author.name, username=event.author.username)
        staff.remember(session, chat, author, member, self._now())
        return member

    async def _profile(self, event: MessageReceived, session: Session) -> Profile | None:
        """The author's name, where the event does not tell it and we do not know it."""
        if event.author.name or not event.chat.private:
            return None
        account = await accounts.at(session, address(event.channel, event.author.id))
        if account is not None and account.name:
            return None
        try:
            return await self._profiles[event.channel].load(event.author.id)
        except SendError as error:
            log.warning("profile_unknown", channel=event.channel, reason=str(error))
            return None

    async def _colleagues(self, event: ButtonPressed) -> dict[str, Member]:
        """The chat's admins and whoever is named in the settings, for the list to assign to."""
        if not event.data.startswith(_CHOOSING):
            return {}
        name, chat = split_address(self._chat())
        channel = self._channels.get(name)
        if channel is None:
            return {}
        try:
            found = await channel.admins(chat)
            for one in self._named:
                platform, number = split_address(one)
                if platform == name and number not in found:
                    member = await channel.member(chat, number)
                    found |= {number: member} if member.present else {}
        except SendError as error:
            log.warning("colleagues_unknown", chat=chat, reason=str(error))
            return {}
        return {address(name, number): member for number, member in found.items()}

    async def _unseen(self, reads: Reads) -> dict[str, Member]:
        """The managers named in the settings who never did anything, if they are in the chat."""
        session = Session(reads, self._ids)
        name, chat = split_address(self._chat())
        found: dict[str, Member] = {}
        for manager in self._managers:
            platform, number = split_address(manager)
            known = await staff.at(session, manager) or await self._absent(session, manager)
            if known or platform != name or name not in self._channels:
                continue
            try:
                member = await self._channels[name].member(chat, number)
            except SendError as error:
                log.warning("manager_unknown", chat=chat, reason=str(error))
                continue
            staff.remember(session, self._chat(), manager, member, self._now())
            found |= {manager: member} if member.present else {}
        if session.inserts:
            await self._keep(session)
        return found

    async def _absent(self, session: Session, manager: str) -> bool:
        """Whether they were not there a moment ago."""
        known = await staff.membership(session, self._chat(), manager)
        return (
            known is not None
            and not known.present
            and self._now() - known.checked_at < FRESH_IN_PRIVATE
        )


def _profiles(channel: Channel) -> Callable[[list[str]], Coroutine[Any, Any, list[Profile | None]]]:
    async def load(users: list[str]) -> list[Profile | None]:
        found = await channel.profiles(users)
        return [found.get(user) for user in users]

    return load
