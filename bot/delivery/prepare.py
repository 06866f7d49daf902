"""What must be asked of a platform before an event is handled; long by what goes where it fails.

From memory where that is fresh.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog
from aiodataloader import DataLoader

from bot.messages import (
    ButtonPressed,
    Channel,
    Event,
    Facts,
    Failure,
    LeadWaits,
    Member,
    MessageReceived,
    Profile,
    SendError,
    TroubleSeen,
    address,
    kind_of,
    person_address,
    split_address,
)
from storage import accounts, incidents, staff
from storage.database import Database
from storage.session import Ids, Reads, Session, flush

# A press is checked anew after this; who left is also known at once by the event of leaving.
FRESH = timedelta(seconds=10)
FRESH_IN_PRIVATE = timedelta(minutes=10)
# A standing that cannot be asked for lasts over a weekend, not for ever.
REMEMBERED = timedelta(days=3)
_LOOKS_EVERY = timedelta(minutes=1)  # for what other processes saw
_STRANGERS = 4096  # that nobody is a member needs no place in the database
_CALLED = re.compile(r"\s*/\w+@(\w+)(?:\s|$)")  # a command that names its bot
_CHOOSING = ("1:assign:", "1:hand:", "1:left:")  # presses that ask for a colleague

log = structlog.get_logger()


class Team(Protocol):
    """What is asked of a desk's policy."""

    @property
    def desk(self) -> str: ...
    @property
    def chat(self) -> str: ...
    @property
    def messenger(self) -> str: ...
    @property
    def managers(self) -> Sequence[str]: ...
    @property
    def dispatchers(self) -> Sequence[str]: ...
    @property
    def supervisors(self) -> Sequence[str]: ...
    def is_team(self, where: str) -> bool:
        """Whether this is the team's chat, by its address of now or by one of before."""


