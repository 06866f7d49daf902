"""A lead is given to a colleague, chosen by what they have, with a note that stays inside."""

from __future__ import annotations

from storage.schema import messages
from tests.cast import ANNA, BORIS, DASHA, TEAM
from tests.plays.play import Play


async def a_lead(play: Play) -> None:
    await play.start()
    for who in (BORIS, DASHA):
        play.telegram.write(who, TEAM, "Good morning!")
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)


async def given(play: Play) -> int:
    """Boris gave the lead to Dasha; the message that tells her so."""
    await a_lead(play)
    await play.press(BORIS, 1, "Assign")
    await play.press(BORIS, 1, "Dasha")
    return (await play.shown("this lead is yours now, from Boris")).id


async def reacted(play: Play, number: int) -> None:
    """Wait until the bot put an emoji under a message."""
    await play.until(lambda: play.telegram.message(TEAM, number).reactions)


async def test_whoever_gives_a_lead_may_add_a_note_for_the_colleague(play: Play) -> None:
    told = await given(play)
    asked = await play.shown("A note for your colleague?")
    assert play.telegram.opened_reply(BORIS, TEAM) is asked
    assert play.telegram.opened_reply(DASHA, TEAM) is None
    for place in (asked.id, told):
        number = play.telegram.write(BORIS, TEAM, "She is in a hurry", reply_to=place)
        await reacted(play, number)
    await play.quiet()
    assert not play.private(ANNA)
    notes = [row for row in await play.rows(messages) if row.text == "She is in a hurry"]
    assert [(note.direction, note.lead) for note in notes] == [("note", 1)] * 2


async def test_the_colleagues_own_reply_to_it_reaches_the_customer(play: Play) -> None:
    told = await given(play)
    play.telegram.write(DASHA, TEAM, "Good morning, Anna", reply_to=told)
    await play.heard(ANNA, "Good morning, Anna")


async def test_colleagues_stand_with_what_they_have_and_who_is_off_comes_last(play: Play) -> None:
    await a_lead(play)
    await play.press(DASHA, 1, "Take")
    play.telegram.write(BORIS, TEAM, "/off")
    await play.shown("You are off shift")
    play.telegram.write(102, 102, "And a door?")
    await play.press(DASHA, 2, "Assign")
    menu = await play.until(lambda: play._with_button(2, "Dasha"))
    assert menu.labels == ["Dasha · 1", "Vera", "Boris 💤", "‹ Back"]


async def test_a_big_team_is_shown_page_by_page(play: Play) -> None:
    await a_lead(play)
    for number in range(20):
        play.telegram.add_user(500 + number, f"Nina {number:02}")
        play.telegram.join(TEAM, 500 + number)
        play.telegram.write(500 + number, TEAM, "Hello")
    await play.quiet()
    await play.press(BORIS, 1, "Assign")
    first = await play.until(lambda: play._with_button(1, "Nina 05"))
    assert first.labels[-3:] == ["Nina 05", "›", "‹ Back"]
    assert len(first.labels) == 10
    await play.press(BORIS, 1, "›")
    second = await play.until(lambda: play._with_button(1, "Nina 13"))
    assert second.labels[0] == "Nina 06"
    assert second.labels[-3:] == ["‹", "›", "‹ Back"]
    await play.press(BORIS, 1, "›")
    last = await play.until(lambda: play._with_button(1, "Nina 19"))
    assert last.labels[-3:] == ["Vera", "‹", "‹ Back"]
    await play.press(BORIS, 1, "Nina 19")
    await play.card(1, "With Nina 19")


async def test_a_page_of_a_team_that_shrank_is_its_last(play: Play) -> None:
    await a_lead(play)
    await play.forge(BORIS, "1:assign:1:p99")
    menu = await play.until(lambda: play._with_button(1, "Dasha"))
    assert menu.labels == ["Boris", "Dasha", "Vera", "‹ Back"]
    assert (await play.forge(BORIS, "1:assign:1:p-1")).text.startswith("This colleague")
