"""How fast a press is answered and shown, long by its reckoning: `python -m tests.bench.press`.

Three managers press 50 buttons a second, of all kinds, on the cards of many leads at the
strict local server; the product runs as its own process on a real disk. Prints how long
it took, by the server's own log, until each press was answered and until its card
changed, and whether every press was answered exactly once, did what its answer says, and
left each card as its lead is. `--paced` keeps the real 20 calls a minute in the group:
then changes are gathered, and it prints when all cards were right at last.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.product import Product
from bot.sandbox.telegram import Limits, Message, TelegramServer
from bot.sandbox.telegram.log import Call
from config.settings import Settings
from storage.database import Database
from tests.bench.beside import MANAGERS, a_server, new_customer, running, settings
from tests.bench.sampling import table
from tests.cast import TEAM, VERA
from tests.plays.faces import wrong_cards

CALM = 1.0  # seconds without a change after which a card that was pressed is looked at as settled
LIMIT = 900.0  # seconds after which a run is given up
_PLAIN = ("take", "return", "more", "back", "warm", "reopen")
_MENUS = ("assign", "step", "reject", "convert")
_DONE = {
    "is yours": "take",
    "is back in the queue": "return",
    "is rejected": "reject",
    "is converted": "convert",
    "is open again, with": "reopen",
    "is open again, in the queue": "reopen_free",
}


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press; `alone` says that nothing else was to be changed on its card."""

    query: str
    message: int
    at: float
    alone: bool


@dataclass(slots=True)
class Load:
    """The managers: what they pressed, and what the server's log says became of it."""

    server: TelegramServer
    chance: random.Random
    pressed: list[Pressed] = field(default_factory=list)
    late: float = 0.0  # seconds by which a press came later than planned, at most
    _last: dict[int, Pressed] = field(default_factory=dict)  # by message
    _edits: dict[int, list[Call]] = field(default_factory=lambda: defaultdict(list))
    _under_way: list[Call] = field(default_factory=list)
    _seen: int = 0

    async def press(self, rate: float, seconds: float) -> None:
        """Press at an even rate for so long, now and then two managers in the same moment."""
        began = time.monotonic()
        count = 0
        while count < rate * seconds:
            await asyncio.sleep(max(0.0, began + count / rate - time.monotonic()))
            self.late = max(self.late, time.monotonic() - began - count / rate)
            count += self._one()

    def changes(self) -> list[float]:
        """Seconds until the card changed, of each press alone that changed something."""
        self._look()
        found = []
        for one in self.pressed:
            first = next((call for call in self._edits[one.message] if call.at >= one.at), None)
            if one.alone and first is not None and first.applied:
                found.append(first.at - one.at)
        return sorted(found)

    def answers(self) -> list[float]:
        """Seconds until each press was answered."""
        told = self.server.answers
        return sorted(told[one.query].at - one.at for one in self.pressed if one.query in told)

    def _one(self) -> int:
        """One press, or two at once; how many."""
        self._look()
        message, button = self._button()
        settled = self._settled(message.id)
        people = [self._presser(message, button)]
        if self.chance.random() < 0.05 and not button["callback_data"].startswith("1:reopen"):
            people = self.chance.sample(list(MANAGERS.values()), 2)
        for who in people:
            query = self.server.press(who, TEAM, message.id, str(button["callback_data"]))
            at = self.server.world.presses[query].at
            alone = settled and len(people) == 1
            self._last[message.id] = Pressed(query, message.id, at, alone)
            self.pressed.append(self._last[message.id])
        return len(people)

    def _button(self) -> tuple[Message, dict[str, str]]:
        """Any button of a card, rather of one that shows what it should."""
        shown = [one for one in self.server.shown(TEAM) if one.from_bot]
        offered = {one.id: (one, found) for one in shown if (found := _allowed(one))}
        settled = [number for number in offered if self._settled(number)]
        message, buttons = offered[self.chance.choice(settled or list(offered))]
        return message, self.chance.choice(buttons)

    def _presser(self, message: Message, button: dict[str, str]) -> int:
        """Mostly whose card it is; somebody else's reopening would be told under the card."""
        named = re.search(r"^(?:With )?(Boris|Dasha|Vera)\b", message.text.splitlines()[-1])
        mine = "reopen" in button["callback_data"] or self.chance.random() < 0.7
        if named and mine:
            return MANAGERS[named[1]]
        return self.chance.choice(list(MANAGERS.values()))

    def _settled(self, message: int) -> bool:
        last = self._last.get(message)
        if last is None:
            return True
        told = self.server.answers.get(last.query)
        if told is None:
            return False
        if last.alone and self._edits[message] and self._edits[message][-1].at >= last.at:
            return True
        return time.time() - told.at > CALM

    def _look(self) -> None:
        """Note which edits ended."""
        calls = self.server.calls
        self._under_way += calls[self._seen :]
        self._seen = len(calls)
        for call in [one for one in self._under_way if one.status]:
            self._under_way.remove(call)
            if call.method == "editMessageText":
                self._edits[int(call.params["message_id"])].append(call)


