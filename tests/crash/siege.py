"""Several processes on one PostgreSQL under load, of which one after the other is killed."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from storage.leases import LASTS
from tests.crash.load import Load
from tests.crash.runs import Runs
from tests.crash.storm import AT_RANDOM, Kill, drained
from tests.crash.ward import Ward

_LOAD = 12  # things that happen between two kills


class Crew:
    """Some runs of the product, the first of them the ward's own."""

    def __init__(self, ward: Ward, size: int) -> None:
        self.ward = ward
        self.runs: list[Runs] = [ward, *(Runs() for _ in range(size - 1))]

    async def start(self, number: int) -> None:
        """Start one that does not run."""
        await self.runs[number].run(self.ward.order(self.log(number)))

    async def replace(self, number: int) -> None:
        """SIGKILL, and another one in its place."""
        await self.runs[number].kill()
        await self.start(number)

    async def freeze(self, number: int) -> None:
        """Let one stand still until the others have taken it for dead, and go on as if not."""
        self.runs[number].signal(signal.SIGSTOP)
        await asyncio.sleep(LASTS.total_seconds() + 2)
        self.runs[number].signal(signal.SIGCONT)

    def log(self, number: int) -> Path:
        """What one wrote on its outputs."""
        return self.ward.folder / f"log{number}"

    async def leader(self, lease: str) -> int:
        """Which of them has a lease, by their logs; the newest to have taken it."""
        async with asyncio.timeout(60):
            while True:
                fences = {n: self._fence(n, lease) for n in range(len(self.runs))}
                if max(fences.values()):
                    return max(fences, key=fences.__getitem__)
                await asyncio.sleep(0.02)

    def _fence(self, number: int, lease: str) -> int:
        """The highest fence of a lease that one said to have; 0 for one that never had it."""
        if not self.log(number).exists():
            return 0
        lines = self.log(number).read_text().splitlines()
        said = [json.loads(line) for line in lines if '"leads"' in line]
        return max((one["fence"] for one in said if one.get("lease") == lease), default=0)


@asynccontextmanager
async def a_crew(ward: Ward, size: int) -> AsyncIterator[Crew]:
    """So many runs; both messengers are polled by one of them."""
    crew = Crew(ward, size)
    try:
        ward.begins()
        for number in range(size):
            await crew.start(number)
        await ward.polled()
        yield crew
    finally:
        for run in crew.runs[1:]:
            await run.close()
        await ward.kill()


async def siege(ward: Ward, load: Load, kills: int, size: int, freezes: int = 0) -> list[Kill]:
    """So many kills of any of them at random moments under load, then so many freezes."""
    found = []
    async with a_crew(ward, size) as crew:
        load.newcomer()
        load.newcomer()
        await drained(ward, load)
        for number in range(kills + freezes):
            load.act(_LOAD // 2)
            going_on = asyncio.create_task(_go_on(load, _LOAD - _LOAD // 2))
            await asyncio.sleep(load.chance.uniform(0.0, 1.0))
            leaders = [await crew.leader(name) for name in ("telegram", "vk", "upkeep")]
            victim = load.chance.randrange(size) if number < kills else leaders[0]
            waiting = await ward.waiting()
            await (crew.replace if number < kills else crew.freeze)(victim)
            meant = "a leader" if victim in leaders else "a helper"
            found.append(Kill(number, meant, AT_RANDOM, 0, waiting))
            await going_on
        await drained(ward, load)
    return found


async def _go_on(load: Load, acts: int) -> None:
    for _ in range(acts):
        await asyncio.sleep(load.chance.uniform(0.0, 0.06))
        load.act()
