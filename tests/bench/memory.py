"""What the product takes of the machine's memory: `python -m tests.bench.memory`.

Idle, beside a bare aiogram bot in the same run; then after each of ten storms of 300
customers who write for the first time. Prints megabytes and their ratio, and checks that
every storm was shown whole.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

from bot.sandbox.telegram import TelegramServer
from tests.bench.beside import FIRST, a_server, an_echo, memory, polled, running, settings
from tests.cast import TEAM

CALM = 3.0  # seconds in which what was begun ends


async def measure(storms: int, customers: int) -> dict[str, object]:
    """Once; the figures."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        async with a_server() as ours, a_server("43:sandbox") as theirs:
            url = f"sqlite:///{folder}/dialead.db"
            async with (
                running(["main.py", "run"], settings(ours, url)) as product,
                an_echo(theirs) as echo,
            ):
                await polled(ours)
                await polled(theirs)
                await asyncio.sleep(CALM)
                idle, bare = memory(product), memory(echo)
                after = []
                for number in range(storms):
                    await _storm(ours, number * customers, customers)
                    after.append(memory(product))
    return {
        "bench": "memory",
        "idle_mb": round(idle),
        "bare_mb": round(bare),
        "ratio": round(idle / bare, 2),
        "after_storms_mb": [round(one) for one in after],
        "last_to_second": round(after[-1] / after[min(1, len(after) - 1)], 2),
    }


async def _storm(server: TelegramServer, first: int, count: int) -> None:
    for number in range(first, first + count):
        server.add_user(FIRST + number, f"Anna {number}")
        server.started(FIRST + number)
        server.write(FIRST + number, FIRST + number, f"w{number:06d}")
    async with asyncio.timeout(300):
        while not await _shown(server, first + count):
            await asyncio.sleep(0.2)
    await asyncio.sleep(CALM)


async def _shown(server: TelegramServer, count: int) -> bool:
    """Whether so many customers' words stand in the team's chat."""
    posts = (message for message in server.messages(TEAM) if message.from_bot)
    found = {post.text[at : at + 7] for post in posts if (at := post.text.find("w0")) >= 0}
    return len(found) >= count


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storms", type=int, default=10, help="one after the other")
    parser.add_argument("--customers", type=int, default=300, help="new ones in each")
    given = parser.parse_args()
    found = asyncio.run(measure(given.storms, given.customers))
    print(f"idle {found['idle_mb']} MB, a bare bot {found['bare_mb']} MB: {found['ratio']}")
    print(f"after each storm: {found['after_storms_mb']} MB")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