class Prepare:
    """Asks who the author of an event is, and whom a lead can be given to."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        *,
        teams: Callable[[Event, Session], Awaitable[Sequence[Team]]],
        offering: bool,
        add: Callable[[Mapping[str, Event]], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        """`teams` tells to which an event's author may belong, the likeliest first.

        `offering`: whether leads are offered to managers who are named in the settings. `add`
        takes in the event that of a chat it is not told who its members are.
        """
        self._database = database
        self._channels = channels
        self._teams = teams
        self._offering = offering
        self._add = add
        self._now = now
        self._ids = Ids(database)
        self._strangers: dict[tuple[str, str], datetime] = {}  # (chat, address) when asked
        self._untold: set[str] = set()  # open chats of whose members nothing is told
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._learned: list[Session] = []
        self._writing = asyncio.Lock()
        self._profiles = {
            name: DataLoader[str, Profile | None](_profiles(channel), cache=False)
            for name, channel in channels.items()
        }

    def needed(self, event: Event) -> bool:
        """Whether the event has an author whose standing or name matters, or concerns the team."""
        if isinstance(event, LeadWaits):
            return self._offering
        return isinstance(event, MessageReceived | ButtonPressed)

    async def __call__(self, event: Event, reads: Reads) -> Facts:
        """What is known of the event's author; SendError when it must be known and can't be."""
        session = Session(reads, self._ids)
        if isinstance(event, LeadWaits):
            team = (await self._teams(event, session))[0]
            return Facts(colleagues=await self._unseen(team, session))
        if not isinstance(event, MessageReceived | ButtonPressed):
            return Facts()
        found, facts = await self._standing(event, session)
        if isinstance(event, ButtonPressed):
            facts = replace(facts, colleagues=await self._colleagues(found, event))
        else:
            profile = await self._profile(event, session)
            facts = replace(facts, profile=profile, for_another=await self._for_another(event))
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

    async def _standing(
        self, event: MessageReceived | ButtonPressed, session: Session
    ) -> tuple[Team | None, Facts]:
        """Of which team the author is, and what they are in it; of nobody's, the first's."""
        likeliest: tuple[Team | None, Facts] = (None, Facts())
        for team in await self._teams(event, session):
            member = await self._member(team, event, session)
            found = team, Facts(desk=team.desk, member=member)
            if _belongs(team, event, member):
                return found
            if likeliest[0] is None or (member is not None and member.untold):
                likeliest = found
        return likeliest

    async def _member(
        self, team: Team, event: MessageReceived | ButtonPressed, session: Session
    ) -> Member | None:
        """The author's standing in the team's chat, if that is on the same messenger."""
        chat, author = team.chat, person_address(event.channel, event.author.id)
        name, platform_chat = split_address(chat)
        if team.messenger != kind_of(event.channel) or event.author.anonymous:
            return None
        if not event.chat.private and not team.is_team(address(event.channel, event.chat.id)):
            return None
        known = await staff.membership(session, chat, author)
        fresh = FRESH_IN_PRIVATE if event.chat.private else FRESH
        # Who writes there is there: back again, if known to be gone. Not by an edit.
        back = isinstance(event, MessageReceived) and not event.chat.private and not event.edited
        if known and (known.present or not back) and self._within(fresh, known.checked_at):
            return Member(known.present, known.admin, known.name, known.username)
        asked_at = self._strangers.get((chat, author))
        if not known and asked_at and self._within(fresh, asked_at):
            return Member(False)
        try:
            member = await self._channels[name].member(platform_chat, event.author.id)
        except SendError as error:
            log.warning("member_unknown", chat=chat, reason=str(error))
            return await self._untold_of(team, event, session, known, error)
        await self._note(chat, told=True)
        if known is None and not member.present:
            return self._stranger(chat, author)
        staff.remember(session, chat, author, member, self._now())
        return member

    async def _untold_of(
        self,
        team: Team,
        event: MessageReceived | ButtonPressed,
        session: Session,
        known: staff.Membership | None,
        error: SendError,
    ) -> Member | None:
        """The standing of somebody of whom the platform does not tell it."""
        edited = isinstance(event, MessageReceived) and event.edited and error.permanent
        if known and (edited or self._within(REMEMBERED, known.checked_at)):
            return Member(known.present, known.admin)
        if not error.permanent or error.failure is Failure.MOVED:  # which is followed in a moment
            raise error  # a manager must not be taken for a stranger, nor for a customer
        if event.chat.private:
            return Member(False, untold=True) if known and known.present else None
        author = person_address(event.channel, event.author.id)
        if await self._is_open(team):
            return self._stranger(team.chat, author)
        # Nobody but a member acts there, whatever the bot may be told of members.
        member = Member(True, name=event.author.name, username=event.author.username)
        staff.remember(session, team.chat, author, member, self._now())
        return member

    def _within(self, while_: timedelta, since: datetime) -> bool:
        """Whether it is so long ago at most; a clock that was ahead makes nothing last."""
        return timedelta(0) <= self._now() - since < while_

    def _stranger(self, chat: str, author: str) -> Member:
        self._strangers[chat, author] = self._now()
        if len(self._strangers) > _STRANGERS:
            del self._strangers[next(iter(self._strangers))]
        return Member(False)

    async def _is_open(self, team: Team) -> bool:
        """Whether others than members act in a chat of whose members nothing is told."""
        name, chat = split_address(team.chat)
        try:
            found = await self._channels[name].is_open(chat)
        except SendError as error:
            if not error.permanent:
                raise
            found = True  # as long as nobody knows better
        await self._note(team.chat, told=not found)
        return found

    async def _note(self, chat: str, *, told: bool) -> None:
        """Let handlers hear that nothing is told of an open chat's members, or is told again."""
        now = self._now()
        if not self._within(_LOOKS_EVERY, self._looked_at):
            self._looked_at = now
            await self._restore()
        if (chat in self._untold) is not told:
            return
        seen = TroubleSeen("members", chat, now, over=told)
        await self._add({f"trouble:members:{chat}:{told}:{now:%Y-%m-%dT%H:%M}": seen})
        (self._untold.discard if told else self._untold.add)(chat)

    async def _restore(self) -> None:
        """Look for the end of what began before this process, or was seen by another one."""
        async with self._database.read() as connection:
            known = await incidents.standing(connection)
        self._untold = {subject for kind, subject in known if kind == "members"}

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

    async def _for_another(self, event: MessageReceived) -> bool:
        """Whether it is a command for another bot; asked each time, as a bot may be renamed."""
        called = None if event.chat.private else _CALLED.match(event.text)
        if called is None:
            return False
        kind = kind_of(event.channel)
        ours = [one for name, one in self._channels.items() if kind_of(name) == kind]
        try:
            names = await asyncio.gather(*(one.username() for one in ours))
        except SendError as error:
            log.warning("own_name_unknown", channel=event.channel, reason=str(error))
            return False
        return all(names) and called[1].lower() not in {name.lower() for name in names}

    async def _colleagues(self, team: Team | None, event: ButtonPressed) -> dict[str, Member]:
        """The chat's admins and whoever is named in the settings, for the list to assign to."""
        if team is None or not event.data.startswith(_CHOOSING):
            return {}
        name, chat = split_address(team.chat)
        channel = self._channels.get(name)
        if channel is None:
            return {}
        try:
            found = await channel.admins(chat)
            for one in dict.fromkeys((*team.managers, *team.dispatchers)):
                platform, number = split_address(one)
                if platform == team.messenger and number not in found:
                    member = await channel.member(chat, number)
                    found |= {number: member} if member.present else {}
        except SendError as error:
            log.warning("colleagues_unknown", chat=chat, reason=str(error))
            return {}
        return {person_address(name, number): member for number, member in found.items()}

    async def _unseen(self, team: Team, session: Session) -> dict[str, Member]:
        """The managers named in the settings who never did anything, if they are in the chat."""
        name, chat = split_address(team.chat)
        found: dict[str, Member] = {}
        for manager in team.managers:
            platform, number = split_address(manager)
            known = await staff.at(session, manager) or await self._absent(team, session, manager)
            if known or platform != team.messenger or name not in self._channels:
                continue
            try:
                member = await self._channels[name].member(chat, number)
            except SendError as error:
                log.warning("manager_unknown", chat=chat, reason=str(error))
                continue
            staff.remember(session, team.chat, manager, member, self._now())
            found |= {manager: member} if member.present else {}
        if session.inserts:
            await self._keep(session)
        return found

    async def _absent(self, team: Team, session: Session, manager: str) -> bool:
        """Whether they were not there a moment ago."""
        known = await staff.membership(session, team.chat, manager)
        return (
            known is not None
            and not known.present
            and self._within(FRESH_IN_PRIVATE, known.checked_at)
        )


def _belongs(team: Team, event: MessageReceived | ButtonPressed, member: Member | None) -> bool:
    """Whether the author is of this team, as far as their standing and the settings tell."""
    author = person_address(event.channel, event.author.id)
    if author in team.supervisors or (member is not None and member.present):
        return True
    elsewhere = team.messenger != kind_of(event.channel)
    return elsewhere and author in (*team.managers, *team.dispatchers)


def _profiles(channel: Channel) -> Callable[[list[str]], Coroutine[Any, Any, list[Profile | None]]]:
    async def load(users: list[str]) -> list[Profile | None]:
        found = await channel.profiles(users)
        return [found.get(user) for user in users]

    return load
