"""A storm of leads at the real pace: `python -m tests.bench.storm`.

1,000 customers write within a minute while the group takes 20 calls a minute, at the
strict local server with its limits on. Prints how long it took until each lead was
visible to the managers with a button to take it, and until a press on Take was
answered and that lead's full card stood there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.telegram import Limits, TelegramServer
from tests.bench.beside import a_server, new_customer, polled, running, settings
from tests.cast import BORIS, TEAM

_PACE = {"TELEGRAM__PER_SECOND": "30", "TELEGRAM__GROUP_PER_MINUTE": "20"}  # the real one
TAKES = 5
_NUMBER = re.compile(r"#(\d+)")


class Watch:
    """When each lead became visible, by the server's own messages."""

    def __init__(self, server: TelegramServer) -> None:
        self._server = server
        self.visible: dict[int, float] = {}
        self._seen: set[int] = set()

    def look(self) -> None:
        """Note what is new."""
        now = time.monotonic()
        for message in self._server.shown(TEAM):
            if not message.from_bot or message.id in self._seen:
                continue
            self._seen.add(message.id)
            takeable = {label.removeprefix("Take").strip() for label in message.labels}
            for number in _NUMBER.findall(message.text):
                if {f"#{number}", ""} & takeable:
                    self.visible.setdefault(int(number), now)


@asynccontextmanager
async def at_the_real_pace() -> AsyncIterator[TelegramServer]:
    """A server with the real limits, and the product beside it as a process of its own."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        async with a_server(limits=Limits()) as server:
            environment = settings(server, f"sqlite:///{folder}/dialead.db") | _PACE
            async with running(["main.py", "run"], environment):
                await polled(server)
                yield server


async def storm(leads: int, seconds: float) -> dict[str, object]:
    """Let it happen once; the figures."""
    async with at_the_real_pace() as server:
        watch, began = Watch(server), time.monotonic()
        for number in range(leads):
            new_customer(server, number)
            await asyncio.sleep(max(0.0, began + seconds * number / leads - time.monotonic()))
            if number % 20 == 0:
                watch.look()
        while len(watch.visible) < leads and time.monotonic() - began < 600:
            await asyncio.sleep(0.2)
            watch.look()
        waits = sorted(at - began for at in watch.visible.values())
        takes = [await _take(server, number) for number in range(leads - TAKES, leads)]
        refused = sum(call.status == 429 for call in server.calls)
    return {
        "bench": "storm",
        "leads": leads,
        "visible": len(waits),
        "half_visible_s": round(waits[len(waits) // 2], 1),
        "all_visible_s": round(waits[-1], 1),
        "take_answered_s": round(max(answered for answered, _ in takes), 2),
        "full_card_median_s": round(sorted(card for _, card in takes)[TAKES // 2], 1),
        "full_card_most_s": round(max(card for _, card in takes), 1),
        "refused_429": refused,
    }


async def _take(server: TelegramServer, number: int) -> tuple[float, float]:
    """Seconds until a press on Take was answered, and until the full card stood there."""
    pressed = time.monotonic()
    message = next(
        one
        for one in server.shown(TEAM)
        if any(label == f"Take #{number}" or label == "Take" for label in one.labels)
        and f"#{number} " in one.text
    )
    label = next(one for one in message.labels if one in ("Take", f"Take #{number}"))
    query = server.press(BORIS, TEAM, message.id, label=label)
    await server.until(lambda: query in server.answers, timeout=60)
    answered = time.monotonic() - pressed
    await server.until(lambda: _full_card(server, number), timeout=120)
    return answered, time.monotonic() - pressed


def _full_card(server: TelegramServer, number: int) -> bool:
    return any(
        one.text[:10].find(f"#{number} ") > 0 and "Boris" in one.text for one in server.shown(TEAM)
    )


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1000, help="new customers")
    parser.add_argument("--seconds", type=float, default=60.0, help="within which they write")
    given = parser.parse_args()
    figures = asyncio.run(storm(given.leads, given.seconds))
    for name, value in figures.items():
        print(f"{name:>18}  {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
