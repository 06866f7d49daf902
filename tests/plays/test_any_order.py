"""Whatever people do in whatever order, and wherever the product dies, all comes right.

`python -m tests.plays.any_order --examples 500` lives many more lives than these.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.cast import ANNA, BORIS, TEAM
from tests.plays.any_order import live
from tests.plays.deeds import Deeds
from tests.plays.faces import lead_of
from tests.plays.mortal import a_mortal_play
from tests.plays.reckoned import wrong

# Seeds: a forum, a card of which is pressed while it is in doubt; a group with offers; one at the
# real pace.
LIVES = (("sqlite", 3), ("postgresql", 5), ("sqlite", 6))

# A connection that nobody gives back is what a death leaves.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The garbage collector is trying to clean up:sqlalchemy.exc.SAWarning"
)


@pytest.mark.parametrize(("database_url", "seed"), LIVES, indirect=["database_url"])
async def test_any_deeds_in_any_order_with_deaths_between_come_right(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    assert await live(tmp_path, database_url, seed) == []


async def test_the_card_of_an_overdue_lead_is_taken_for_a_card(
    tmp_path: Path, database_url: str
) -> None:
    async with a_mortal_play(tmp_path, database_url) as play:
        await play.start(deadlines={"take": "PT4H", "first_reply": "PT4H"})
        await play.until(lambda: play.vk.polling)
        done = Deeds(play, random.Random(1))
        done.writes()
        card = await play.card(1)
        done.edits()
        play.telegram.press(BORIS, TEAM, card.id, "1:take:1")
        await play.rest()
        done.tags()
        play.move(30_000)
        card = await play.card(1, "Overdue")
        await play.rest()
        assert card.text.startswith("⏰ #1 ")
        assert lead_of(card) == 1
        assert await wrong(play, done) == []


async def test_what_dies_writes_and_sends_nothing_more(tmp_path: Path, database_url: str) -> None:
    async with a_mortal_play(tmp_path, database_url) as play:
        await play.start()
        await play.until(lambda: play.vk.polling)
        play.telegram.write(ANNA, ANNA, "Hello")
        await play.card(1)
        await play.rest()
        play.fuse.light(1)
        play.telegram.write(BORIS, TEAM, "Hi", reply_to=(await play.card(1)).id)
        assert not await play.rest()
        calls = len(play.telegram.calls)
        await play.die()
        assert not play.private(ANNA, "Hi")
        sent = [call for call in play.telegram.calls[calls:] if call.method != "getUpdates"]
        assert sent == []
        await play.start()
        await play.heard(ANNA, "Hi")
