"""How long the product takes to be there: `python -m tests.bench.start`.

From the start of the process until it asks the local server for updates, on a new SQLite
file and on one that is up to date; a bare aiogram bot in the same run. Medians of five.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bot.sandbox.telegram import TelegramServer
from tests.bench.beside import a_server, an_echo, polled, running, settings


async def measure(times: int) -> dict[str, object]:
    """Medians of so many starts of each."""
    taken: dict[str, list[float]] = {"new": [], "again": [], "bare": []}
    for _ in range(times):
        with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
            for name in ("new", "again"):
                async with a_server() as server:
                    environment = settings(server, f"sqlite:///{folder}/dialead.db")
                    product = running(["main.py", "run"], environment)
                    taken[name].append(await _until_polled(server, product))
        async with a_server() as server:
            taken["bare"].append(await _until_polled(server, an_echo(server)))
    found = {name: statistics.median(all_of_it) for name, all_of_it in taken.items()}
    return {
        "bench": "start",
        "new_s": round(found["new"], 2),
        "again_s": round(found["again"], 2),
        "bare_s": round(found["bare"], 2),
        "ratio": round(found["again"] / found["bare"], 2),
    }


async def _until_polled(
    server: TelegramServer, starting: AbstractAsyncContextManager[object]
) -> float:
    began = time.perf_counter()
    async with starting:
        await polled(server)
        return time.perf_counter() - began


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="how often each is started")
    found = asyncio.run(measure(parser.parse_args().times))
    print(f"new {found['new_s']} s, again {found['again_s']} s, a bare bot {found['bare_s']} s")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
