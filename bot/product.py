"""The composition root, long as all parts meet here: made, wired, started, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot import schedule
from bot.channels import CHANNELS, open_channel
from bot.clock import Clock
from bot.delivery.describing import describe
from bot.delivery.inbox import Dispatcher
from bot.delivery.outbox import Sender
from bot.delivery.pacing import Pace, Pacer
from bot.delivery.prepare import Prepare
from bot.domain.deadlines import Kind
from bot.domain.digests import last_due
from bot.domain.distribution import Scheme
from bot.domain.hours import Term
from bot.messages import (
    EVENTS,
    Attachment,
    Channel,
    ChannelRefused,
    ChatMoved,
    Download,
    Event,
    Facts,
    Failure,
    Post,
    SendError,
    TroubleSeen,
    address,
    split_address,
)
from bot.reports import files
from bot.watch import Watch
from bot.web.serving import serving
from config.hours import working_hours
from config.settings import Settings
from config.texts import load
from handlers import exports, router, topics
from handlers.keys import Keys
from handlers.policy import ChannelPolicy, Policy
from handlers.work import Work
from storage import chats, erasure, inbox, retention, sweeps
from storage.cards import Card, Face
from storage.database import UNREACHABLE, Database
from storage.migrate import assert_current, upgrade
from storage.session import Ids, Reads, Session
from storage.standing_by import alone

_CURRENCIES = {"ru": "RUB", "en": "USD", "es": "EUR"}
_UNREACHABLE_FOR = 2.0  # seconds until a database that could not be asked is asked again
_PURGED_EVERY = timedelta(hours=1)
_REFUSED_FOR = 60.0  # seconds between two tries of a channel that only a person can mend

log = structlog.get_logger()


class Product:
    """The running whole. Built by `open_product`."""

    def __init__(
        self, settings: Settings, database: Database, channels: Mapping[str, Channel]
    ) -> None:
        self.settings = settings
        self.database = database
        self.channels = channels
        self.now = Clock(settings.rehearsal.clock_file)
        self.policy = _policy(settings)
        self._keys = Keys()
        self.prepare = Prepare(
            database,
            channels,
            chat=lambda: self.policy.chat,
            is_team=lambda where: self.policy.is_team(where),
            managers=settings.team.managers,
            dispatchers=settings.team.dispatchers,
            now=self.now,
        )
        self.inbox = Dispatcher(
            database, self, channels=set(channels), now=self.now, flushed=self._wake_senders
        )
        self.watch = Watch(
            database, channels, add=self.inbox.add, policy=lambda: self.policy, now=self.now
        )
        self._purged_at = datetime.min.replace(tzinfo=UTC)
        self.senders = {name: self._sender(name) for name in channels}

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
        work = Work(session, self.now(), self.policy, self._fit, facts or Facts())
        await router.handle(work, event)
        if isinstance(event, ChatMoved):
            self._follow(address(event.channel, event.old), address(event.channel, event.new))

    # --- what the senders ask ---

    async def render(self, card: Card, reads: Reads) -> Face:
        """A card's face at this moment."""
        return await topics.face(card, Session(reads, Ids(self.database)), self.policy)

    @asynccontextmanager
    async def open_file(self, attachment: Attachment) -> AsyncIterator[Download]:
        """A file of any channel, for streaming into another."""
        if attachment.channel == exports.CHANNEL:
            session = Session(Reads(self.database), Ids(self.database))
            yield await exports.opened(session, attachment, self.policy)
            return
        if attachment.channel == files.CHANNEL:
            session = Session(Reads(self.database), Ids(self.database))
            async with files.opened(session, attachment, self.policy.basis) as download:
                yield download
            return
        async with AsyncExitStack() as opened:
            try:
                file = self.channels[attachment.channel].open_file(attachment)
                download = await opened.enter_async_context(file)
            except SendError as error:
                raise _of_the_file(error) from None
            yield download

    # --- what runs ---

    def wake(self) -> None:
        """Look for work now."""
        self.inbox.wake()
        self._wake_senders()

    async def run(self) -> None:
        """Run until cancelled."""
        chat = await chats.current(self.database, self.policy.chat)
        former = await chats.former(self.database, chat)
        self.policy = replace(self.policy, chat=chat, former_chats=former)
        scheduler = schedule.start(
            {
                "deadlines": self._sweep_deadlines,
                "digests": self._sweep_digests,
                "retention": self._sweep_retention,
                "watch": self.watch.sweep,
            }
        )
        loops = [self.inbox.run(), *(sender.run() for sender in self.senders.values())]
        workers = [asyncio.create_task(loop) for loop in loops]
        intake = [
            asyncio.create_task(self._receive(name, channel))
            for name, channel in self.channels.items()
        ]
        try:
            ended, _ = await asyncio.wait([*workers, *intake], return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            scheduler.shutdown(wait=False)
            await self._stop(workers, intake)

    async def _stop(
        self, workers: Sequence[asyncio.Task[None]], intake: Sequence[asyncio.Task[None]]
    ) -> None:
        """Take nothing more in, let the loops end their rounds; three seconds at the most."""
        for task in intake:
            task.cancel()
        self.inbox.stop()
        for sender in self.senders.values():
            sender.stop()
        await asyncio.wait([*workers, *intake], timeout=3)
        for task in workers:
            task.cancel()

    async def _receive(self, name: str, channel: Channel) -> None:
        """Take events in; what only a person can mend is told, and tried again now and then."""

        known = ""

        async def accept(raws: Any, cursor: str) -> None:
            nonlocal known
            self.watch.heard(name)
            if not raws and cursor in ("", known):
                return
            try:
                await self.inbox.accept(name, raws, cursor)
            except UNREACHABLE as error:
                log.warning("intake_database", channel=name, reason=describe(error))
                raise  # the channel does not acknowledge, and comes again
            known = cursor

        if name == self.policy.messenger:
            await self._ask_for_topics(name, channel)
        while True:
            try:
                known = await inbox.cursor(self.database, name)
                await channel.receive(accept, known)
            except ChannelRefused as refusal:
                log.error("channel_refused", channel=name, reason=str(refusal))
                self.watch.refused(name)
            except UNREACHABLE as error:
                log.warning("intake_database", channel=name, reason=describe(error))
                await asyncio.sleep(_UNREACHABLE_FOR)
                continue
            await asyncio.sleep(_REFUSED_FOR)

    async def _ask_for_topics(self, name: str, channel: Channel) -> None:
        """Whether the team's chat is a forum, before its first event; the events tell it too."""
        chat = split_address(self.policy.chat)[1]
        try:
            forum = await channel.has_topics(chat)
            async with self.database.write() as connection:
                await chats.found(connection, self.policy.chat, forum=forum)
            if self.policy.needs_topics:
                lacks = TroubleSeen(
                    "topics", self.policy.chat, self.now(), over=forum, detail="forum"
                )
                told = f"trouble:topics:{self.policy.chat}:{forum}:{self.now():%Y-%m-%dT%H:%M}"
                await self.inbox.add({told: lacks})
        except (SendError, *UNREACHABLE) as error:
            log.warning("topics_unknown", channel=name, reason=describe(error))

    async def _sweep_deadlines(self) -> None:
        try:
            for take in (sweeps.take_deadlines, sweeps.take_steps):
                if await self.database.finish(take(self.database, self.now())):
                    self.inbox.wake()
        except UNREACHABLE as error:
            log.warning("sweep_database", reason=describe(error))

    async def _sweep_digests(self) -> None:
        zone, now = self.policy.timezone, self.now()
        digest = self.settings.digest
        due = {
            "daily": last_due(now, digest.at, zone),
            "weekly": last_due(now, digest.weekly.at, zone, digest.weekly.weekday),
        }
        recipients = self.policy.reports_to
        try:
            for period, due_at in due.items():
                taken = sweeps.take_digest(self.database, period, due_at, recipients, now)
                if await self.database.finish(taken):
                    self.inbox.wake()
        except UNREACHABLE as error:
            log.warning("sweep_database", reason=describe(error))

    async def _sweep_retention(self) -> None:
        """What was erased leaves the database's log at once, what is old goes hour by hour."""
        kept, now = self.settings.retention, self.now()
        try:
            await self.database.finish(erasure.tidy(self.database, now))
            if now < self._purged_at + _PURGED_EVERY:
                return
            more = bool(kept.events)
            while more:  # so much at once, that nobody waits long for the database
                purged = retention.purge(self.database, now - kept.events)
                more = await self.database.finish(purged) > 0
            if kept.customers:
                before = now - kept.customers
                taken = retention.take_old_customers(self.database, before, now)
                if await self.database.finish(taken):
                    self.inbox.wake()
            self._purged_at = now
        except UNREACHABLE as error:
            log.warning("sweep_database", reason=describe(error))

    def _sender(self, name: str) -> Sender:
        return Sender(
            self.database,
            self.channels[name],
            Pacer(_pace(name, self.settings)),
            render=self.render,
            open_file=self.open_file,
            now=self.now,
            heard=self.inbox.wake,
            # At the usual pace one call after the other, in order; where a server allows
            # more than one a second to a group, as many at once as it may have in a second.
            lanes=max(1, self.settings.telegram.group_per_minute // 60),
        )

    def _fit(self, channel: str, post: Post) -> tuple[Post, ...]:
        return self.channels[channel].fit(post) if channel in self.channels else (post,)

    def _wake_senders(self) -> None:
        for sender in self.senders.values():
            sender.wake()

    def _follow(self, old: str, new: str) -> None:
        if self.policy.chat == old:
            former = self.policy.former_chats | {old}
            self.policy = replace(self.policy, chat=new, former_chats=former)
        if self.policy.supervisors_chat == old:
            self.policy = replace(self.policy, supervisors_chat=new)


@asynccontextmanager
async def open_product(
    settings: Settings, say: Callable[[str], None] = lambda _: None
) -> AsyncIterator[Product]:
    """The parts of the product, opened; closed at the end.

    Waits as a stand-by while another one uses the same SQLite file, and says so.
    """

    def waits(words: str) -> None:
        log.warning("stand_by", reason=words)
        say(words)

    async with AsyncExitStack() as stack:
        database = Database(settings.database_url)
        await stack.enter_async_context(alone(database.url, waits))
        stack.push_async_callback(database.close)
        await database.finish(database.open())
        await database.finish((upgrade if database.sqlite else assert_current)(database))
        channels = await stack.enter_async_context(open_channels(settings))
        yield Product(settings, database, channels)


@asynccontextmanager
async def open_channels(settings: Settings) -> AsyncIterator[Mapping[str, Channel]]:
    """The channels that have a token, by their names; closed at the end."""
    async with AsyncExitStack() as stack:
        channels = {}
        for name in CHANNELS:
            if getattr(settings, name).token:
                channels[name] = open_channel(name, name, getattr(settings, name))
                stack.push_async_callback(channels[name].close)
        yield channels


async def run_product(settings: Settings, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or Ctrl-C; then stop within five seconds.

    `say` tells whoever looks on that this is a stand-by.
    """
    running = asyncio.create_task(_run(settings, say))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # A second signal must not interrupt the closing that the first began.
        loop.add_signal_handler(number, lambda: running.cancelling() or running.cancel())
    with contextlib.suppress(asyncio.CancelledError):
        await running
    log.info("stopped")


async def _run(settings: Settings, say: Callable[[str], None]) -> None:
    opened = open_product(settings, say)
    async with (
        opened as product,
        serving(
            settings.http,
            product.database,
            hindrances=product.watch.hindrances,
            now=product.now,
        ),
    ):
        log.info("started", channels=sorted(product.channels))
        await product.run()


def _of_the_file(error: SendError) -> SendError:
    """Its own messenger's refusal says nothing of the chat and the token it was to go to."""
    if error.failure is Failure.TOO_LARGE:
        return error
    failure = Failure.REFUSED if error.permanent else Failure.TRANSIENT
    return SendError(failure, str(error))


def _policy(settings: Settings) -> Policy:
    team = settings.team
    texts = load(team.language)
    zone = ZoneInfo(team.timezone)
    return Policy(
        chat=team.chat,
        texts=texts,
        timezone=zone,
        hours=working_hours(settings.hours.week, settings.hours.holidays, zone),
        currency=_CURRENCIES[team.language],
        reasons=settings.leads.reject_reasons or texts.under("reason."),
        deadlines=_terms(settings.deadlines),
        daily_at=settings.digest.at,
        weekly_at=settings.digest.weekly.at,
        max_open=settings.leads.max_open,
        offer_for=settings.leads.offer_for,
        offers=settings.leads.offers,
        messages_per_minute=settings.leads.messages_per_minute,
        customers_kept=settings.retention.customers,
        find_days=settings.leads.find_days,
        sources=settings.leads.sources,
        supervisors=team.supervisors,
        supervisors_chat=team.supervisors_chat,
        conversation=team.conversation,
        managers=team.managers,
        dispatchers=team.dispatchers,
        channels={
            name: _channel_policy(getattr(settings.channels, name)) for name in ("telegram", "vk")
        },
    )


def _channel_policy(found: Any) -> ChannelPolicy:
    consent = found.consent
    return ChannelPolicy(
        lead_source=found.lead_source,
        responsible=found.responsible,
        distribution=Scheme(found.distribution),
        reject_reason_required=found.reject_reason_required,
        greeting=found.greeting,
        out_of_hours=found.out_of_hours,
        farewell=found.farewell,
        rating=found.rating,
        questions=found.questions,
        consent=(consent.url, consent.version) if consent.url else None,
        deadlines=_terms(found.deadlines),
    )


def _terms(found: Any) -> dict[Kind, Term]:
    """Those of a group of settings that are set."""
    given = {kind: getattr(found, kind.value) for kind in Kind}
    return {kind: term for kind, term in given.items() if term is not None}


def _pace(name: str, settings: Settings) -> Pace:
    if name == "telegram":
        telegram = settings.telegram
        per_minute = telegram.group_per_minute
        return Pace(telegram.per_second, 1, per_minute, group_per_second=max(1, per_minute // 60))
    return Pace(settings.vk.per_second)
