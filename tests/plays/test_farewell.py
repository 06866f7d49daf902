"""A farewell with one tap on why, in a long list of plays: once, and for nobody it offends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.messages import ErasureWanted, FeedbackDue
from storage.schema import inbox, leads, messages
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM
from tests.handlers.invariants import assert_invariants
from tests.plays.closing import answered, begin, kept, later, reject, taps
from tests.plays.play import Play

WHY = "Why did it not work out"
LABELS = [
    "Too expensive",
    "Found something else",
    "Changed my mind",
    "Waited too long for an answer",
    "Another reason",
]


async def farewell(play: Play, words: Any = True, **over: Any) -> None:
    """The product says farewell."""
    await begin(play, {"farewell": words}, **over)


async def test_a_rejected_customer_is_asked_why_and_the_team_sees_it(play: Play) -> None:
    await farewell(play, {"en": "Goodbye, and come again.", "ru": "До свидания."})
    await answered(play)
    await reject(play)
    assert not play.private(ANNA, WHY)
    await later(play)
    asked = await play.heard(ANNA, WHY)
    assert asked.text.startswith("Goodbye, and come again.\nWhy did")
    assert asked.labels == LABELS
    assert await taps(play, asked, "Found something else") == "Thank you for telling us!"
    line = await play.shown("Why it did not work out, says the customer: Found something else")
    assert line.reply_to == (await play.card(1)).id
    assert "Boris" in line.text
    await play.card(1, "Found something else")
    await play.until(lambda: not play.telegram.message(ANNA, asked.id).labels)
    assert "✓ Found something else" in play.telegram.message(ANNA, asked.id).text
    assert await kept(play) == [(1, "farewell", "found")]
    play.telegram.write(BORIS, TEAM, "/lead 1")
    await play.until(lambda: len(play.team("says the customer: Found something else")) == 3)
    assert len(await play.rows(leads)) == 1
    await assert_invariants(play.product.database)  # type: ignore[union-attr]


async def test_a_second_tap_and_a_strangers_change_nothing(play: Play) -> None:
    await farewell(play)
    await answered(play)
    await reject(play)
    await later(play)
    asked = await play.heard(ANNA, WHY)
    assert asked.text.startswith("Thank you for getting in touch.")
    data = asked.buttons[1]["callback_data"]
    await taps(play, asked, "Too expensive")
    late = "No longer needed, thanks"
    assert (await play.forge(ANNA, data, chat=ANNA, message=asked.id)).text == late
    play.telegram.write(PABLO, PABLO, "Hello")
    await play.card(2)
    for wrong in (data, "c1:farewell:1.none", "c1:farewell:x.found", "c1:farewell:", "c1:rate:1.5"):
        told = await play.forge(PABLO, wrong, chat=PABLO, message=1)
        assert told.text == late
    for wrong in ("c1:farewell:1.none", "c1:farewell:²", "c1:farewell:99.found", "c1:rate:1.5"):
        assert (await play.forge(ANNA, wrong, chat=ANNA, message=asked.id)).text == late
    await play.quiet()
    assert await kept(play) == [(1, "farewell", "expensive")]
    assert len(play.team("says the customer")) == 2  # on the card, and under it


async def test_a_slip_that_is_reopened_at_once_says_nothing(play: Play) -> None:
    await farewell(play)
    await answered(play)
    await reject(play)
    await play.press(DASHA, 1, "Reopen")
    await play.card(1, "With Boris")
    await later(play)
    assert not play.private(ANNA, WHY)
    await reject(play)
    await later(play)
    await play.heard(ANNA, WHY)
    await play.press(BORIS, 1, "Reopen")
    await play.card(1, "With Boris")
    await reject(play)
    await later(play)
    assert len(play.private(ANNA, WHY)) == 1, "nobody is asked twice of one lead"
    states = [row.state for row in await play.rows(inbox) if row.event_id.startswith("feedback:")]
    assert states == ["done"] * 3


async def test_the_minute_is_that_of_the_last_rejection(play: Play) -> None:
    await farewell(play)
    await answered(play)
    await reject(play)
    play.move(40)
    await play.press(DASHA, 1, "Reopen")
    await play.card(1, "With Boris")
    await reject(play)
    await later(play, 0.5)
    assert not play.private(ANNA, WHY)
    await later(play)
    await play.heard(ANNA, WHY)


async def test_a_restart_neither_loses_the_question_nor_repeats_it(play: Play) -> None:
    await farewell(play)
    await answered(play)
    await reject(play)
    await play.stop()
    play.move(3600)
    await farewell(play)
    await play.heard(ANNA, WHY)
    await play.quiet()
    await play.stop()
    play.move(3600)
    await farewell(play)
    await play.quiet()
    assert len(play.private(ANNA, WHY)) == 1


@pytest.mark.parametrize("reason", ["Spam", "Duplicate"])
async def test_spam_and_doubles_hear_nothing(play: Play, reason: str) -> None:
    await farewell(play)
    await answered(play)
    await reject(play, reason)
    await later(play)
    assert not play.private(ANNA, WHY)


async def test_who_never_had_an_answer_hears_nothing(play: Play) -> None:
    await farewell(play)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await reject(play)
    await later(play)
    assert not play.private(ANNA)


async def test_who_was_banned_blocked_us_or_is_erased_hears_nothing(play: Play) -> None:
    await farewell(play)
    await answered(play)
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Ban")
    await play.press(BORIS, 1, "Other")
    await play.card(1, "rejected")
    await later(play)
    assert not play.private(ANNA, WHY)
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Unban")
    await play.quiet()
    await answered(play, 2, "Another window")
    await reject(play, number=2)
    play.telegram.block(ANNA)
    await later(play)
    play.telegram.unblock(ANNA)
    await play.quiet()
    assert not play.private(ANNA, WHY)


async def test_who_wrote_again_is_not_bid_farewell(play: Play) -> None:
    await farewell(play)
    await answered(play)
    await reject(play)
    play.telegram.write(ANNA, ANNA, "And a door?")
    await play.card(2, "And a door?")
    await later(play)
    assert not play.private(ANNA, WHY)


async def test_thanks_and_taps_make_no_lead(play: Play) -> None:
    await farewell(play)
    await answered(play)
    await reject(play)
    await later(play)
    asked = await play.heard(ANNA, WHY)
    await taps(play, asked, "Another reason")
    play.telegram.write(ANNA, ANNA, "Thank you!")
    await play.shown("Thank you!")
    await play.quiet()
    assert len(await play.rows(leads)) == 1
    assert [row.text for row in await play.rows(messages) if row.author == "customer"] == [
        "How much is a window?",
        "Thank you!",
    ]


async def test_the_same_event_twice_asks_once(play: Play) -> None:
    await farewell(play)
    await answered(play)
    await reject(play)
    (lead,) = await play.rows(leads)
    product = play.product
    assert product is not None
    again = {f"feedback:{name}": FeedbackDue(1, lead.closed_at) for name in ("a", "b")}
    await product.inbox.add(again)
    await later(play)
    await play.heard(ANNA, WHY)
    assert len(play.private(ANNA, WHY)) == 1
    stale = FeedbackDue(1, lead.closed_at - timedelta(days=1))
    await product.inbox.add({"feedback:c": stale, "feedback:d": FeedbackDue(99, lead.closed_at)})
    await later(play)
    assert await kept(play) == [(1, "farewell", "")]


async def test_at_night_it_waits_for_the_opening(play: Play) -> None:
    await farewell(play, hours={"week": {"mon-fri": ["09:00-12:30"]}})
    await answered(play)
    play.move(29.5 * 60)
    await reject(play)
    await later(play, 2)
    assert not play.private(ANNA, WHY)
    await later(play, 20.5 * 60)
    await play.heard(ANNA, WHY)


async def test_an_erased_customer_leaves_no_answer_behind(play: Play) -> None:
    await farewell(play)
    await answered(play)
    await reject(play)
    await later(play)
    await taps(play, await play.heard(ANNA, WHY), "Too expensive")
    await play.quiet()
    assert await kept(play)
    play.telegram.write(ANNA, ANNA, "/privacy")
    document = (await play.heard(ANNA, "This is what we keep")).body["document"]
    sent = play.telegram.world.files.find(document["file_id"])
    assert sent is not None
    assert "One tap is enough. Too expensive" in sent.media.data.decode("utf-8-sig")
    await play.quiet()
    wanted = ErasureWanted(await play.account(ANNA), "staff", "D-1")
    await play.product.inbox.add({"e": wanted})  # type: ignore[union-attr]
    await play.shown("data are erased")
    await play.quiet()
    assert await kept(play) == []


async def test_in_vk_it_is_the_same(play: Play) -> None:
    await farewell(play)
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    await play.card(1, "With Boris")
    await play.reply(BORIS, 1, "From 200 euros")
    await play.until(lambda: [one for one in play.vk.dialog(PABLO) if "200" in one.text])
    await play.quiet()
    await reject(play)
    await later(play)
    (asked,) = await play.until(lambda: [m for m in play.vk.dialog(PABLO) if m.keyboard])
    labels = [button["action"]["label"] for row in asked.keyboard["buttons"] for button in row]
    assert labels == ["Дорого", "Нашли другое", "Передумали", "Долго ждали ответа", "Другое"]
    play.vk.press(PABLO, PABLO, asked.conversation_message_id, label="Долго ждали ответа")
    await play.card(1, "Waited too long for an answer")
    await play.until(lambda: [m for m in play.vk.dialog(PABLO) if "✓ Долго ждали" in m.text])


async def test_switched_off_nothing_is_said(play: Play) -> None:
    await farewell(play, "")
    await answered(play)
    await reject(play)
    play.move(3600)
    await play.quiet()
    assert not play.private(ANNA, WHY)
