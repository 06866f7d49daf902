"""Kills the product a thousand times at named points under load, and counts what was lost.

Run from the project's root: python -m tests.bench.crash --kills 1000 [--database postgresql]
or, with several processes on one PostgreSQL of which any is killed: --processes 3 --kills 100
[--freezes 5], where one that sends stands still until another does, and goes on as if not.

Each point has its share of the kills, on both messengers at once, in rounds of a
fresh database; after each round everything is compared with the servers' logs.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from storage.migrate import upgrade_at
from tests.crash.reckoning import Reckoning, reckon
from tests.crash.siege import siege
from tests.crash.storm import EVERYWHERE, Kill, drain, seeded, storm
from tests.crash.ward import a_ward
from tests.databases import Cluster, a_cluster

ROUND = 20  # kills between two reckonings


@dataclass(slots=True)
class Row:
    """What became of the kills at one point."""

    point: str
    kills: list[Kill] = field(default_factory=list)
    reckonings: list[Reckoning] = field(default_factory=list)
    messages: int = 0
    replies: int = 0

    def __str__(self) -> str:
        here = sum(kill.meant == self.point for kill in self.kills)
        in_flight = sum(not kill.waiting.nothing for kill in self.kills)
        numbers = [
            len(self.kills),
            here,
            in_flight,
            self.messages,
            self.replies,
            *(sum(len(getattr(one, name)) for one in self.reckonings) for name in _COUNTED),
            sum(one.unsure for one in self.reckonings),
        ]
        return f"{self.point:<11}" + "".join(f"{number:>10}" for number in numbers)

    @property
    def faults(self) -> list[str]:
        """Everything that must not be."""
        return [fault for one in self.reckonings for fault in one.faults]


_COUNTED = ("lost", "doubled", "dropped", "undone", "allowed")
_HEAD = ("kills", "at point", "in flight", "messages", "replies", *_COUNTED[:4], "window", "unsure")


async def main(kills: int, seed: int, database: str, processes: int, freezes: int) -> int:
    """Kill so many times; how many faults there were."""
    faults: list[str] = []
    print(f"{'point':<11}" + "".join(f"{word:>10}" for word in _HEAD))
    async with AsyncExitStack() as stack:
        cluster = None
        if database == "postgresql":
            cluster = await stack.enter_async_context(a_cluster())
        if processes > 1:
            assert cluster is not None
            row = await _several(cluster, kills, freezes, processes, seed)
            print(row, *row.faults, sep="\n")
            return len(row.faults)
        for number, point in enumerate(EVERYWHERE):
            share = kills // len(EVERYWHERE) + (number < kills % len(EVERYWHERE))
            row = await _at(point, share, seed + 1000 * number, cluster)
            print(row, flush=True)
            faults += row.faults
    print(*faults, sep="\n")
    return len(faults)


async def _at(point: str, kills: int, seed: int, cluster: Cluster | None) -> Row:
    row = Row(point)
    while (left := kills - len(row.kills)) > 0:
        async with _fresh(cluster) as (folder, url), a_ward(folder, url) as ward:
            load = seeded(ward, seed + len(row.kills))
            row.kills += await storm(ward, load, min(left, ROUND), _turns(point))
            with suppress(TimeoutError):  # what never comes to an end is found lost or undone
                await drain(ward, load)
            row.reckonings.append(await reckon(ward, load))
        row.messages += len(load.written)
        row.replies += len(load.replies)
    return row


async def _several(cluster: Cluster, kills: int, freezes: int, processes: int, seed: int) -> Row:
    """Rounds of kills of any of them, and the same number of freezes in each."""
    row = Row("any of them")
    rounds = -(-kills // ROUND)
    for number in range(rounds):
        async with _fresh(cluster) as (folder, url), a_ward(folder, url) as ward:
            load = seeded(ward, seed + number)
            share = kills // rounds, freezes // rounds + (number < freezes % rounds)
            row.kills += await siege(ward, load, share[0], processes, share[1])
            row.reckonings.append(await reckon(ward, load))
        row.messages += len(load.written)
        row.replies += len(load.replies)
    return row


def _turns(point: str) -> list[str]:
    """A recovery has something to recover only after a kill in the middle of a call."""
    return ["sent", point] if point.startswith("recover") else [point]


@asynccontextmanager
async def _fresh(cluster: Cluster | None) -> AsyncIterator[tuple[Path, str]]:
    """A folder, and the URL of a fresh, migrated database."""
    with tempfile.TemporaryDirectory(prefix="dialead-crash-") as name:
        folder = Path(name)
        if cluster is None:
            url = f"sqlite:///{folder}/dialead.db"
            await upgrade_at(url)
            yield folder, url
            return
        url = await cluster.lend()
        try:
            yield folder, url
        finally:
            await cluster.take_back(url)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=130, help="how often a process is killed")
    parser.add_argument("--seed", type=int, default=1, help="of what happens when")
    parser.add_argument(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="where it keeps its data",
    )
    parser.add_argument(
        "--processes", type=int, default=1, help="at a time; several take PostgreSQL"
    )
    parser.add_argument("--freezes", type=int, default=0, help="how often one is held still")
    given = parser.parse_args()
    kind = given.database if given.processes == 1 else "postgresql"
    faults = main(given.kills, given.seed, kind, given.processes, given.freezes)
    sys.exit(bool(asyncio.run(faults)))
