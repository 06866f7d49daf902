"""Kills in bursts: what people do goes on, the product dies and starts again, and is counted."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.crash.load import Load
from tests.crash.points import POINTS
from tests.crash.ward import Waiting, Ward

AT_RANDOM = "at random"
EVERYWHERE = (*POINTS, AT_RANDOM)
RARE = {
    "accepting": 3,
    "accepted": 3,
    "flushing": 8,
    "flushed": 8,
    "recovering": 2,
    "recovered": 2,
}  # passes in a run
_LOOKS = 40  # a quarter of a second each, then a point that is not reached is given up


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: where it was meant to fall, the last point passed, what was in flight."""

    number: int
    meant: str
    fell: str
    passes: int
    waiting: Waiting

    def __str__(self) -> str:
        found = self.waiting
        return (
            f"{self.number:>5}  {self.meant:<11} {self.passes:>3}  fell after {self.fell:<11}"
            f"  inbox {found.inbox:>3}  outbox {found.outbox:>3}  cards {found.cards:>3}"
        )


async def storm(
    ward: Ward, load: Load, kills: int, points: Sequence[str] = EVERYWHERE, acts: int = 20
) -> list[Kill]:
    """So many kills at these points in turn, each with rows in flight; the product is left dead."""
    await first_start(ward, load)
    turns = itertools.islice(itertools.cycle(points), kills)
    return [await _one(ward, load, number, point, acts) for number, point in enumerate(turns, 1)]


async def first_start(ward: Ward, load: Load) -> None:
    """Start once, and stay until both messengers are listened to and somebody has a lead."""
    await ward.start()
    await ward.polled()
    load.newcomer()
    load.newcomer()
    await drained(ward, load)
    await ward.kill()


async def drain(ward: Ward, load: Load) -> None:
    """Start, wait until all is done, end."""
    await ward.start()
    await drained(ward, load)
    await ward.kill()


async def drained(ward: Ward, load: Load) -> None:
    """Wait until everything that people did has come in and is done."""

    async def done() -> bool:
        return await _all_in(ward, load) and (await ward.waiting()).nothing

    await ward.until(done)


def table(kills: Sequence[Kill]) -> str:
    """The kills, one a line."""
    return "\n".join(map(str, kills))


def seeded(ward: Ward, seed: int) -> Load:
    """A load whose chances can be repeated."""
    return Load(ward, random.Random(seed))


async def _one(ward: Ward, load: Load, number: int, point: str, acts: int) -> Kill:
    load.act(acts // 2)
    passes = load.chance.randint(1, RARE.get(point, 30))
    await ward.start("" if point == AT_RANDOM else point, passes)
    going_on = asyncio.create_task(_go_on(load, acts - acts // 2))
    fell = await _falls(ward, load, point)
    await ward.kill()
    going_on.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await going_on
    meant = point if fell else AT_RANDOM
    return Kill(number, meant, ward.last_point, passes, await ward.waiting())


async def _falls(ward: Ward, load: Load, point: str) -> bool:
    """Whether the run died at its point; people go on until it has come by often enough."""
    if point == AT_RANDOM:
        await ward.polled()
        await ward.dies_within(load.chance.uniform(0.0, 0.4))
    for _ in range(_LOOKS):
        if point == AT_RANDOM or await ward.dies_within(0.25):
            break
        if ward.last_point and (await ward.waiting()).nothing:
            load.act(3)
    return not ward.runs


async def _go_on(load: Load, acts: int) -> None:
    """People do not wait for the product."""
    for _ in range(acts):
        await asyncio.sleep(load.chance.uniform(0.0, 0.06))
        load.act()


async def _all_in(ward: Ward, load: Load) -> bool:
    """Whether every message and press is in the inbox."""
    if ward.telegram.world.updates.pending():
        return False
    came = await ward.ask("select count(*) from messages where direction = 'in'")
    return bool(came[0][0] >= len(load.written))
