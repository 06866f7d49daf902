"""The composition root, long as all parts meet here: made, wired, started, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import random
import signal
from asyncio import FIRST_COMPLETED
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

import structlog

from bot import schedule
from bot.channels import open_channel
from bot.clock import Clock
from bot.delivery.backoff import delay
from bot.delivery.describing import describe
from bot.delivery.inbox import Dispatcher
from bot.delivery.prepare import Prepare
from bot.desks import Desks
from bot.duties import Duties
from bot.ending import end
from bot.files import Files
from bot.intake import Intake
from bot.leading import Leading
from bot.messages import (
    EVENTS,
    Channel,
    ChatMoved,
    Event,
    Facts,
    Post,
    address,
)
from bot.policies import policies_of
from bot.watch import Watch
from bot.web.hooks import hook_routes
from bot.web.serving import serving
from config.mark import mark_of
from config.settings import Settings
from config.teams import channels_of
from config.texts import load
from handlers import router, topics
from handlers.keys import Keys
from handlers.work import Work
from storage import inbox
from storage.cards import Card, Face
from storage.database import UNREACHABLE, Database
from storage.migrate import assert_current, upgrade
from storage.session import Ids, Reads, Session
from storage.standing_by import alone

# Seconds after which a stop is the same as a death, from which all goes on at the next start:
# a database that stands still holds up even the closing of its connections.
_HANGS = 8.0

log = structlog.get_logger()


class Product:
    """The running whole. Built by `open_product`."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        channels: Mapping[str, Channel],
        *,
        leads: bool = True,
        say: Callable[..., None] = lambda *_, **__: None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """One that does not lead handles events, and leaves the rest to others.

        `now` is another clock than the machine's.
        """
        self.settings = settings
        self.database = database
        self.channels = channels
        self.now = now or Clock(settings.rehearsal.clock_file)
        self.desks = Desks(policies_of(settings))
        self._keys = Keys()
        self.prepare = self._preparing()
        self.leading = Leading(
            database, heard=self._heard, joined=self._joined, mark=mark_of(settings)
        )
        self.inbox = Dispatcher(
            database,
            self,
            channels=set(channels),
            now=self.now,
            flushed=lambda: self.duties.wake(),
            process=lambda: self.leading.process,
        )
        self.watch = self._watching()
        self.intake = self._taking_in()
        self.files = Files(database, channels, self.desks)
        self.duties = self._leading_duties(say)
        self._moved = asyncio.Event()  # some chat may have
        self._leads = leads
        if not database.sqlite:
            self.inbox.route_within(None)

    def _preparing(self) -> Prepare:
        return Prepare(
            self.database,
            self.channels,
            teams=self.desks.candidates,
            offering=any(policy.managers for policy in self.desks.all),
            add=lambda events: self.inbox.add(events),
            now=self.now,
        )

    def _watching(self) -> Watch:
        return Watch(
            self.database,
            self.channels,
            add=self.inbox.add,
            desks=self.desks,
            speaks=lambda: self.duties.keeps_up,
            now=self.now,
        )

    def _taking_in(self) -> Intake:
        return Intake(
            self.database,
            self.inbox,
            self.watch,
            desks=self.desks,
            now=self.now,
        )

    def _leading_duties(self, say: Callable[..., None]) -> Duties:
        return Duties(
            self.settings,
            self.channels,
            desks=self.desks,
            inbox=self.inbox,
            keys=self._keys,
            intake=self.intake,
            watch=self.watch,
            render=self.render,
            open_file=self.files.opened,
            now=self.now,
            say=say,
        )

    # --- what the inbox asks ---

    def parse(self, channel: str, body: dict[str, Any]) -> Event | None:
        """See Handlers.parse."""
        if channel == inbox.INTERNAL:
            return EVENTS.validate_python(body)
        return self.channels[channel].parse(body)

    async def key(self, event: Event, session: Session) -> str:
        """See Handlers.key."""
        return await self._keys.of(event, session)

    def needs_network(self, event: Event) -> bool:
        """See Handlers.needs_network."""
        return self.prepare.needed(event)

    async def handle(self, event: Event, facts: Facts | None, session: Session) -> None:
        """See Handlers.handle."""
        facts = facts or Facts()
        policy = await self.desks.of(event, facts, session)
        await router.handle(Work(session, self.now(), policy, self._fit, facts), event)
        if isinstance(event, ChatMoved):
            self.desks.follow(address(event.channel, event.old), address(event.channel, event.new))

    # --- what the senders ask ---

    async def render(self, card: Card, reads: Reads) -> Face:
        """A card's face at this moment."""
        session = Session(reads, Ids(self.database))
        policy = await self.desks.of_card(card, session)
        return await topics.face(card, session, policy)

    # --- what runs ---

    def wake(self) -> None:
        """Look for work now."""
        self.inbox.wake()
        self.duties.wake()

    def _joined(self) -> None:
        """We live among the others: what they did meanwhile is news."""
        self._heard("chats")
        self.wake()

    async def run(self) -> None:
        """Run until cancelled."""
        await self.desks.restore(self.database)
        if self._leads:
            await self.database.finish(self.desks.take_over(self.database))
        scheduler = schedule.start({"watch": self.watch.sweep} if self._leads else {})
        living = asyncio.create_task(self.leading.run())
        following = asyncio.create_task(self._follow_chats())
        inbox = asyncio.create_task(self.inbox.run())
        duties = self.duties.led(self.leading) if self._leads else ()
        led = [asyncio.create_task(duty) for duty in duties]
        try:
            ended, _ = await asyncio.wait(
                [living, following, inbox, *led], return_when=FIRST_COMPLETED
            )
            for task in ended:
                task.result()
        finally:
            scheduler.shutdown(wait=False)
            await end([inbox], led, stop=self.inbox.stop)
            await end([], [living, following])

    def _heard(self, table: str) -> None:
        """Some process wrote work into this table."""
        if table == "chats":
            self._moved.set()
        elif table == "inbox":
            self.inbox.wake()
        else:
            self.duties.wake()

    async def _follow_chats(self) -> None:
        """Name the teams' chats as others do by now: another process may have seen one move."""
        failures = 0
        while True:
            await self._moved.wait()
            self._moved.clear()
            try:
                await self.desks.restore(self.database)
                failures = 0
            except UNREACHABLE as error:
                self._moved.set()  # nobody tells it again
                failures += 1
                log.warning("chats_database", reason=describe(error), failures=failures)
                await asyncio.sleep(delay(failures, base=0.2, cap=10, jitter=random.random()))

    def _fit(self, channel: str, post: Post) -> tuple[Post, ...]:
        return self.channels[channel].fit(post) if channel in self.channels else (post,)


