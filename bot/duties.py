"""What one process alone does: it finds what falls due; for each channel, it takes in and sends."""

from __future__ import annotations

import asyncio
from asyncio import FIRST_COMPLETED
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from bot import schedule
from bot.delivery.calls import Render
from bot.delivery.inbox import Dispatcher
from bot.delivery.outbox import Sender
from bot.delivery.pacing import Pacer
from bot.desks import Desks
from bot.ending import end
from bot.intake import Intake
from bot.leading import Held, Leading
from bot.messages import Channel, OpenFile
from bot.policies import pace_of
from bot.sweeping import Sweeps
from bot.token_lock import sole
from bot.watch import Watch
from config.settings import Settings
from config.teams import channels_of
from handlers.keys import Keys


class Duties:
    """Those of this process, for as long as it leads them."""

    def __init__(
        self,
        settings: Settings,
        channels: Mapping[str, Channel],
        *,
        desks: Desks,
        inbox: Dispatcher,
        keys: Keys,
        intake: Intake,
        watch: Watch,
        render: Render,
        open_file: OpenFile,
        now: Callable[[], datetime],
        say: Callable[..., None],
    ) -> None:
        """`say` tells whoever looks on why this process waits: a name of its words, and values."""
        self.senders: dict[str, Sender] = {}  # of the channels that this process leads
        self.keeps_up = False  # as far as we know it is this process, if any
        self._settings = settings
        self._channels = channels
        self._connections = {one.name: one.connection for one in channels_of(settings)}
        self._desks = desks
        self._inbox = inbox
        self._keys = keys
        self._intake = intake
        self._watch = watch
        self._render = render
        self._open_file = open_file
        self._now = now
        self._say = say

    def led(self, leading: Leading) -> Iterator[Coroutine[Any, Any, None]]:
        """Each of them, to be done whenever no other process does it."""
        yield leading.lead("upkeep", self._keep_up, self._waits_to_keep_up)
        for name in self._channels:
            waits = partial(self._say, "helps", channel=name)
            yield leading.lead(name, partial(self._serve, name), waits)

    def wake(self) -> None:
        """Look for what is to be sent now."""
        for sender in self.senders.values():
            sender.wake()

    async def _keep_up(self, held: Held) -> None:
        """What falls due is found, what is new gets the key within which it goes in order."""
        self.keeps_up = True
        sweeps = Sweeps(
            held.database, self._settings, desks=self._desks, wake=self._inbox.wake, now=self._now
        )
        self._keys.forget()
        self._inbox.route_within(held.database)
        scheduler = schedule.start(
            {
                "deadlines": sweeps.deadlines,
                "digests": sweeps.digests,
                "desks": sweeps.desks,
                "retention": sweeps.retention,
            }
        )
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)
            self._inbox.route_within(None)

    def _waits_to_keep_up(self) -> None:
        self.keeps_up = False

    async def _serve(self, name: str, held: Held) -> None:
        """Take in and send for a channel, until cancelled, once nobody else has its token."""
        found = self._connections[name]
        waits = partial(self._waits_for, name)
        try:
            async with sole(found.api_url, found.token, waits, held.database.shared):
                await self._work(name, held)
        finally:
            self._watch.led(name, here=False)

    def _waits_for(self, name: str) -> None:
        self._watch.waits(name)
        self._say("token", channel=name)

    async def _work(self, name: str, held: Held) -> None:
        """Let what is under way end when it is cancelled."""
        sender = self.senders[name] = self._sender(name, held)
        self._watch.led(name, here=True)
        receiving = self._intake.receive(name, self._channels[name], held)
        tasks = [asyncio.create_task(one) for one in (sender.run(), receiving)]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            await end(tasks[:1], tasks[1:], stop=sender.stop)
            del self.senders[name]

    def _sender(self, name: str, held: Held) -> Sender:
        pace = pace_of(self._connections[name])
        return Sender(
            held.database,
            self._channels[name],
            Pacer(pace),
            render=self._render,
            open_file=self._open_file,
            now=self._now,
            heard=self._inbox.wake,
            lives=held.lives,
            # At the usual pace one call after the other, in order; where a server allows
            # more than one a second to a group, as many at once as it may have in a second.
            lanes=pace.group_per_second or 1,
        )
