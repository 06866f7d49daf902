"""How many messages a second become leads and are shown: `python -m tests.bench.intake`.

5,000 texts of 500 customers wait at the strict local server (its limits off); the
product runs as its own process on a real disk. The clock runs from its first call
until the server has every text in the team's chat, one post a text. Prints messages
a second, statements a message, commits (each one fsync) a second, the ratio to plain
sqlite3 rows committed one by one in the same run, and what the server itself cost.
With --profile also where the product's time went, by module; that costs some speed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.telegram import Change, Happened, TelegramServer
from tests.bench.beside import FIRST, a_server, running, settings
from tests.bench.sampling import table
from tests.cast import TEAM

LIMIT = 300  # seconds after which a run is given up


@dataclass(frozen=True)
class Result:
    """What one run showed."""

    seconds: float
    start: float  # seconds until the first call
    missing: int
    doubled: int
    server: float  # seconds of CPU that the server and the load took beside it
    counted: dict[str, Any]  # see `counted`


async def measure(texts: int, customers: int, *, sampled: bool = False) -> Result:
    """Run once; RuntimeError when the product ends before its time."""
    async with a_server() as server:
        write(server, texts, customers)
        with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
            began = time.process_time()
            seconds, start = await _serve(server, folder, texts, sampled)
            cpu = time.process_time() - began
            counted = json.loads((Path(folder) / "counted").read_text())
        return Result(seconds, start, *compare(server, texts), cpu, counted)


def write(server: TelegramServer, texts: int, customers: int) -> None:
    """So many customers write so many texts, in turn."""
    for number in range(customers):
        server.add_user(FIRST + number, f"Anna {number}")
        server.started(FIRST + number)
    for number in range(texts):
        customer = FIRST + number % customers
        server.write(customer, customer, f"text {number:05d} of {customer}")


def compare(server: TelegramServer, texts: int) -> tuple[int, int]:
    """(texts that are not shown, times that a text is shown again), from the server's own log."""
    words = Counter(
        message.text[at + 5 : at + 10]
        for message in server.messages(TEAM)
        if message.from_bot and (at := message.text.find("text ")) >= 0
    )
    expected = {f"{number:05d}" for number in range(texts)}
    return len(expected - set(words)), sum(count - 1 for count in words.values())


async def _serve(
    server: TelegramServer, folder: str, texts: int, sampled: bool
) -> tuple[float, float]:
    shown = 0

    def seen(change: Change) -> None:
        nonlocal shown
        shown += change.chat_id == TEAM and change.what is Happened.MESSAGE

    server.subscribe(seen)
    environment = settings(server, f"sqlite:///{folder}/dialead.db")
    environment |= {"COUNTED": f"{folder}/counted", "SAMPLED": "1" if sampled else ""}
    born = time.perf_counter()
    async with running(["-m", "tests.bench.counted"], environment) as process:
        began = born
        while shown < texts and time.perf_counter() - born < LIMIT:
            if process.returncode is not None:
                raise RuntimeError(f"the product ended with {process.returncode}")
            if began == born and server.calls:
                began = time.perf_counter()
            await asyncio.sleep(0.01)
        return time.perf_counter() - began, began - born


def plain_commits(rows: int = 2000) -> float:
    """Rows a second of plain sqlite3, each committed for itself with synchronous = FULL."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        connection = sqlite3.connect(Path(folder) / "plain.db", isolation_level=None)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("create table t (id integer primary key, body text)")
        began = time.perf_counter()
        for number in range(rows):
            connection.execute("insert into t (body) values (?)", (f"text {number}",))
        took = time.perf_counter() - began
        connection.close()
    return rows / took


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=5000, help="messages in all")
    parser.add_argument("--customers", type=int, default=500, help="who write them")
    parser.add_argument("--profile", action="store_true", help="also print where the time went")
    given = parser.parse_args()
    plain = plain_commits()
    result = asyncio.run(measure(given.texts, given.customers, sampled=given.profile))
    statements, commits = result.counted["statements"], result.counted["commits"]
    rate = given.texts / result.seconds
    print(f"{given.texts} texts of {given.customers} customers in {result.seconds:.2f} s")
    print(f"{rate:.0f} messages/s, {rate / plain:.3f} of {plain:.0f} plain commits/s")
    print(
        f"{statements / given.texts:.1f} statements a message,"
        f" {commits / result.seconds:.0f} commits/s"
    )
    print(f"missing {result.missing}, doubled {result.doubled}, start {result.start:.1f} s")
    print(f"the server took {result.server:.1f} s of another core")
    if given.profile:
        print(f"the product took {result.counted['cpu']:.1f} s of CPU, by module:")
        print(table(Counter(result.counted["samples"])))
    figures = {
        "bench": "intake",
        "per_second": round(rate),
        "ratio": round(rate / plain, 3),
        "statements_per_message": round(statements / given.texts, 1),
        "commits_per_second": round(commits / result.seconds),
    }
    print(json.dumps(figures | {"missing": result.missing, "doubled": result.doubled}))


if __name__ == "__main__":
    main()
