"""What more processes add on PostgreSQL: `python -m tests.bench.workers`.

The load of `tests.bench.intake` with 1, 2 and 4 processes on one PostgreSQL: `main.py run`
and `main.py worker`s, the database and the load's own server all share this machine's cores.
Prints messages a second of each, and that nothing was lost or doubled. The database commits
to disk as any would.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

import asyncpg

from bot.sandbox.telegram import Change, Happened, TelegramServer
from tests.bench.beside import a_server, polled, running, settings
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
        await stack.enter_async_context(running(["main.py", "run"], environment))
        for _ in range(size - 1):
            await stack.enter_async_context(running(["main.py", "worker"], environment))
        await polled(server)
        await _live(url, size)
        shown = _counting(server)
        began = time.perf_counter()
        write(server, texts, customers)
        async with asyncio.timeout(LIMIT):
            while shown() < texts:
                await asyncio.sleep(0.01)
        seconds = time.perf_counter() - began
        missing, doubled = compare(server, texts)
    rate = round(texts / seconds)
    return {"processes": size, "per_second": rate, "missing": missing, "doubled": doubled}


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
    parser.add_argument("--texts", type=int, default=3000)
    parser.add_argument("--customers", type=int, default=500)
    given = parser.parse_args()
    found = asyncio.run(_all(given.texts, given.customers))
    print(json.dumps({"bench": "workers", "runs": found}))


if __name__ == "__main__":
    main()
