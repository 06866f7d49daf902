"""Sending for one token: claim what may go, commit, make the call, record how it ended.

No transaction is open while a call is made. Cards are not queued but reconciled:
whatever a chat shows of a lead is brought up to what it should show, and rendered
at the moment when it may be sent.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.delivery import record
from bot.delivery.backoff import delay
from bot.delivery.describing import describe
from bot.delivery.pacing import Pacer, Past, Slot
from bot.delivery.record import Made
from bot.messages import (
    Channel,
    Edit,
    Failure,
    Keyboard,
    OpenFile,
    Outgoing,
    Post,
    Priority,
    SendError,
    Text,
    split_address,
)
from storage import cards, outbox
from storage.cards import Card
from storage.database import UNREACHABLE, Database
from storage.outbox import Delivery
from storage.session import Reads

AT_ONCE = 32  # calls in flight for one token

log = structlog.get_logger()

Render = Callable[[Card, Reads], Awaitable[tuple[Text, Keyboard]]]


@dataclass(frozen=True, slots=True)
class Item:
    """A call that may be made, whether it was queued or a card wants it."""

    work: Delivery | Card

    @property
    def chat(self) -> str:
        """The chat it counts for, as the platform's own id; "" for answers, which no hold holds."""
        if isinstance(self.work, Card):
            return split_address(self.work.chat)[1]
        return self.work.chat if self.counts else ""

    @property
    def counts(self) -> bool:
        """Whether the platform counts it in its chat: answers and reactions are free."""
        return self.work.priority is not Priority.ANSWER

    @property
    def group(self) -> bool:
        """Telegram's groups have negative ids; only they have a pace of their own."""
        return self.chat.startswith("-")


