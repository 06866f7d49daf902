"""Spoiled events by the thousand: nothing breaks, nothing is stuck, every neighbour is served."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from bot.channels.telegram.parse import parse
from bot.channels.vk.parse import parse_event
from bot.messages import EVENTS, Event
from tests.fuzz import described
from tests.fuzz.mutating import Mutator
from tests.fuzz.siege import Siege
from tests.plays.play import Play

CASES = 2000
SEED = 20261122


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_spoiled_events_harm_nobody(play: Play) -> None:
    print(f"seed {SEED}")
    siege = Siege(play, random.Random(SEED))
    await siege.lay(CASES)
    assert siege.cases == CASES
    assert siege.neighbours == CASES // 5
    assert siege.outcomes["dead"] > CASES / 10, "the events were hardly spoiled"
    assert siege.outcomes["done"] > CASES / 2, "the events hardly got anywhere"


@pytest.mark.parametrize("channel", ["telegram", "vk"])
def test_whatever_the_platforms_describe_is_read_or_refused_by_its_form(channel: str) -> None:
    if not described.available():
        pytest.skip(described.MISSING)
    chance = random.Random(SEED)
    mutator = Mutator(chance)
    read = 0
    for _ in range(1000):
        event: Event | None = None
        with suppress(ValueError):
            if channel == "telegram":
                made = described.telegram(chance) | {"update_id": 1}
                event = parse("telegram", "42", mutator.spoiled(made))
            else:
                event = parse_event(mutator.spoiled(described.vk(chance)), "vk")
        if event is not None:
            assert EVENTS.validate_python(EVENTS.dump_python(event, mode="json")) == event
            read += 1
    assert read > 100, "hardly anything was understood"
