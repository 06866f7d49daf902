"""Prints how much of each limit is used under load, and the most in any rolling window.

Run from the project's root: `python -m tests.bench.pace` simulates the pacer on many
loads; `--real` runs the product for three real minutes beside the strict local server,
a new lead a second and a Take every five, and judges by the server's own log.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass

from bot.delivery.pacing import Pace, Pacer
from bot.policies import pace_of
from bot.sandbox.telegram import TelegramServer
from config.groups import Telegram, Vk
from tests import cast
from tests.bench.beside import new_customer
from tests.bench.storm import at_the_real_pace
from tests.delivery.pace_simulation import (
    Trip,
    Work,
    World,
    arrivals_by_chat,
    most_in_any,
    share_used,
)

TELEGRAM, VK = pace_of(Telegram()), pace_of(Vk())
TEAM = "telegram:-100"
ANSWER, REPLY, CARD, CHANGE, DIGEST = range(5)


@dataclass(frozen=True, slots=True)
class Case:
    """A load on a pace for `seconds`, judged by one limit: `limit` in any rolling `window` s."""

    name: str
    pace: Pace
    load: list[Work]
    round_trip: float
    seconds: float
    limit: int
    window: float
    chat: str = ""  # the chat whose limit it is; "" for the token's


def main() -> None:
    """Simulate, or with `--real` run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", action="store_true", help="three real minutes")
    if parser.parse_args().real:
        print(json.dumps(asyncio.run(really(seconds=185))))
    else:
        simulate()


def simulate() -> None:
    """Print the table of every case, then the waits of a mixed load by class."""
    print(f"{'load':42}{'round trip':>11}{'limit':>10}{'used':>8}{'possible':>10}{'most':>6}")
    for case in cases():
        world = World(Pacer(case.pace), case.load, network(case.round_trip)).run(case.seconds)
        moments = judged(world, case)
        used = share_used(moments, case.limit, case.window)
        possible = 1 / (1 + case.pace.margin + case.round_trip / case.window)
        print(
            f"{case.name:42}{case.round_trip * 1000:8.0f} ms"
            f"{f'{case.limit}/{case.window:.0f}s':>10}"
            f"{used:8.1%}{possible:10.1%}"
            f"{most_in_any(moments, case.window):6}"
        )
    print_waits()


async def really(seconds: int) -> dict[str, object]:
    """The product under more work than the group bears; the figures of the server's log."""
    async with at_the_real_pace() as server:
        for number in range(seconds):
            new_customer(server, number)
            if number % 5 == 4:
                _take_one(server)
            await asyncio.sleep(1)
        calls = [call for call in server.calls if call.applied and _counts(call.method)]
        in_team = [call.at for call in calls if call.chat_id == cast.TEAM]
        return {
            "bench": "pace",
            "seconds": seconds,
            "most_in_any_60s": most_in_any(in_team, 60),
            "most_in_any_1s": most_in_any([call.at for call in calls], 1),
            "share_of_limit": round(share_used(in_team, 20, 60), 3),
            "refused_429": sum(call.status == 429 for call in server.calls),
        }


def _take_one(server: TelegramServer) -> None:
    """Boris presses the first Take of the newest message that has one."""
    for message in reversed(server.shown(cast.TEAM)):
        label = next((label for label in message.labels if "Take" in label), None)
        if message.from_bot and label:
            server.press(cast.BORIS, cast.TEAM, message.id, label=label)
            return


def _counts(method: str) -> bool:
    return method.startswith(("send", "edit", "copy", "forward"))


def cases() -> Iterable[Case]:
    """Saturating loads: one limit each is what holds them back."""
    for trip in (0.005, 0.02, 0.05, 0.1):
        yield Case("Telegram, replies to 300 customers", TELEGRAM, replies(), trip, 61, 30, 1)
    for trip in (0.02, 0.1):
        load = [Work(0, f"vk:{n}") for n in range(1500)]
        yield Case("VK, replies", VK, load, trip, 61, 20, 1)
    changes = [Work(0, TEAM, group=True, priority=CHANGE) for _ in range(1400)]
    yield Case("Telegram, changes of cards in the team", TELEGRAM, changes, 0.1, 3661, 20, 60, TEAM)
    talk = [Work(0, "telegram:1") for _ in range(400)]
    yield Case("Telegram, one customer", TELEGRAM, talk, 0.02, 301, 1, 1, "telegram:1")
    yield Case("Telegram, storm of everything: token", TELEGRAM, storm(120), 0.02, 121, 30, 1)
    yield Case("same: team group", TELEGRAM, storm(660), 0.02, 661, 20, 60, TEAM)


def replies() -> list[Work]:
    """Three hundred customers, nine replies each."""
    return [Work(0, f"telegram:{n % 300}") for n in range(2700)]


def storm(seconds: int) -> list[Work]:
    """More of every class than may go, mixed by a fixed chance."""
    chance = random.Random(7)
    load = [
        Work(chance.uniform(0, seconds), f"telegram:{chance.randrange(900)}")
        for _ in range(31 * seconds)
    ]
    for kind, each_second in ((CARD, 0.2), (CHANGE, 0.3), (DIGEST, 0.02)):
        load += [
            Work(chance.uniform(0, seconds), TEAM, group=True, priority=kind, lane=f"team/{kind}")
            for _ in range(int(each_second * seconds))
        ]
    load += [
        Work(chance.uniform(0, seconds), "", priority=ANSWER, lane=f"press/{n}")
        for n in range(seconds)
    ]
    return load


def network(round_trip: float) -> Trip:
    """Round trips of one length, split anyhow between the ways there and back."""
    chance = random.Random(3)

    def trip() -> tuple[float, float]:
        there = round_trip * chance.random()
        return there, round_trip - there

    return trip


def judged(world: World, case: Case) -> list[float]:
    """When the server saw the calls that count against the case's limit."""
    if not case.chat:
        return [call.arrived for call in world.calls]
    group = any(call.work.group for call in world.calls if call.work.chat == case.chat)
    return arrivals_by_chat(world.calls, group=group)[case.chat]


def print_waits() -> None:
    """How long each class waits while a token has nine tenths of what it bears to do."""
    names = ("answers", "replies", "cards", "changes", "digests")
    chance = random.Random(5)
    shares = (0.1, 0.6, 0.1, 0.15, 0.05)
    load = [
        Work(chance.uniform(0, 120), f"vk:{n}", priority=chance.choices(range(5), shares)[0])
        for n in range(int(20 * 0.9 * 120))
    ]
    calls = World(Pacer(VK), load, network(0.05)).run().calls
    print("\nVK at 90 % of its pace, round trip 50 ms: seconds from queue to start")
    print(f"{'class':10}{'calls':>7}{'median':>9}{'p99':>7}{'most':>7}")
    for priority, name in enumerate(names):
        waits = sorted(c.started - c.work.at for c in calls if c.work.priority == priority)
        middle, p99 = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
        print(f"{name:10}{len(waits):7}{middle:9.2f}{p99:7.2f}{waits[-1]:7.2f}")


if __name__ == "__main__":
    main()
