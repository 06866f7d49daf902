"""Taking events in, for every channel as long as the product runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog

from bot.delivery.describing import describe
from bot.delivery.inbox import Dispatcher
from bot.desks import Desks
from bot.leading import Held
from bot.messages import Channel, ChannelRefused, Raw, SendError, TroubleSeen, split_address
from bot.watch import Watch
from handlers.policy import Policy
from storage import chats, inbox
from storage.database import UNREACHABLE, Database
from storage.failures import Unreachable

_UNREACHABLE_FOR = 2.0  # seconds until a database that could not be asked is asked again
_REFUSED_FOR = 60.0  # seconds between two tries of a channel that only a person can mend

log = structlog.get_logger()


class Intake:
    """Keeps what the channels receive before they acknowledge it."""

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        watch: Watch,
        *,
        desks: Desks,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._inbox = dispatcher
        self._watch = watch
        self._desks = desks
        self._now = now

    async def receive(self, name: str, channel: Channel, held: Held) -> None:
        """Take events in; what only a person can mend is told, and tried again now and then."""
        known = ""

        async def accept(raws: Any, cursor: str) -> None:
            nonlocal known
            self._watch.heard(name)
            if not raws and cursor in ("", known):
                if not held.lives():
                    raise Unreachable(f"another process may take in {name} by now")
                return
            try:
                await self._inbox.accept(name, raws, cursor, within=held.database)
            except UNREACHABLE as error:
                log.warning("intake_database", channel=name, reason=describe(error))
                raise  # the channel does not acknowledge, and comes again
            known = cursor

        for policy in self._desks.all:
            if name == split_address(policy.chat)[0]:
                await self._ask_for_topics(policy, channel)
        while True:
            try:
                known = await inbox.cursor(held.database, name)
                await channel.receive(accept, known)
            except ChannelRefused as refusal:
                log.error("channel_refused", channel=name, reason=str(refusal))
                self._watch.refused(name)
            except UNREACHABLE as error:
                log.warning("intake_database", channel=name, reason=describe(error))
                await asyncio.sleep(_UNREACHABLE_FOR)
                continue
            await asyncio.sleep(_REFUSED_FOR)

    async def keep(self, name: str, raws: Sequence[Raw]) -> None:
        """Keep what a messenger posted; it may be told when this returns."""
        try:
            await self._inbox.accept(name, raws, None)
        except UNREACHABLE as error:
            log.warning("intake_database", channel=name, reason=describe(error))
            raise

    async def _ask_for_topics(self, policy: Policy, channel: Channel) -> None:
        """Whether a team's chat is a forum, before its first event; the events tell it too."""
        name, chat = split_address(policy.chat)
        try:
            forum = await channel.has_topics(chat)
            async with self._database.write() as connection:
                await chats.found(connection, policy.chat, forum=forum)
            if policy.needs_topics:
                lacks = TroubleSeen("topics", policy.chat, self._now(), over=forum, detail="forum")
                told = f"trouble:topics:{policy.chat}:{forum}:{self._now():%Y-%m-%dT%H:%M}"
                await self._inbox.add({told: lacks})
        except (SendError, *UNREACHABLE) as error:
            log.warning("topics_unknown", channel=name, reason=describe(error))
