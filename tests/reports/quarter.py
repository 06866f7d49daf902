"""A made-up quarter: what happened to thousands of leads, as one plain list of events.

The generator, the script that counts by hand (`naive`) and the writer (`writing`) know
only these events; the last alone knows the product's tables.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

BEGIN = datetime(2026, 9, 30, 22, tzinfo=UTC)  # the first of October in Madrid
END = datetime(2026, 12, 31, 23, tzinfo=UTC)  # the last of December is over there
MANAGERS = {1: "Boris", 2: "Dasha", 3: "Vera", 4: "Álvaro", 5: "Ёлка"}
CHANNELS = {"telegram": ("", "ads", "site"), "vk": ("", "ads (post)", "market"), "hand": ("call",)}
LISTED = ("Дорого", "дорого", "Expensive", "spam")
REASONS = (*LISTED, "¿Quién?", "Anna is bankrupt", "")
_WARMTHS = ("", "", "cold", "warm", "hot")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a lead when; `by` is a manager's number, None for nobody of them."""

    at: datetime
    lead: int
    kind: str
    by: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def make(count: int, seed: int) -> list[Event]:
    """So many leads with any history, in the order in which it happened."""
    chance = random.Random(seed)
    events: list[Event] = []
    for number in range(1, count + 1):
        for event in _life(chance, number):
            if event.at >= END:
                break
            events.append(event)
    return sorted(events, key=lambda event: event.at)


def _life(chance: random.Random, lead: int) -> Iterator[Event]:
    at = _arrival(chance)
    channel = chance.choice(list(CHANNELS))
    yield Event(
        at,
        lead,
        "created",
        data={
            "channel": channel,
            "source": chance.choice(CHANNELS[channel]),
            "repeat_of": chance.randrange(1, lead) if lead > 1 and chance.random() < 0.15 else None,
            "warmth": chance.choice(_WARMTHS),
            "due": at + 5 * _MINUTE,
        },
    )
    fate = chance.random()
    if fate < 0.04:  # nobody ever looks at it
        return
    at += _wait(chance, 20)
    if fate < 0.06:
        yield Event(at, lead, "absorb")
        if fate < 0.05:
            yield Event(at + _wait(chance, 60), lead, "restore")
        return
    if fate < 0.12:  # closed by whoever looks at it first
        yield from _closing(chance, lead, at, chance.choice(list(MANAGERS)), again=True)
        return
    yield from _work(chance, lead, at)


def _work(chance: random.Random, lead: int, at: datetime) -> Iterator[Event]:
    who = chance.choice(list(MANAGERS))
    yield _taken(chance, lead, at, who)
    if chance.random() < 0.05:
        at += _wait(chance, 60)
        yield Event(at, lead, "return", who)
        at += _wait(chance, 60)
        who = chance.choice(list(MANAGERS))
        yield _taken(chance, lead, at, who)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
        at += _wait(chance, 30)
        yield Event(at, lead, "answered", None if chance.random() < 0.05 else who)
    if chance.random() < 0.07:
        at += _wait(chance, 600)
        who = chance.choice(list(MANAGERS))
        yield _taken(chance, lead, at, who)
    if chance.random() < 0.85:
        yield from _closing(chance, lead, at + _wait(chance, 2000), who, again=True)


def _taken(chance: random.Random, lead: int, at: datetime, who: int) -> Event:
    kind = chance.choice(("take", "take", "give"))
    return Event(at, lead, kind, who, {"due": at + 15 * _MINUTE})


def _closing(
    chance: random.Random, lead: int, at: datetime, who: int, *, again: bool
) -> Iterator[Event]:
    """Closed, perhaps rated, perhaps reopened and closed once more or left open."""
    if chance.random() < 0.4:
        amount = chance.choice((None, 0, 12_345, 9_900_000))
        yield Event(at, lead, "convert", who, {"amount": amount})
    else:
        yield Event(at, lead, "reject", who, {"reason": chance.choice(REASONS)})
    if chance.random() < 0.25:
        said = chance.choice(("", "1", "3", "4", "5", "5"))
        yield Event(at + _wait(chance, 90), lead, "rated", data={"answer": said})
    if again and chance.random() < 0.08:
        at += _wait(chance, 3000)
        yield Event(at, lead, "reopen", who)
        if chance.random() < 0.6:
            at += _wait(chance, 3000)
            yield from _closing(chance, lead, at, who, again=False)


def _arrival(chance: random.Random) -> datetime:
    """Any moment; often just at the hour, where periods begin and end."""
    at = BEGIN + timedelta(seconds=chance.randrange(int((END - BEGIN).total_seconds())))
    if chance.random() < 0.1:
        return at.replace(minute=0, second=0)
    return at.replace(microsecond=chance.randrange(1_000_000))


def _wait(chance: random.Random, minutes: float) -> timedelta:
    """Some time, that much at the average; never none, so that the order is one."""
    return timedelta(microseconds=int(chance.expovariate(1 / minutes) * 60e6) + 1)
