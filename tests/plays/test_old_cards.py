"""A card of months ago in the team's chat: its buttons act on the lead as it is now."""

from __future__ import annotations

from tests.cast import ANNA, BORIS, TEAM
from tests.plays.play import Play

DAY = 86_400  # seconds


async def test_a_card_of_half_a_year_ago_is_taken_as_ever(play: Play) -> None:
    await play.start(deadlines={"take": "P300D"})
    play.telegram.write(ANNA, ANNA, "Windows?")
    card = await play.card(1)
    play.move(200 * DAY)
    query = play.telegram.press(BORIS, TEAM, card.id, label="Take")
    told = await play.until(lambda: play.telegram.answers.get(query))
    assert told.text == "#1 is yours"
    assert (await play.card(1, "With Boris")).id == card.id


async def test_a_press_under_a_message_too_old_to_be_told_acts_by_its_data(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Windows?")
    card = await play.card(1)
    query = play.telegram.press(BORIS, TEAM, card.id, "1:take:1", inaccessible=True)
    told = await play.until(lambda: play.telegram.answers.get(query))
    assert told.text == "#1 is yours"
    await play.card(1, "With Boris")