class Sender:
    """Makes the calls of one channel, at the pace it permits."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        pacer: Pacer,
        *,
        render: Render,
        open_file: OpenFile,
        now: Callable[[], datetime],
        heard: Callable[[], None],
        lanes: int = 1,
    ) -> None:
        """`heard` is called when events were added; `lanes` is how many calls a chat bears at once.

        More than one lane gives up the order between different leads of one chat.
        """
        self._database = database
        self._channel = channel
        self._pacer = pacer
        self._render = render
        self._open_file = open_file
        self._now = now
        self._heard = heard
        self._lanes = lanes
        self._wake = asyncio.Event()
        self._stopping = False
        self._flying: dict[asyncio.Task[Made], Item] = {}
        self._made: list[Made] = []
        self._failures = 0

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()

    def stop(self) -> None:
        """Let `run` end after the round it is in, and what is in flight."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Send until stopped; a database that fails is tried again."""
        failures, recovered = 0, False
        while not self._stopping:
            try:
                if not recovered:
                    await self._recover()
                    recovered = True
                self._wake.clear()
                if not await self.step():
                    await self._rest()
                failures = 0
            except UNREACHABLE as error:
                failures += 1
                log.warning("outbox_database", reason=describe(error), failures=failures)
                await asyncio.sleep(delay(failures, base=0.2, cap=10, jitter=random.random()))
        await self._land()

    async def step(self) -> bool:
        """One round: record what ended, start what may go; whether anything was done."""
        recorded = await self._record()
        return await self._start() or recorded

    async def _recover(self) -> None:
        """Take up what an earlier process left: its pace, and its calls of unknown outcome."""
        now = self._now()
        past = await outbox.recent(
            self._database, self._channel.name, since=timedelta(minutes=2), now=now
        )
        self._pacer.restore(
            (
                Past(chat, chat.startswith("-"), priority > 0, (now - at).total_seconds())
                for chat, priority, at in past  # ANSWER is 0
            ),
            asyncio.get_running_loop().time(),
        )
        await record.recover(self._database, self._channel, now)
        self._heard()

    async def _start(self) -> bool:
        room = min(AT_ONCE - len(self._flying), self._pacer.room(self._time()))
        if room <= 0:
            return False
        chosen = self._choose(await self._candidates(room), room)
        if not chosen:
            return False
        try:
            await self._claim([item for item, _ in chosen])
        except BaseException:
            for _, slot in chosen:
                self._pacer.done(slot, self._time())
            raise
        for item, slot in chosen:
            task = asyncio.create_task(self._make(item, slot))
            self._flying[task] = item
            task.add_done_callback(self._ended)
        return True

    async def _candidates(self, room: int) -> Sequence[Item]:
        name, now = self._channel.name, self._now()
        busy = self._pacer.blocked(self._time()) | self._full()
        places = [f"{name}:{chat}" for chat in busy]
        async with self._database.read() as connection:
            calls = await outbox.waiting(connection, name, busy=busy, now=now, limit=2 * room)
            wanted = await cards.wanted(connection, name, busy=places, now=now, limit=room)
        return [*map(Item, calls), *map(Item, wanted)]

    def _full(self) -> set[str]:
        """Chats that have as many calls in flight as they bear."""
        flying = [item.chat for item in self._flying.values() if item.counts]
        flying += [made.item.chat for made in self._made if made.item.counts]
        return {chat for chat in flying if flying.count(chat) >= self._lanes}

    def _choose(self, found: Sequence[Item], room: int) -> list[tuple[Item, Slot]]:
        """Those that may go right now, the most urgent first, with their places taken."""
        now = self._time()
        lanes: dict[str, int] = {}
        chosen: list[tuple[Item, Slot]] = []
        for item in sorted(found, key=lambda item: item.work.turn_at):
            if len(chosen) >= room:
                break
            if item.counts and lanes.get(item.chat, 0) >= self._lanes:
                continue
            if self._pacer.ready_at(item.chat, item.group, item.counts, now) > now:
                continue
            if item.counts:
                lanes[item.chat] = lanes.get(item.chat, 0) + 1
            slot = self._pacer.start(item.chat, item.group, item.counts, now)
            chosen.append((item, slot))
        return chosen

    async def _claim(self, items: Sequence[Item]) -> None:
        calls = [item.work for item in items if isinstance(item.work, Delivery)]
        wanted = [item.work for item in items if isinstance(item.work, Card)]
        async with self._database.write() as connection:
            if calls:
                await outbox.claim(connection, calls, self._now())
            if wanted:
                await cards.claim(connection, wanted, self._now())

    async def _make(self, item: Item, slot: Slot) -> Made:
        """Make the call; what became of it, whatever that was."""
        try:
            if isinstance(item.work, Delivery) and _expired(item.work, self._now()):
                return Made(item, expired=True)
            outgoing = await self._outgoing(item.work)
            return Made(item, sent=await self._channel.send(outgoing, self._open_file))
        except SendError as error:
            return Made(item, error=error)
        except Exception as error:  # a fault of ours must not stop the sender
            log.error("send_failed", work=_name(item.work), reason=describe(error))
            return Made(item, error=SendError(Failure.REFUSED, describe(error)))
        finally:
            self._pacer.done(slot, self._time())

    async def _outgoing(self, work: Delivery | Card) -> Outgoing:
        """The call as it is to be made: under its card, or with a card's face of this moment."""
        if isinstance(work, Card):
            text, keyboard = await self._render(work, Reads(self._database))
            chat = split_address(work.chat)[1]
            if work.message_id is None:
                return Post(chat, text, keyboard)
            return Edit(chat, work.message_id, text, keyboard)
        return record.completed(work)

    def _ended(self, task: asyncio.Task[Made]) -> None:
        self._flying.pop(task)
        if not task.cancelled():
            self._made.append(task.result())
            self._react(self._made[-1])
        self._wake.set()

    def _react(self, made: Made) -> None:
        """Hold back what the platform asked to hold back."""
        error, now = made.error, self._time()
        if error is None or error.permanent:
            self._failures = 0
            return
        log.warning(
            "send_failed",
            work=_name(made.item.work),
            failure=error.failure.value,
            reason=str(error),
        )
        if error.failure is Failure.PACE and made.item.counts:
            self._pacer.hold(made.item.chat, now + (error.retry_after or 1.0))
            return
        self._failures += 1
        if error.failure in (Failure.TOKEN, Failure.PACE) or self._failures > 1:
            wait = delay(self._failures, base=0.5, cap=30, jitter=random.random())
            self._pacer.hold_all(now + max(wait, error.retry_after or 0.0))

    async def _record(self) -> bool:
        made = self._made[:]
        if not made:
            return False
        heard = await record.write(self._database, self._channel, made, self._now())
        del self._made[: len(made)]
        if heard:
            self._heard()
        return True

    async def _rest(self) -> None:
        """Wait for a wake-up, a place in a window, or the earliest call that was put off."""
        async with self._database.read() as connection:
            retry_at = await outbox.next_retry(connection, self._channel.name, self._now())
        waits = [5.0, self._pacer.next_ready(self._time()) - self._time()]
        if retry_at:
            waits.append((retry_at - self._now()).total_seconds())
        try:
            async with asyncio.timeout(max(0.01, min(waits))):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _land(self) -> None:
        """Let calls in flight end, within three seconds, and write down what became of them."""
        if self._flying:
            await asyncio.wait(list(self._flying), timeout=3)
        for task in list(self._flying):
            task.cancel()
        await self._record()

    def _time(self) -> float:
        return asyncio.get_running_loop().time()


def _expired(delivery: Delivery, now: datetime) -> bool:
    return delivery.expires_at is not None and delivery.expires_at <= now


def _name(work: Delivery | Card) -> str:
    return f"{'card' if isinstance(work, Card) else 'outbox'}={work.id}"
