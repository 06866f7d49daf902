"""What more processes add on PostgreSQL: `python -m tests.bench.workers`.

The load of `tests.bench.intake` with 1, 2 and 4 processes on one PostgreSQL: `main.py run`
and `main.py worker`s, the database and the load's own server all share this machine's cores.
Prints messages a second of each, that nothing was lost or doubled, and what binds: the
milliseconds of CPU a message costs each of them, and how busy the cores were (of 1.0).
The database commits to disk as any would.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

import asyncpg

from bot.sandbox.telegram import Change, Happened, TelegramServer
from tests.bench.beside import a_server, children, polled, running, seconds_of_cpu, settings
from tests.bench.intake import compare, write
from tests.cast import TEAM
from tests.databases import a_cluster

SIZES = (1, 2, 4)
LIMIT = 600.0  # seconds after which a run is given up


async def measure(url: str, size: int, texts: int, customers: int) -> dict[str, object]:
    """One run with so many processes; the figures."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(a_server())
        environment = settings(server, url)
        commands = [["main.py", "run"], *[["main.py", "worker"]] * (size - 1)]
        ours = [
            (await stack.enter_async_context(running(command, environment))).pid
            for command in commands
        ]
        await polled(server)
        await _live(url, size)
        shown, database = _counting(server), await _first_process(url)
        began, before = time.perf_counter(), _cpu(ours, database)
        write(server, texts, customers)
        async with asyncio.timeout(LIMIT):
            while shown() < texts:
                await asyncio.sleep(0.01)
        seconds = time.perf_counter() - began
        after = _cpu(ours, database)
        missing, doubled = compare(server, texts)
    took = {name: after[name] - before[name] for name in after}
    return {
        "processes": size,
        "per_second": round(texts / seconds),
        "missing": missing,
        "doubled": doubled,
        "cpu_ms_a_message": {name: round(1000 * one / texts, 2) for name, one in took.items()},
        "busy": round(sum(took.values()) / seconds / (os.cpu_count() or 1), 2),
    }


def _cpu(ours: Sequence[int], database: int) -> dict[str, float]:
    """Seconds that each took so far: our processes, the first of them apart, and who is beside."""
    return {
        "run": seconds_of_cpu(ours[:1]),
        "workers": seconds_of_cpu(ours[1:]),
        "database": seconds_of_cpu(children(database)),
        "load": seconds_of_cpu([os.getpid()]),
    }


def _counting(server: TelegramServer) -> Callable[[], int]:
    """How many posts the team's chat got so far."""
    shown = 0

    def seen(change: Change) -> None:
        nonlocal shown
        shown += change.chat_id == TEAM and change.what is Happened.MESSAGE

    server.subscribe(seen)
    return lambda: shown


async def _live(url: str, size: int) -> None:
    """Wait until all of them are there."""
    connection = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(60):
            while await connection.fetchval("select count(*) from processes") < size:
                await asyncio.sleep(0.05)
    finally:
        await connection.close()


async def _first_process(url: str) -> int:
    """The number of PostgreSQL's, of which all others are children."""
    connection = await asyncpg.connect(url)
    try:
        found: str = await connection.fetchval("select pg_read_file('postmaster.pid')")
    finally:
        await connection.close()
    return int(found.splitlines()[0])


async def _all(texts: int, customers: int) -> list[dict[str, object]]:
    found = []
    async with a_cluster(durable=True) as cluster:
        for size in SIZES:
            url = await cluster.lend()
            found.append(await measure(url, size, texts, customers))
            await cluster.take_back(url)
            print(f"{size} processes: {found[-1]}", flush=True)
    return found


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=3000, help="messages in all")
    parser.add_argument("--customers", type=int, default=500, help="who write them")
    given = parser.parse_args()
    found = asyncio.run(_all(given.texts, given.customers))
    print(json.dumps({"bench": "workers", "runs": found}))


if __name__ == "__main__":
    main()
