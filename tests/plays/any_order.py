"""Lives in any order, with deaths between: `python -m tests.plays.any_order --examples 500`.

One life is a chain of deeds chosen by its seed, between which the product dies without a
goodbye at any of its steps and is started again on the same database. At its end, when
all has come to rest, everything that people did is compared one by one with the servers.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import shutil
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import SAWarning

from storage.migrate import upgrade_at
from tests.cast import TEAM
from tests.leaping import LeapingLoop
from tests.plays.deeds import Deeds
from tests.plays.mortal import Mortal, a_mortal_play
from tests.plays.reckoned import wrong
from tests.postgres import in_memory

DEEDS = 40  # of one life
_STEPS = 150  # of the product, between two deaths, at most


async def live(folder: Path, database_url: str, seed: int, deeds: int = DEEDS) -> list[str]:
    """Live one life; what was wrong at its end, and when anything was, all that was done."""
    chance = random.Random(seed)
    async with a_mortal_play(folder, database_url) as play:
        done = Deeds(play, chance)
        try:
            await _live(play, done, deeds)
            found = await wrong(play, done)
        except Exception as error:
            error.add_note(f"seed {seed}:\n" + "\n".join(done.log))
            raise
    return [*found, f"seed {seed}:", *done.log] if found else []


async def _live(play: Mortal, done: Deeds, deeds: int) -> None:
    over = _settings(done.chance)
    if done.chance.random() < 0.5:
        play.telegram.make_forum(TEAM)
        done.log.append("in a forum")
    await play.start(**over)
    await play.until(lambda: play.vk.polling)  # what was written before is not followed
    done.open()
    await play.rest()
    while len(done.log) < deeds:
        play.fuse.light(done.chance.randint(1, _STEPS))
        await _act(play, done)
        await play.die()
        await play.start(**over)
        done.log.append("died, lives")
        done.life += 1
    await play.rest()


def _settings(chance: random.Random) -> dict[str, Any]:
    """One call at a time in the team's chat, so that what a death left in doubt is sought."""
    return {
        "leads": {"messages_per_minute": 0},
        "deadlines": {"take": "PT4H", "first_reply": "PT4H"},
        "telegram": {"group_per_minute": chance.choice((20, 59))},
        "channels": {"vk": {"distribution": chance.choice(("claim", "round_robin"))}},
    }


async def _act(play: Mortal, done: Deeds) -> None:
    """Some deeds in a row, as far as the product lives."""
    for _ in range(done.chance.randint(1, 12)):
        done.one()
        if done.chance.random() < 0.4:
            await play.rest()
        else:
            await asyncio.sleep(done.chance.choice((0, 0, 0.02, 0.5)))
        if play.fuse.burnt.is_set():
            return


def main() -> None:
    """Read the arguments, live so many lives, print what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="of the first")
    parser.add_argument("--deeds", type=int, default=DEEDS)
    given = parser.parse_args()
    for name in ("sqlalchemy.pool", "apscheduler"):  # what a death leaves is no news
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore", SAWarning)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    faults, began = 0, time.monotonic()
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        template = Path(folder) / "template.db"
        asyncio.run(upgrade_at(f"sqlite:///{template}"))
        for seed in range(given.seed, given.seed + given.examples):
            room = Path(folder) / str(seed)
            room.mkdir()
            shutil.copy(template, room / "dialead.db")
            with asyncio.Runner(loop_factory=LeapingLoop) as runner:
                url = f"sqlite:///{room}/dialead.db"
                if found := runner.run(live(room, url, seed, given.deeds)):
                    faults += 1
                    print("\n".join(found), flush=True)
            shutil.rmtree(room)
            if (lived := seed - given.seed + 1) % 10 == 0:
                print(f"{lived} lives, {faults} with faults", flush=True)
    print(f"all in {time.monotonic() - began:.0f} s")
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
