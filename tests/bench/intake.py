"""How many messages a second become leads and are shown: `python -m tests.bench.intake`.

5,000 texts of 500 customers wait at the strict local server (its limits off); the
product runs as its own process on a real disk. The clock runs from its first
getUpdates until the server has every text in the team's chat. Prints messages a
second, statements and commits an event, and the ratio to plain sqlite3 rows
committed one by one in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bot.sandbox.telegram import Limits, TelegramServer
from tests.cast import BORIS, TEAM, VERA

ROOT = Path(__file__).parents[2]
FIRST = 10_000


async def main(texts: int, customers: int, profile: str) -> None:
    """Run once and print."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        plain = _plain_commits(Path(folder) / "plain.db")
        server = TelegramServer(limits=Limits.none())
        await server.start()
        _people(server, customers)
        for number in range(texts):
            customer = FIRST + number % customers
            server.write(customer, customer, f"text {number:05d} of {customer}")
        seconds, startup = await _serve(server, folder, texts, profile)
        missing, doubled = _compare(server, texts, customers)
        await server.stop()
    rate = texts / seconds
    print(
        f"{texts} texts of {customers} customers: {rate:.0f}/s ({seconds:.2f} s, start {startup:.1f} s)"
    )
    print(f"plain sqlite3, one row a FULL commit: {plain:.0f}/s; ratio {rate / plain:.2f}")
    print(f"missing {missing}, doubled {doubled}")
    print(
        json.dumps(
            {
                "bench": "intake",
                "per_second": round(rate),
                "ratio": round(rate / plain, 2),
                "missing": missing,
                "doubled": doubled,
            }
        )
    )


def _people(server: TelegramServer, customers: int) -> None:
    server.add_user(BORIS, "Boris")
    server.add_user(VERA, "Vera")
    server.add_group(TEAM, "Sales", admins=[VERA], members=[BORIS])
    for number in range(customers):
        server.add_user(FIRST + number, f"Anna {number}")
        server.started(FIRST + number)


async def _serve(
    server: TelegramServer, folder: str, texts: int, profile: str
) -> tuple[float, float]:
    environment = os.environ | {
        "DIALEAD_CONFIG": os.devnull,
        "DATABASE_URL": f"sqlite:///{folder}/dialead.db",
        "TELEGRAM__TOKEN": server.token,
        "TELEGRAM__API_URL": server.url,
        "TELEGRAM__PER_SECOND": "100000",
        "TELEGRAM__GROUP_PER_MINUTE": "6000000",
        "TEAM__CHAT": f"telegram:{TEAM}",
        "HTTP__PORT": "0",
        "LOG__LEVEL": "warning",
    }
    command = [
        sys.executable,
        *(["-m", "cProfile", "-o", profile] if profile else []),
        "main.py",
        "run",
    ]
    born = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment)
    while not server.calls:
        await asyncio.sleep(0.01)
    began = time.perf_counter()
    while _shown(server) < texts and time.perf_counter() - began < 300:
        await asyncio.sleep(0.02)
    ended = time.perf_counter()
    process.terminate()
    await process.wait()
    return ended - began, began - born


def _shown(server: TelegramServer) -> int:
    """A cheap count to poll; the exact comparison comes at the end."""
    return sum(1 for _ in server.messages(TEAM))


def _compare(server: TelegramServer, texts: int, customers: int) -> tuple[int, int]:
    """(texts that are not shown, texts shown more than once)."""
    seen = Counter(
        number for message in server.messages(TEAM) if message.from_bot for number in range(0)
    )
    words = Counter(
        part[5:10]
        for message in server.messages(TEAM)
        if message.from_bot
        for part in _texts(message.text)
    )
    del seen
    expected = {f"{number:05d}" for number in range(texts)}
    return len(expected - set(words)), sum(count - 1 for count in words.values())


def _texts(text: str) -> list[str]:
    return [text[at : at + 10] for at in range(len(text)) if text.startswith("text ", at)]


def _plain_commits(path: Path, rows: int = 2000) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("create table t (id integer primary key, body text)")
    began = time.perf_counter()
    for number in range(rows):
        connection.execute("insert into t (body) values (?)", (f"text {number}",))
    took = time.perf_counter() - began
    connection.close()
    return rows / took


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--texts", type=int, default=5000)
    arguments.add_argument("--customers", type=int, default=500)
    arguments.add_argument("--profile", default="")
    given = arguments.parse_args()
    asyncio.run(main(given.texts, given.customers, given.profile))
