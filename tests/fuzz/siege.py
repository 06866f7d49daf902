"""The running product under spoiled events, with good neighbours among them who must be served."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import sqlalchemy as sa
import structlog

from storage.schema import inbox, messages, outbox
from tests.cast import ANNA, BORIS, PABLO, TEAM
from tests.fuzz import described
from tests.fuzz.mutating import Mutator
from tests.fuzz.nasty import MARK
from tests.fuzz.real import Json, an_ordinary_day
from tests.handlers.invariants import assert_invariants
from tests.plays.play import AWAITED, Play

CHANNELS = ("telegram", "vk")
EVERY = 10  # spoiled events, then two good neighbours
AT_ONCE = 200  # events until the queues have to be empty
_AS_THEY_ARE = 0.1  # of the events are repeats of real ones
_MADE_UP = 0.15  # and so many are made from the descriptions
_FIRST = 50_000_000  # neighbours' numbers, which no spoiled event has
# What a handler may answer with: these are tried again, and are no faults.
_HARMLESS = ("Conflict", "TooEarly", "IntegrityError")


@dataclass(slots=True)
class Siege:
    """Events thrown at a play, and what came of them."""

    play: Play
    chance: random.Random
    cases: int = 0
    neighbours: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _logged: list[MutableMapping[str, Any]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=lambda: count(_FIRST))
    _updates: list[Json] = field(default_factory=list)
    _events: list[Json] = field(default_factory=list)

    async def lay(self, cases: int, *, at_most: int = 0) -> None:
        """An ordinary day, then so many spoiled events. AssertionError where anything gives way.

        Customers who write more than `at_most` a minute are slowed; 0: nobody.
        """
        with self._listening():
            self._updates, self._events = await an_ordinary_day(self.play)
            product = self.play.product
            assert product is not None
            first = product.desks.first
            slowed = replace(first, messages_per_minute=at_most)
            product.desks._policies[first.desk] = slowed
            mutator = Mutator(self.chance)
            for event in (*self._updates, *self._events):
                mutator.lend(event)
            for begun in range(0, cases, AT_ONCE):
                await self._assault(mutator, min(AT_ONCE, cases - begun))
        await self._count()

    @contextmanager
    def _listening(self) -> Iterator[None]:
        with structlog.testing.capture_logs() as logged:
            self._logged = logged
            yield

    async def _assault(self, mutator: Mutator, cases: int) -> None:
        """A part of the events, and everything looked at after it."""
        friends: dict[str, str] = {}
        for number in range(cases):
            self._throw(mutator)
            if number % EVERY == EVERY - 1:
                friends |= self._neighbours()
        self.cases += cases
        self.neighbours += len(friends)
        await self._settle()
        await self._check(friends)

    async def _settle(self) -> None:
        """Wait until nothing is left to be done, but to tell of what was set aside."""
        taken_in = inbox.c.channel.in_(CHANNELS), inbox.c.ended_at.is_(None)
        queries = sa.select(inbox.c.id).where(*taken_in), *AWAITED[1:]
        await self.play.over(self.play.telegram.world.updates.pending, *queries, every=0.25)

    def _throw(self, mutator: Mutator) -> None:
        if self.chance.random() < 0.6:
            update = self._spoiled_update(mutator)
            # What Telegram itself says of where the team's chat went is true.
            if not ("migrate" in (text := json.dumps(update)) and str(TEAM) in text):
                self.play.telegram.inject(update)
        else:
            self.play.vk.community.events.append(self._spoiled_event(mutator))

    def _spoiled_update(self, mutator: Mutator) -> Json:
        if described.available() and self.chance.random() < _MADE_UP:
            return mutator.spoiled(described.telegram(self.chance))
        update = copy.deepcopy(self.chance.choice(self._updates))
        update.pop("update_id", None)
        if self.chance.random() < _AS_THEY_ARE:
            return update
        for body in update.values():
            if "message_id" in body and self.chance.random() < 0.9:
                body["message_id"] = self._number()
            if "id" in body:
                body["id"] = str(self._number())
            if body.get("from", {}).get("id") == body.get("chat", {}).get("id"):
                body["from"]["id"] = body["chat"]["id"] = self._customer()
        return mutator.spoiled(update)

    def _spoiled_event(self, mutator: Mutator) -> Json:
        if described.available() and self.chance.random() < _MADE_UP:
            return mutator.spoiled(
                described.vk(self.chance) | {"event_id": f"{self.chance.getrandbits(128):032x}"}
            )
        event = copy.deepcopy(self.chance.choice(self._events))
        if self.chance.random() < _AS_THEY_ARE:
            return event
        event["event_id"] = f"{self.chance.getrandbits(128):032x}"
        body = event["object"].get("message", event["object"])
        if "conversation_message_id" in body and self.chance.random() < 0.9:
            body["conversation_message_id"] = self._number()
        if body.get("from_id") == body.get("peer_id"):
            body["from_id"] = body["peer_id"] = self._customer()
        return mutator.spoiled(event)

    def _number(self) -> int:
        """A number that no message had before."""
        return next(self._numbers) - _FIRST + 10_000

    def _customer(self) -> int:
        """Whoever writes: events of many are handled side by side."""
        known: list[int] = [ANNA, PABLO, *range(1000, 1100)]
        return known[self.chance.randrange(len(known))]

    def _neighbours(self) -> dict[str, str]:
        """Somebody new writes in good faith on each messenger; their words, and their account."""
        found = {}
        for channel in CHANNELS:
            who = next(self._numbers)
            words = f"windows for {who}"
            if channel == "telegram":
                self.play.telegram.add_user(who, f"Anna {who}")
                self.play.telegram.write(who, who, words)
            else:
                self.play.vk.add_user(who, f"Anna {who}", "")
                self.play.vk.write(who, words)
            found[words] = f"{channel}:{who}"
        return found

    async def _check(self, friends: dict[str, str]) -> None:
        assert self.play.product is not None
        await self._check_neighbours(friends)
        self._check_logs()
        await assert_invariants(self.play.product.database)
        await self._check_team(next(iter(friends)))

    async def _check_neighbours(self, friends: dict[str, str]) -> None:
        """Each has one lead, and one card that shows their words."""
        rows = [one for one in await self.play.rows(messages) if one.lead is not None]
        leads = {one.text: one.lead for one in rows if one.text in friends}
        kept = Counter(one.text for one in rows)
        cards = [one.text for one in self.play.team("windows for ") if one.buttons]
        for words, who in friends.items():
            assert kept[words] == 1, f"{who} was kept {kept[words]} times"
            shown = [one for one in cards if words in one and f"#{leads[words]} " in one[:12]]
            assert len(shown) == 1, f"{who} is shown {len(shown)} times"

    def _check_logs(self) -> None:
        """No handler failed by itself, nothing was told as an error, nobody was quoted."""
        for entry in self._logged:
            assert entry["log_level"] in ("info", "warning"), entry
            assert MARK not in str(entry), entry
            reason = str(entry.get("reason", ""))
            if entry["event"] == "event_malformed":
                assert reason.startswith(("ValueError", "RecursionError")), entry
            elif entry["event"] in ("event_failed", "event_not_routed"):
                assert reason.startswith(_HARMLESS), entry
        self._logged.clear()

    async def _check_team(self, words: str) -> None:
        """The team goes on: a lead is taken and its customer answered."""
        self.play.move(11)  # what was said of who is there is asked again
        (row,) = [one for one in await self.play.rows(messages) if one.text == words]
        card = await self.play.card(row.lead, words)
        await self.play.forge(BORIS, f"1:take:{row.lead}", message=card.id)
        self.play.telegram.write(BORIS, TEAM, f"Yes, {words}", reply_to=card.id)
        await self.play.heard(int(words.split()[-1]), f"Yes, {words}")
        await self._settle()

    async def _count(self) -> None:
        for row in await self.play.rows(inbox):
            if row.channel in CHANNELS:
                assert row.ended_at is not None, f"inbox={row.id} is stuck: {row.reason}"
                self.outcomes[row.state] += 1
                assert row.state != "dead" or row.reason, f"inbox={row.id} has no reason"
        for row in await self.play.rows(outbox):
            if row.state == "failed":
                self.refused[str(row.reason)[:70]] += 1
