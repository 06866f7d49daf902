"""A flood: answered once, kept whole, shown together, and over by itself."""

from __future__ import annotations

from storage.schema import leads, messages
from tests.cast import ANNA, BORIS
from tests.plays.play import Play

LIMIT = {"messages_per_minute": 3}


async def flood(play: Play, first: int, last: int) -> None:
    """Anna writes one after the other, each after the one before was handled."""
    for number in range(first, last + 1):
        play.telegram.write(ANNA, ANNA, f"And what about {number}?")
        await play.quiet()


async def test_a_flooding_customer_is_answered_once_and_nothing_is_lost(play: Play) -> None:
    await play.start(leads=LIMIT)
    await flood(play, 1, 9)
    await play.heard(ANNA, "Сообщений пришло")
    await play.shown("Anna writes too fast")
    await play.quiet()
    assert not play.team("about 8")
    assert len(await play.rows(messages)) == 9
    assert len(await play.rows(leads)) == 1
    play.move(61)
    folded = await play.shown("6 more messages")
    assert "about 4" in folded.text
    assert "about 9" in folded.text
    play.telegram.write(ANNA, ANNA, "Now slowly")
    await play.shown("Now slowly")
    assert len(play.private(ANNA, "Сообщений пришло")) == 1


async def test_who_floods_on_is_not_told_again_and_others_are_not_held_up(play: Play) -> None:
    await play.start(leads=LIMIT)
    await flood(play, 1, 5)
    play.telegram.write(102, 102, "Hello from Pablo")
    await play.card(2)
    play.move(61)
    await play.shown("2 more messages")
    await flood(play, 11, 16)
    play.move(61)
    await play.shown("3 more messages")
    assert len(play.private(ANNA, "Сообщений пришло")) == 1


async def test_a_flood_while_the_manager_answers_reaches_both(play: Play) -> None:
    await play.start(leads=LIMIT)
    await flood(play, 1, 5)
    await play.press(BORIS, 1, "Take")
    await play.card(1, "Boris")
    await play.reply(BORIS, 1, "One at a time, please")
    await play.heard(ANNA, "One at a time")
