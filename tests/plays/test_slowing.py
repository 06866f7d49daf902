"""A flood: answered once, kept whole, shown together, and over by itself."""

from __future__ import annotations

import asyncio

from storage.schema import inbox, leads, messages
from tests.cast import ANNA, BORIS
from tests.plays.play import Play

LIMIT = {"messages_per_minute": 3}
PICTURE = b"\xff\xd8\xff\xe0 a small photo"


async def flood(play: Play, first: int, last: int) -> None:
    """Anna writes one after the other, each after the one before was handled."""
    for number in range(first, last + 1):
        play.telegram.write(ANNA, ANNA, f"And what about {number}?")
        await play.quiet()


async def test_a_flooding_customer_is_answered_once_and_nothing_is_lost(play: Play) -> None:
    await play.start(leads=LIMIT)
    await flood(play, 1, 9)
    await play.heard(ANNA, "Сообщений пришло")
    await play.shown("Anna is writing too fast")
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


async def test_what_is_written_too_fast_after_the_lead_closed_makes_the_next(play: Play) -> None:
    await play.start(leads=LIMIT)
    await flood(play, 1, 5)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "rejected")
    await play.quiet()
    for words in ("Please call me, I want to buy", "The violet one"):
        play.telegram.write(ANNA, ANNA, words)
        await play.quiet()
    assert "repeat of #1" in (await play.card(2, "I want to buy")).text
    play.move(61)
    before = await play.shown("2 more messages, everything in full: /lead 1")
    assert "about 4" in before.text
    after = await play.shown("1 more message, everything in full: /lead 2")
    assert "The violet one" in after.text
    assert [row.lead for row in await play.rows(messages)] == [1, 1, 1, 1, 1, 2, 2]


async def test_what_was_kept_is_shown_though_the_lead_closed_meanwhile(play: Play) -> None:
    await play.start(leads=LIMIT)
    await flood(play, 1, 5)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "rejected")
    play.telegram.write(ANNA, ANNA, "Thank you")
    await play.quiet()
    play.move(61)
    folded = await play.shown("3 more messages")
    assert "about 5" in folded.text
    assert "Thank you" in folded.text
    assert len(await play.rows(leads)) == 1


async def test_pictures_of_a_flood_are_shown_as_they_are(play: Play) -> None:
    await play.start(leads=LIMIT)
    await flood(play, 1, 3)
    for number in range(12):
        play.telegram.write(ANNA, ANNA, photo=PICTURE)
        if number == 0:
            await play.quiet()
    await play.quiet()
    assert not [one for one in play.team("Anna:") if "photo" in one.body]
    play.move(61)
    await play.shown("12 more messages")
    await play.quiet()
    assert len([one for one in play.team("Anna:") if "photo" in one.body]) == 10


async def test_edits_are_slowed_like_messages_and_shown_in_the_end(play: Play) -> None:
    await play.start(leads=LIMIT)
    play.telegram.write(ANNA, ANNA, "A door, please")
    number = play.telegram.write(ANNA, ANNA, "Price 0")
    await play.shown("Price 0")
    for price in range(1, 10):
        play.telegram.edit(ANNA, ANNA, number, f"Price {price}")
        await play.quiet()
    await play.heard(ANNA, "Сообщений пришло")
    assert len(play.team("Anna edited")) == 1
    play.move(61)
    assert "Price 9" in (await play.shown("1 more message")).text


async def test_whoever_is_banned_in_the_pause_is_not_shown_after_it(play: Play) -> None:
    await play.start(leads=LIMIT)
    await flood(play, 1, 6)
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Ban")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "Banned")
    play.move(61)
    while any(row.event_id[:6] == "pause:" for row in await play.rows(inbox) if not row.ended_at):
        await asyncio.sleep(0.01)
    await play.quiet()
    assert not play.team("more message")