@asynccontextmanager
async def open_product(
    settings: Settings, say: Callable[[str], None] = lambda _: None, *, leads: bool = True
) -> AsyncIterator[Product]:
    """The parts of the product, opened; closed at the end.

    Waits as a stand-by while another one uses the same SQLite file, and says so. On
    PostgreSQL several share the work; those that do not lead only handle events.
    """
    texts = load(settings.team.language)

    def waits(why: str, **values: str) -> None:
        log.warning("stand_by", reason=why, **values)
        shown = {
            name: texts.channel(one) if name == "channel" else one for name, one in values.items()
        }
        say(texts(f"stand_by.{why}", **shown))

    async with AsyncExitStack() as stack:
        database = Database(settings.database_url)
        await stack.enter_async_context(alone(database.url, lambda file: waits("file", file=file)))
        stack.push_async_callback(database.close)
        await database.finish(database.open())
        await database.finish((upgrade if database.sqlite else assert_current)(database))
        channels = await stack.enter_async_context(open_channels(settings))
        yield Product(settings, database, channels, leads=leads, say=waits)


@asynccontextmanager
async def open_channels(settings: Settings) -> AsyncIterator[Mapping[str, Channel]]:
    """The channels that have a token, by their names; closed at the end."""
    async with AsyncExitStack() as stack:
        channels = {}
        for one in channels_of(settings):
            if one.connection.token:
                channels[one.name] = open_channel(one.kind, one.name, one.connection)
                stack.push_async_callback(channels[one.name].close)
        yield channels


def answering(product: Product) -> AbstractAsyncContextManager[None]:
    """What answers over HTTP, messengers' posts among it, while the context is open."""
    return serving(
        product.settings.http,
        product.database,
        hindrances=product.watch.hindrances,
        remarks=product.leading.remarks,
        now=product.now,
        hooks=hook_routes(product.channels, product.intake.keep),
    )


async def run_product(
    settings: Settings, say: Callable[[str], None], *, leads: bool = True
) -> None:
    """Run until SIGTERM or Ctrl-C; then stop within five seconds, or ten whatever hangs.

    `say` tells whoever looks on that this is a stand-by.
    """
    running = asyncio.create_task(_run(settings, say, leads=leads))
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if not running.cancelling():  # the closing that a first signal began is not interrupted
            running.cancel()
            loop.call_later(_HANGS, os._exit, 0)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await running
    log.info("stopped")


async def _run(settings: Settings, say: Callable[[str], None], *, leads: bool) -> None:
    opened = open_product(settings, say, leads=leads)
    async with opened as product, answering(product):
        log.info("started", channels=sorted(product.channels))
        _spare_the_collector()
        await product.run()


def _spare_the_collector() -> None:
    """What was loaded stays: to look through it again and again took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)  # nearly all that an event makes goes without a search