def _allowed(message: Message) -> list[dict[str, str]]:
    """Buttons that change nothing but cards; posts beside them would share the group's pace."""
    return [button for button in message.buttons if _changes_cards(str(button["callback_data"]))]


def _changes_cards(data: str) -> bool:
    _, verb, _, argument = (*data.split(":", 3), "")[:4]
    if verb in _PLAIN or (verb in _MENUS and argument == ""):
        return True
    if verb == "assign":
        return re.fullmatch(r"p\d+", argument) is not None
    return (verb == "reject" and argument != "own") or (verb, argument) == ("convert", "contact")


async def measure(
    leads: int, rate: float, seconds: float, *, paced: bool, sampled: bool
) -> tuple[dict[str, object], list[str]]:
    """Run once; the figures, and in words what must not be."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        url = f"sqlite:///{folder}/dialead.db"
        async with _at(url, paced, sampled) as server:
            for number in range(leads):
                new_customer(server, number)
            await server.until(lambda: len(_takeable(server)) == leads, timeout=LIMIT)
            if not paced:
                await _still(server, f"{folder}/dialead.db")
            load = Load(server, random.Random(7))
            await load.press(rate, seconds)
            ended = time.time()
            await _still(server, f"{folder}/dialead.db")
        faults = await _faults(load, url)
        counted = json.loads(Path(f"{folder}/dialead.db.counted").read_text())
        if sampled:
            print(f"the product took {counted['cpu']:.1f} s of CPU, by module:")
            print(table(Counter(counted["samples"])))
    in_team = [call for call in server.calls if call.chat_id == TEAM and call.applied]
    last = max(call.at for call in in_team if call.method.startswith(("send", "edit", "delete")))
    figures: dict[str, object] = {
        "bench": "press",
        "paced": paced,
        "leads": leads,
        "presses": len(load.pressed),
        "per_second": rate,
        "answered": _spread(load.answers()),
        "changed": {} if paced else _spread(load.changes()),
        "right_after_s": round(max(0.0, last - ended), 1),
        "statements_per_press": round(counted["statements"] / len(load.pressed), 1),
        "load_late_ms": round(load.late * 1000),
        "refused_429": sum(call.status == 429 for call in server.calls),
        "faults": len(faults),
    }
    return figures, faults


@asynccontextmanager
async def _at(url: str, paced: bool, sampled: bool) -> AsyncIterator[TelegramServer]:
    """A server, with the group's real limit or none, and the product beside it."""
    limits = replace(Limits.none(), group_per_minute=Limits().group_per_minute if paced else 0)
    async with a_server(limits=limits) as server:
        environment = settings(server, url) | _also(url, paced, sampled)
        async with running(["-m", "tests.bench.counted"], environment):
            yield server


def _also(url: str, paced: bool, sampled: bool) -> dict[str, str]:
    return {
        "TEAM__SUPERVISORS": json.dumps([f"telegram:{VERA}"]),
        "COUNTED": f"{url.removeprefix('sqlite:///')}.counted",
        "SAMPLED": "1" if sampled else "",
        # The real 30 calls a second would hold 50 answers back.
        **({"TELEGRAM__GROUP_PER_MINUTE": "20"} if paced else {}),
    }


def _takeable(server: TelegramServer) -> set[str]:
    """The leads that can be taken, on a card of their own or from a list."""
    buttons = [button for one in server.shown(TEAM) for button in one.buttons]
    return {
        data for button in buttons if (data := str(button["callback_data"])).startswith("1:take:")
    }


