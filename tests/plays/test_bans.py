"""Bans: whoever is banned gets no answer and makes no lead, but is counted, and can come back."""

from __future__ import annotations

from storage.schema import leads, messages
from tests.cast import ANNA, BORIS, DASHA
from tests.plays.play import Play


async def banned(play: Play) -> None:
    """Boris bans Anna for spam on her first lead."""
    play.telegram.write(ANNA, ANNA, "Buy my followers")
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Ban")
    assert "will not answer" in await play.press(BORIS, 1, "Spam")
    await play.card(1, "Banned: Spam")


async def test_a_banned_customer_makes_no_lead_and_is_counted(play: Play) -> None:
    await play.start(channels={"telegram": {"greeting": "Welcome"}})
    await banned(play)
    assert "rejected" in (await play.card(1)).text
    play.telegram.write(ANNA, ANNA, "Cheap! Cheap!")
    play.telegram.write(ANNA, ANNA, "Last chance")
    await play.card(1, "2 messages since")
    await play.quiet()
    assert len(await play.rows(leads)) == 1
    assert not play.team("Last chance")
    assert len(play.private(ANNA)) == 1, "only the greeting before the ban"
    assert len(await play.rows(messages)) == 3


async def test_an_unbanned_customer_is_heard_again(play: Play) -> None:
    await play.start()
    await banned(play)
    await play.press(DASHA, 1, "More")
    assert await play.press(DASHA, 1, "Unban") == "Unbanned"
    play.telegram.write(ANNA, ANNA, "Sorry. How much is a window?")
    assert "repeat of #1" in (await play.card(2)).text


async def test_nobody_bans_on_a_colleagues_lead(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.press(BORIS, 1, "Take")
    assert "Boris" in (await play.forge(DASHA, "1:ban:1:spam")).text
    assert "Banned" not in (await play.card(1)).text
