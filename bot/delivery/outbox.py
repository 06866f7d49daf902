"""Sending for one token, long as one loop: claim what may go, commit, call, record.

No transaction is open while a call is made. Cards are not queued but reconciled:
whatever a chat shows of a lead is brought up to what it should show, and rendered
at the moment when it may be sent.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile

import structlog

from bot.delivery import joining, record
from bot.delivery.backoff import delay
from bot.delivery.calls import Caller, Render
from bot.delivery.describing import describe
from bot.delivery.items import Item, Made, name_of, outcome_of
from bot.delivery.pacing import Pacer, Past, Slot
from bot.delivery.troubles import Troubles
from bot.delivery.turns import Turns
from bot.messages import (
    Channel,
    Failure,
    FileError,
    OpenFile,
    Outgoing,
    Post,
    address,
    split_address,
)
from bot.metrics import CALLS
from storage import cards, doubts, folding, outbox
from storage.cards import Card
from storage.database import UNREACHABLE, Database
from storage.outbox import Delivery
from storage.session import Ids, Reads

AT_ONCE = 64  # calls in flight for one token
_COMPARED = 16  # leads at least, of which one has its turn

log = structlog.get_logger()


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
        lives: Callable[[], bool],
        lanes: int = 1,
    ) -> None:
        """`heard` is called when events were added; `lanes` is how many calls a chat bears at once.

        More than one lane gives up the order between different leads of one chat. Nothing is
        sent unless `lives` tells that surely no other process does by now.
        """
        self._database = database
        self._channel = channel
        self._pacer = pacer
        self._caller = Caller(
            database, channel, pacer, render=render, open_file=open_file, now=now, lives=lives
        )
        self._now = now
        self._heard = heard
        self._lanes = lanes
        self._ids = Ids(database)
        self._wake = asyncio.Event()
        self._stopping = False
        self._flying: dict[asyncio.Task[Made], Item] = {}
        self._made: list[Made] = []
        self._unheard: Sequence[Item] = ()  # maybe claimed: nobody heard how the commit ended
        self._turns = Turns(now, self._time)
        self._in_doubt: set[str] = set()  # chats with a post to be sought, and maybe others
        self._troubles = Troubles(channel.name)
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
                self._wake.clear()
                if not recovered:
                    await self._recover()
                    recovered = True
                if not await self.step():
                    await self._rest()
                failures = 0
            except UNREACHABLE as error:
                failures += 1
                log.warning("outbox_database", reason=describe(error), failures=failures)
                await asyncio.sleep(delay(failures, base=0.2, cap=10, jitter=random.random()))
        await self._land()

    async def step(self) -> bool:
        """One round: in one transaction record what ended and claim what may go, then start it."""
        await self._unclaim()
        made = self._made[:]
        chosen = await self._chosen()
        if not made and not chosen:
            return False
        try:
            chosen = [(await self._joined(item), slot) for item, slot in chosen]
            heard, claimed = await self._write(made, [item for item, _ in chosen])
        except BaseException:
            for _, slot in chosen:
                self._pacer.give_back(slot)
            self._unheard = [item for item, _ in chosen]
            raise
        del self._made[: len(made)]
        self._start(self._still_meant(chosen, claimed))
        if heard:
            self._heard()
        return True

    async def _recover(self) -> None:
        """Take up what an earlier process left: its pace, and its calls of unknown outcome."""
        now = self._now()
        past = await outbox.recent(
            self._database, self._channel.name, since=timedelta(minutes=2), now=now
        )
        self._pacer.restore(
            (
                Past(
                    chat if priority.counts else "",
                    chat.startswith("-"),
                    (now - at).total_seconds(),
                )
                for chat, priority, at in past
            ),
            asyncio.get_running_loop().time(),
        )
        await record.recover(self._database, self._channel, now)
        async with self._database.read() as connection:
            self._in_doubt = await doubts.in_chats(connection, self._channel.name)
            await self._troubles.restore(connection)
        self._heard()

    async def _unclaim(self) -> None:
        """Put back what was claimed by a commit whose answer was lost: none of it was begun."""
        if not self._unheard:
            return
        calls = [call for item in self._unheard for call in item.calls]
        shown = [item.work for item in self._unheard if isinstance(item.work, Card)]
        async with self._database.write() as connection:
            await outbox.unclaim(connection, calls)
            await cards.unclaim(connection, shown)
        self._unheard = ()

    async def _chosen(self) -> list[tuple[Item, Slot]]:
        """The calls to be made now, with their places in the pace taken."""
        room = min(AT_ONCE - len(self._flying), self._pacer.room(self._time()))
        if room <= 0:
            return []
        return self._choose(await self._candidates(room), room)

    async def _joined(self, item: Item) -> Item:
        """The call with its album, or with the words behind it where a chat bears one at a time."""
        work = item.work
        if not isinstance(work, Delivery):
            return item
        if work.album:
            async with self._database.read() as connection:
                others = await outbox.rest_of_album(connection, work)
            alike = [other for other in others if _alike(work, other)]
            return replace(item, joined=joining.join_album(work, alike, self._fits))
        if self._lanes > 1 or not joining.joinable(work):
            return item
        async with self._database.read() as connection:
            others = await outbox.following(connection, work)
        behind = takewhile(lambda other: not other.album and _alike(work, other), others)
        return replace(item, joined=joining.join(work, list(behind), self._fits))

    def _fits(self, post: Post) -> bool:
        return len(self._channel.fit(post)) == 1

    def _start(self, chosen: Sequence[tuple[Item, Slot]]) -> None:
        reads = Reads(self._database)
        for item, slot in chosen:
            self._turns.begun(item)
            task = asyncio.create_task(self._caller.make(item, slot, reads))
            self._flying[task] = item
            task.add_done_callback(self._ended)

    async def _candidates(self, room: int) -> Sequence[Item]:
        name, now, most = self._channel.name, self._now(), max(2 * room, _COMPARED)
        async with self._database.read() as connection:
            if not await outbox.anything(connection, name):  # as most often, after a wake-up
                return []
            if self._in_doubt:  # others end doubts as well: an erasure, a chat that moves
                self._in_doubt = await doubts.in_chats(connection, name)
            busy = self._pacer.blocked(self._time()) | self._full() | self._in_doubt
            places = [f"{name}:{chat}" for chat in busy]
            crowded = await folding.crowded(connection, name, self._room, busy=places)
        for where in crowded:
            await folding.fold(self._database, self._ids, where, now)
        async with self._database.read() as connection:
            calls = await outbox.waiting(connection, name, busy=busy, now=now, limit=most)
            wanted = await cards.wanted(connection, name, busy=places, now=now, limit=room)
            if not calls and not wanted:
                wanted = await folding.unfolded(connection, name, busy=[*places, *self._tight()])
        return [*map(Item, calls), *map(Item, wanted)]

    def _room(self, where: str) -> float:
        """How many cards a chat can show for themselves before its minute is full."""
        return self._pacer.left(split_address(where)[1], self._time())

    def _tight(self) -> list[str]:
        """Groups that must keep what is left of their minute for news."""
        tight = self._pacer.tight(self._time())
        return [address(self._channel.name, chat) for chat in tight]

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
        for item in sorted(found, key=self._turns.place):
            if len(chosen) >= room:
                break
            if item.counts and lanes.get(item.chat, 0) >= self._lanes:
                continue
            if self._pacer.ready_at(item.chat, now) > now:
                continue
            if item.counts:
                lanes[item.chat] = lanes.get(item.chat, 0) + 1
            slot = self._pacer.start(item.chat, item.group, now)
            chosen.append((item, slot))
        return chosen

    def _still_meant(
        self, chosen: Sequence[tuple[Item, Slot]], claimed: Mapping[int, Outgoing]
    ) -> list[tuple[Item, Slot]]:
        """Handlers may have changed or dropped what was chosen, until it was claimed."""
        meant: list[tuple[Item, Slot]] = []
        for item, slot in chosen:
            calls = [
                replace(call, outgoing=claimed[call.id])
                for call in item.calls
                if call.id in claimed
            ]
            if calls:
                item = Item(calls[0], tuple(calls[1:]))
            if calls or not item.calls:
                meant.append((item, slot))
            else:
                self._pacer.give_back(slot)
        return meant

    async def _write(
        self, made: Sequence[Made], items: Sequence[Item]
    ) -> tuple[bool, Mapping[int, Outgoing]]:
        """Record and claim; whether somebody has to hear of the one, and what is to be made."""
        calls = [call for item in items for call in item.calls]
        wanted = [item.work for item in items if isinstance(item.work, Card)]
        now = self._now()
        claimed: Mapping[int, Outgoing] = {}
        async with self._database.write() as connection:
            heard = await record.write(connection, self._channel, made, now, alone=self._lanes == 1)
            heard |= await self._troubles.write(connection, made, now)
            if calls:
                claimed = await outbox.claim(connection, calls, now)
            if wanted:
                await cards.claim(connection, wanted, now)
        self._troubles.note(made)
        # Whether it really is in doubt is looked up before the next one is chosen.
        self._in_doubt |= {one.item.chat for one in made if one.error is not None}
        return heard, claimed

    def _ended(self, task: asyncio.Task[Made]) -> None:
        self._flying.pop(task)
        if not task.cancelled():
            made = task.result()
            self._made.append(made)
            CALLS.labels(self._channel.name, outcome_of(made)).inc()
            if made.item.group and made.sent is not None:
                self._pacer.album(made.item.chat, len(made.sent.message_ids) - 1, self._time())
            self._react(made)
        self._wake.set()

    def _react(self, made: Made) -> None:
        """Hold back what the platform asked to hold back."""
        error, now = made.error, self._time()
        if error is None or error.permanent:
            self._failures = 0
            return
        log.warning(
            "send_failed",
            work=name_of(made.item.work),
            failure=error.failure.value,
            reason=str(error),
        )
        if isinstance(error, FileError):
            return  # no reason to hold back anything else
        if error.failure is Failure.PACE and made.item.counts:
            self._pacer.hold(made.item.chat, now + (error.retry_after or 1.0))
            return
        self._failures += 1
        if error.failure in (Failure.TOKEN, Failure.PACE) or self._failures > 1:
            wait = delay(self._failures, base=0.5, cap=30, jitter=random.random())
            self._pacer.hold_all(now + max(wait, error.retry_after or 0.0))

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
        """Let calls in flight end, within two seconds, and write down what became of them."""
        if self._flying:
            await asyncio.wait(list(self._flying), timeout=2)
        for task in list(self._flying):
            task.cancel()
        await self._unclaim()
        if self._made:
            await self._write(self._made, [])

    def _time(self) -> float:
        return asyncio.get_running_loop().time()


def _alike(first: Delivery, other: Delivery) -> bool:
    """What may have been posted together is sought and repeated together, nothing else with it."""
    doubted = (first.posted_above is None) == (other.posted_above is None)
    return doubted and (first.claimed_at is None) == (other.claimed_at is None)