async def _still(server: TelegramServer, file: str) -> None:
    """Wait until all is handled, every card shows what it should and nothing is to be sent."""
    waiting = """
        select (select count(*) from cards where wanted > shown)
             + (select count(*) from outbox where ended_at is null)
             + (select count(*) from inbox where ended_at is null)
    """
    async with asyncio.timeout(LIMIT):
        while True:
            await server.until(lambda: not server.world.updates.pending(), timeout=LIMIT)
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
                if connection.execute(waiting).fetchone()[0] == 0:
                    return
            await asyncio.sleep(0.2)


async def _faults(load: Load, url: str) -> list[str]:
    """What must not be: presses not answered once, answers without their deed, wrong cards."""
    settings = {
        "team": {
            "chat": f"telegram:{TEAM}",
            "language": "en",
            "supervisors": [f"telegram:{VERA}"],
        },
        "telegram": {"token": load.server.token},
        "database_url": url,
    }
    database = Database(url)
    try:
        await database.open()
        product = Product(Settings.model_validate(settings), database, {})
        wrong = await wrong_cards(load.server, product)
    finally:
        await database.close()
    return [*_not_once(load), *_not_done(load, url.removeprefix("sqlite:///")), *wrong]


def _not_once(load: Load) -> list[str]:
    """Presses that were not answered exactly once, by the server's log."""
    calls = [call for call in load.server.calls if call.method == "answerCallbackQuery"]
    taken = Counter(call.params["callback_query_id"] for call in calls if call.applied)
    counts = ((one.query, taken[one.query]) for one in load.pressed)
    wrong = [f"press {query} was answered {count} times" for query, count in counts if count != 1]
    return wrong + [f"an answer was refused: {call.description}" for call in calls if not call.ok]


def _not_done(load: Load, file: str) -> list[str]:
    """What presses were told was done and the history of the lead does not know, or knows more."""
    told: Counter[tuple[int, str]] = Counter()
    for one in load.pressed:
        words = load.server.answers[one.query].text if one.query in load.server.answers else ""
        lead = re.match(r"#(\d+) ", words)
        told.update((int(lead[1]), kind) for said, kind in _DONE.items() if lead and said in words)
    with closing(sqlite3.connect(file)) as connection:
        kinds = ", ".join(f"'{kind}'" for kind in _DONE.values())
        rows = connection.execute(f"select lead, kind from touches where kind in ({kinds})")
        known = Counter((lead, kind) for lead, kind in rows)
    return [
        f"lead {lead}: {kind} told {told[lead, kind]} times, done {known[lead, kind]} times"
        for lead, kind in told | known
        if told[lead, kind] != known[lead, kind]
    ]


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and most in ms, and of how many."""
    if not seconds:
        return {"n": 0}
    middle, p99 = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
    figures = {"p50_ms": middle, "p99_ms": p99, "most_ms": seconds[-1]}
    return {name: round(value * 1000, 1) for name, value in figures.items()} | {"n": len(seconds)}


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paced", action="store_true", help="at the real 20 calls a minute")
    parser.add_argument("--leads", type=int, default=0, help="200, and 40 with --paced")
    parser.add_argument("--rate", type=float, default=50.0, help="presses a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long")
    parser.add_argument("--profile", action="store_true", help="also print where the time went")
    given = parser.parse_args()
    leads = given.leads or (40 if given.paced else 200)
    run = measure(leads, given.rate, given.seconds, paced=given.paced, sampled=given.profile)
    figures, faults = asyncio.run(run)
    print(f"{'press until':14}{'p50 ms':>9}{'p99 ms':>9}{'most ms':>9}{'presses':>9}")
    for name in ("answered", "changed"):
        spread = figures[name]
        assert isinstance(spread, dict)
        if spread:
            columns = (spread.get(one, "-") for one in ("p50_ms", "p99_ms", "most_ms", "n"))
            print(f"{name:14}" + "".join(f"{value:>9}" for value in columns))
    print(f"all cards right {figures['right_after_s']} s after the last press")
    print(f"the load was late by {figures['load_late_ms']} ms at most")
    print("\n".join(["faults:", *faults[:20]] if faults else ["no faults"]))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
