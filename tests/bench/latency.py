"""How long a customer's message takes to its card: `python -m tests.bench.latency`.

10 customers a second write for the first time, for a minute; in the same run and at the
same rate others write to a bare aiogram bot which keeps nothing and says it again, at a
second local server. Prints p50 and p99 of both by the servers' own logs, from the moment
when the message could be fetched until the post was taken, and what the product adds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bot.sandbox.telegram import Change, Happened, TelegramServer
from tests.bench.beside import FIRST, a_server, an_echo, polled, running, settings
from tests.cast import TEAM

WARMING = 20  # messages that are not counted


class Watched:
    """When each message was written, and when the bot's first post with its words stood there."""

    def __init__(self, server: TelegramServer, chat: int | None) -> None:
        """`chat` is where the post is looked for; None: where it was written."""
        self._server = server
        self._chat = chat
        self._written: dict[str, float] = {}
        self._seen: dict[str, float] = {}
        server.subscribe(self._look)

    def write(self, number: int) -> None:
        """One more customer's first message."""
        customer, words = FIRST + number, f"w{number:06d}"
        self._server.add_user(customer, f"Anna {number}")
        self._server.started(customer)
        self._written[words] = time.perf_counter()
        self._server.write(customer, customer, words)

    def waits(self) -> list[float]:
        """Milliseconds, of those after the first few."""
        counted = list(self._written)[WARMING:]
        return [(self._seen[one] - self._written[one]) * 1000 for one in counted]

    @property
    def missing(self) -> int:
        """How many were never shown."""
        return len(self._written.keys() - self._seen.keys())

    def _look(self, change: Change) -> None:
        if change.what is not Happened.MESSAGE or self._chat not in (None, change.chat_id):
            return
        newest = self._server.messages(change.chat_id)[-1]
        if newest.from_bot and (at := newest.text.find("w0")) >= 0:
            self._seen.setdefault(newest.text[at : at + 7], time.perf_counter())


async def measure(rate: float, seconds: float) -> dict[str, object]:
    """Once, both side by side; the figures."""
    count = round(rate * seconds) + WARMING
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        async with a_server() as ours, a_server("43:sandbox") as theirs:
            url = f"sqlite:///{folder}/dialead.db"
            async with running(["main.py", "run"], settings(ours, url)), an_echo(theirs):
                await polled(ours)
                await polled(theirs)
                product, echo = Watched(ours, TEAM), Watched(theirs, None)
                await _write(product, echo, count, rate)
                async with asyncio.timeout(60):
                    while product.missing or echo.missing:
                        await asyncio.sleep(0.1)
    waits, bare = product.waits(), echo.waits()
    return {
        "bench": "latency",
        "messages": len(waits),
        "card_p50_ms": round(statistics.median(waits), 1),
        "card_p99_ms": round(_share(waits, 0.99), 1),
        "echo_p50_ms": round(statistics.median(bare), 1),
        "echo_p99_ms": round(_share(bare, 0.99), 1),
        "added_p50_ms": round(statistics.median(waits) - statistics.median(bare), 1),
    }


async def _write(product: Watched, echo: Watched, count: int, rate: float) -> None:
    """To one and the other in turn, half a step apart."""
    began = time.perf_counter()
    for number in range(2 * count):
        await asyncio.sleep(max(0.0, began + number / rate / 2 - time.perf_counter()))
        (echo if number % 2 else product).write(number // 2)


def _share(waits: Sequence[float], share: float) -> float:
    return sorted(waits)[int(len(waits) * share)]


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=10.0, help="messages a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long")
    given = parser.parse_args()
    found = asyncio.run(measure(given.rate, given.seconds))
    for name in ("card", "echo"):
        print(f"{name:<5} p50 {found[f'{name}_p50_ms']} ms, p99 {found[f'{name}_p99_ms']} ms")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
