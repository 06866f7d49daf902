"""A sender, a network and a server on a virtual clock, to see what the pacer lets through.

The sender does what the real one does: it takes the heads of its lanes that are not
blocked, starts as many as there is room for in the product's own order, and then sleeps
until the pacer's next moment, the end of a call or new work. A lane is what must stay in
order: one call at a time, a refused one first again.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count
from math import inf

from bot.delivery.items import Item
from bot.delivery.pacing import Pacer, Slot
from bot.delivery.turns import Turns
from bot.messages import Post, Priority
from storage.outbox import Delivery

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)  # when a world's seconds begin


@dataclass(frozen=True, slots=True)
class Work:
    """One call to be made; queued at `at` seconds."""

    at: float
    chat: str  # "" for what counts in none
    group: bool = False
    priority: int = Priority.REPLY
    lane: str = ""  # the chat where not given
    under_card: bool = False
    refused_for: float = 0.0  # the first try is answered with this retry_after, in seconds


@lru_cache(10_000)
def item_of(work: Work) -> Item:
    """The work as the product's sender finds it waiting."""
    priority = Priority(work.priority)
    delivery = Delivery(
        0,
        "telegram",
        ("-100" if work.group else "") + work.chat,
        work.lane or work.chat,
        priority,
        Post(work.chat),
        lead=None,
        message=None,
        under_card=work.under_card,
        asks="",
        told=False,
        random_id=1,
        attempts=0,
        turn_at=MIDNIGHT + timedelta(seconds=work.at) + priority.patience,
        expires_at=None,
        claimed_at=None,
        card=None,
    )
    return Item(delivery)


@dataclass(frozen=True, slots=True)
class Call:
    """One call that was made, and when the server saw it."""

    work: Work
    started: float
    arrived: float
    ended: float
    refused: bool


Trip = Callable[[], tuple[float, float]]  # seconds to the server and back


class World:
    """Runs one load through one pacer and keeps what happened in `calls`, in order of start."""

    def __init__(self, pacer: Pacer, load: Iterable[Work], trip: Trip, *, begin: float = 0.0):
        self.pacer = pacer
        self.trip = trip
        self.now = begin
        self.calls: list[Call] = []
        self.most_chats = 0
        self._turns = Turns(lambda: MIDNIGHT + timedelta(seconds=self.now), lambda: self.now)
        self._lanes: dict[str, deque[Work]] = {}
        self._busy: set[str] = set()
        self._tried: set[int] = set()
        self._numbers = count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        for work in load:
            self._at(max(begin, work.at), lambda work=work: self._queue(work))  # type: ignore[misc]

    def run(self, until: float = inf) -> World:
        """Let time pass until then, or until nothing is left to happen."""
        while self._events and self._events[0][0] <= until:
            self.now, _, happen = heapq.heappop(self._events)
            happen()
            if not (self._events and self._events[0][0] == self.now):
                self._send()
        return self

    @property
    def waiting(self) -> int:
        """How many calls are queued and not under way."""
        return sum(map(len, self._lanes.values())) - len(self._busy)

    def _at(self, when: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._numbers), happen))

    def _queue(self, work: Work) -> None:
        self._lanes.setdefault(work.lane or work.chat, deque()).append(work)

    def _send(self) -> None:
        for work in self._candidates():
            if self.pacer.ready_at(work.chat, self.now) <= self.now:
                self._start(work)
        kept = self.pacer._chats.keys() | self.pacer._holds.keys()
        self.most_chats = max(self.most_chats, len(kept))
        if self._lanes:
            self._sleep()

    def _candidates(self) -> list[Work]:
        if not self.pacer.room(self.now):
            return []
        full = self.pacer.blocked(self.now)
        heads = (queue[0] for lane, queue in self._lanes.items() if lane not in self._busy)
        free = [work for work in heads if work.chat not in full]
        return sorted(free, key=lambda work: self._turns.place(item_of(work)))

    def _start(self, work: Work) -> None:
        there, back = self.trip()
        slot = self.pacer.start(work.chat, work.group, self.now)
        self._turns.begun(item_of(work))
        refused = work.refused_for > 0 and id(work) not in self._tried
        self._tried.add(id(work))
        arrived = self.now + there
        call = Call(work, self.now, arrived, arrived + back, refused)
        self.calls.append(call)
        self._busy.add(work.lane or work.chat)
        self._at(call.ended, lambda: self._end(call, slot))

    def _end(self, call: Call, slot: Slot) -> None:
        work, lane = call.work, call.work.lane or call.work.chat
        self.pacer.done(slot, self.now)
        self._busy.discard(lane)
        if call.refused:
            self.pacer.hold(work.chat, self.now + work.refused_for)
            return
        self._lanes[lane].popleft()
        if not self._lanes[lane]:
            del self._lanes[lane]

    def _sleep(self) -> None:
        wake = self.pacer.next_ready(self.now)
        idle = [queue[0] for lane, queue in self._lanes.items() if lane not in self._busy]
        if self.pacer.room(self.now):
            soonest = min(
                (self.pacer.ready_at(work.chat, self.now) for work in idle),
                default=inf,
            )
            assert self.now < soonest, "a call that may go was left lying"
            assert wake <= soonest, "the sender would sleep past a call that may go"
        if wake < inf:
            self._at(wake, lambda: None)


def most_in_any(moments: Iterable[float], seconds: float) -> int:
    """The most of these moments that lie in any stretch of so many seconds, both ends included."""
    ordered = sorted(moments)
    most = first = 0
    for last, moment in enumerate(ordered):
        while ordered[first] < moment - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def arrivals_by_chat(calls: Sequence[Call], *, group: bool) -> dict[str, list[float]]:
    """When the server saw the calls that count against the chats of this sort."""
    by_chat: dict[str, list[float]] = defaultdict(list)
    for call in calls:
        if call.work.chat and call.work.group is group:
            by_chat[call.work.chat].append(call.arrived)
    return by_chat


def share_used(moments: Iterable[float], limit: int, seconds: float) -> float:
    """What share of `limit` in so many seconds was used, from the second window on.

    Whole windows' worth of calls are set against the time they took, so that bursts
    at the edges count neither for nor against.
    """
    ordered = sorted(moments)[limit:]
    windows = (len(ordered) - 1) // limit
    return windows * seconds / (ordered[windows * limit] - ordered[0])
