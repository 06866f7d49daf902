"""Spoiled events by the ten thousand: `python -m tests.bench.fuzz --cases 50000 [--seed S]`.

Real updates and events of both messengers, changed in one to four places, repeated, or
made up from the platforms' published descriptions where those are at hand, are thrown at
the whole product between both strict local servers; after every ten of them two
customers write in good faith. After every 200 the queues have to be empty, every such
customer has a lead and a card, what the database promises holds, a lead is taken and
answered, and no log quotes anybody. Each 5,000 begin with a fresh database; odd rounds
slow down whoever writes too much. The exit code is 1 where anything gives way.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from storage.migrate import upgrade_at
from tests.fuzz import described
from tests.fuzz.siege import Siege
from tests.leaping import LeapingLoop, leaping
from tests.plays.play import a_play
from tests.postgres import in_memory

ROUND = 5000  # cases on one database
_SLOWED = 30  # messages a minute, in every second round


def main() -> int:
    """Fuzz in rounds; 1 at the first round in which anything gives way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000, help="spoiled updates and events")
    parser.add_argument("--seed", type=int, default=20261122, help="of the first round")
    given = parser.parse_args()
    if not described.available():
        print(described.MISSING)
    outcomes: Counter[str] = Counter()
    neighbours, began = 0, _cpu()
    print("| seed | cases | neighbours served | handled | set aside | CPU s |", flush=True)
    for number, begun in enumerate(range(0, given.cases, ROUND)):
        cases, seed, started = min(ROUND, given.cases - begun), given.seed + number, _cpu()
        try:
            siege = played(cases, seed, at_most=_SLOWED * (number % 2))
        except (AssertionError, TimeoutError) as failure:
            print(f"seed {seed}, {cases} cases: {type(failure).__name__} {failure}")
            return 1
        found = siege.outcomes
        figures = siege.neighbours, found["done"], found["dead"], round(_cpu() - started)
        print(f"| {seed} | {cases} | {' | '.join(map(str, figures))} |", flush=True)
        outcomes += found
        neighbours += siege.neighbours
    told = {"cases": given.cases, "seed": given.seed, "neighbours": neighbours, **outcomes}
    print(json.dumps(told | {"cpu_seconds": round(_cpu() - began)}))
    return 0


def played(cases: int, seed: int, *, at_most: int) -> Siege:
    """One round, on a clock that leaps over all waiting."""
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        return runner.run(_played(cases, seed, at_most))


async def _played(cases: int, seed: int, at_most: int) -> Siege:
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        url = f"sqlite:///{folder}/dialead.db"
        await upgrade_at(url)
        with leaping():
            async with a_play(Path(folder), url) as play:
                siege = Siege(play, random.Random(seed))
                await siege.lay(cases, at_most=at_most)
                return siege


def _cpu() -> float:
    return time.process_time()


if __name__ == "__main__":
    sys.exit(main())
