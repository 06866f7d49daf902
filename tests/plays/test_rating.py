"""After closing: a rating by one tap, told to the supervisors when it is low, kept for figures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import reports
from storage.schema import leads, touches
from storage.session import Ids, Reads, Session
from tests.cast import ANNA, BORIS, PABLO, TEAM, VERA
from tests.handlers.invariants import assert_invariants
from tests.plays.closing import answered, begin, convert, kept, later, reject, taps
from tests.plays.play import Play

ASKED = "How was it?"
ROW = ["1 ★", "2 ★", "3 ★", "4 ★", "5 ★"]


async def rated(play: Play, **policy: bool) -> None:
    """A product that asks for ratings, and Anna's lead is converted."""
    await begin(play, {"rating": True, **policy})
    await answered(play)
    await convert(play)
    await later(play, 5)


async def test_a_converted_customer_rates_by_one_tap_some_minutes_after(play: Play) -> None:
    await begin(play, {"rating": True})
    await answered(play)
    await convert(play)
    await later(play, 3)
    assert not play.private(ANNA, ASKED)
    await later(play, 2)
    asked = await play.heard(ANNA, ASKED)
    assert asked.labels == ROW
    assert len(asked.body["reply_markup"]["inline_keyboard"]) == 1
    assert await taps(play, asked, "4 ★") == "Thank you for telling us!"
    await play.card(1, "★★★★☆")
    line = await play.shown("The customer's rating: ★★★★☆")
    assert line.reply_to == (await play.card(1)).id
    shown = await play.until(
        lambda: [m for m in play.private(ANNA) if m.text.startswith("Your rating: ★★★★☆")]
    )
    assert shown[0].id == asked.id
    assert await kept(play) == [(1, "rating", "4")]
    play.telegram.write(BORIS, TEAM, "/lead 1")
    found = await play.until(lambda: [m for m in play.team("rating: ★★★★☆") if "← How" in m.text])
    assert found
    assert len(await play.rows(leads)) == 1
    await assert_invariants(play.product.database)  # type: ignore[union-attr]


async def test_the_last_tap_of_a_day_counts_and_then_it_stands(play: Play) -> None:
    await rated(play)
    asked = await play.heard(ANNA, ASKED)
    for label in ("3 ★", "5 ★", "5 ★"):
        await taps(play, asked, label)
        await play.quiet()
    assert await kept(play) == [(1, "rating", "5")]
    await play.card(1, "★★★★★")
    play.move(24 * 3600)
    assert await taps(play, asked, "1 ★") == "No longer needed, thanks"
    await play.until(lambda: not play.telegram.message(ANNA, asked.id).labels)
    assert "★★★★★" in play.telegram.message(ANNA, asked.id).text
    await play.quiet()
    assert await kept(play) == [(1, "rating", "5")]
    assert not play.private(VERA, "rating")


async def test_supervisors_hear_of_a_low_rating_at_once_and_once(play: Play) -> None:
    play.telegram.started(VERA)
    await rated(play)
    asked = await play.heard(ANNA, ASKED)
    await taps(play, asked, "3 ★")
    await play.quiet()
    assert not play.private(VERA)
    await taps(play, asked, "2 ★")
    told = await play.heard(VERA, "Lead #1 (Anna): the customer's rating is ★★☆☆☆")
    assert "It was with Boris" in told.text
    for label in ("5 ★", "1 ★"):
        await taps(play, asked, label)
        await play.quiet()
    assert len(play.private(VERA)) == 1
    assert [row.kind for row in await play.rows(touches)].count("rated_low") == 1


async def test_a_rejected_customer_rates_only_if_somebody_answered(play: Play) -> None:
    await begin(play, {"rating": True})
    play.telegram.write(PABLO, PABLO, "Hello")
    await reject(play)
    await answered(play, 2)
    await reject(play, number=2)
    await later(play, 5)
    await play.heard(ANNA, ASKED)
    assert not play.private(PABLO, ASKED)


async def test_who_is_bid_farewell_is_not_asked_for_a_rating_too(play: Play) -> None:
    await begin(play, {"rating": True, "farewell": True})
    await answered(play)
    await reject(play)
    await later(play, 10)
    await play.heard(ANNA, "Why did it not work out")
    await play.press(BORIS, 1, "Reopen")
    await play.card(1, "With Boris")
    await convert(play)
    await later(play, 10)
    assert not play.private(ANNA, ASKED)
    assert await kept(play) == [(1, "farewell", "")]


async def test_forged_foreign_and_early_taps_are_answered_politely(play: Play) -> None:
    await rated(play)
    asked = await play.heard(ANNA, ASKED)
    play.telegram.write(PABLO, PABLO, "Hello")
    await play.card(2)
    late = "No longer needed, thanks"
    assert (await play.forge(PABLO, "c1:rate:1.5", chat=PABLO)).text == late
    assert (await play.forge(PABLO, "c1:rate:2.5", chat=PABLO)).text == late
    for wrong in ("c1:rate:1.6", "c1:rate:1.0", "c1:rate:1.", "c1:rate:", "c1:farewell:1.other"):
        assert (await play.forge(ANNA, wrong, chat=ANNA, message=asked.id)).text == late
    await play.quiet()
    assert await kept(play) == [(1, "rating", "")]


@pytest.mark.parametrize("merged", [False, True])
async def test_in_vk_the_stars_stand_in_one_row(play: Play, *, merged: bool) -> None:
    await begin(play, {"rating": True})
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, "How much is a window? +34 600 111 222")
    await play.press(BORIS, 1, "Take")
    await play.card(1, "With Boris")
    if merged:
        play.telegram.write(ANNA, ANNA, "I write from here too, +34 600 111 222")
        await play.press(BORIS, 2, "Same person")
        await play.card(2, "→ #1")
        await play.quiet()
        play.vk.write(PABLO, "I write here again")
        await play.shown("I write here again")
    await play.quiet()
    await convert(play)
    await later(play, 5)
    (asked,) = await play.until(lambda: [m for m in play.vk.dialog(PABLO) if m.keyboard])
    assert [len(row) for row in asked.keyboard["buttons"]] == [5]
    play.vk.press(PABLO, PABLO, asked.conversation_message_id, label="5 ★")
    await play.card(1, "★★★★★")
    await play.until(lambda: [m for m in play.vk.dialog(PABLO) if "Ваша оценка: ★★★★★" in m.text])
    assert not play.private(ANNA, ASKED)


async def test_the_figures_of_a_period_count_what_was_answered_in_it(play: Play) -> None:
    await rated(play)
    await taps(play, await play.heard(ANNA, ASKED), "4 ★")
    await play.card(1, "★★★★☆")
    await answered(play, 2, "And a door?")
    await convert(play, 2)
    await later(play, 5)
    newest = (await play.until(lambda: play.private(ANNA, ASKED)))[-1]
    await taps(play, newest, "1 ★")
    await play.card(2, "★☆☆☆☆")
    product = play.product
    assert product is not None
    session = Session(Reads(product.database), Ids(product.database))
    now, day = product.now(), timedelta(days=1)
    assert await reports.ratings(session, now - day, now + day) == {"4": 1, "1": 1}
    assert await reports.ratings(session, now - 2 * day, now - day) == {}
