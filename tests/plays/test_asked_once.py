"""Who answers a lead that is a colleague's is asked once whether the customer is to get it."""

from __future__ import annotations

from typing import Any

import pytest

from storage.schema import assistants, messages
from tests.cast import ANNA, BORIS, DASHA, TEAM, VERA
from tests.handlers.invariants import assert_invariants
from tests.plays.contents import OTHER_PICTURE, PICTURE
from tests.plays.play import Play
from tests.plays.test_rewriting import answered_on_vk, boris_has_it, on_vk, reaction, texts

QUESTION = "Boris has #1. Send your reply to the customer?"


async def asked(play: Play, who: int = DASHA, text: str = "From 100 euros") -> int:
    """Boris has the lead, somebody else answered it and is asked; the question's id."""
    await boris_has_it(play)
    reply = await play.reply(who, 1, text)
    question = await play.shown(QUESTION)
    assert question.reply_to == reply
    assert question.labels == ["Send", "Keep as a note"]
    await play.quiet()
    assert texts(play) == []
    assert play.product is not None
    await assert_invariants(play.product.database)
    return question.id


async def press(play: Play, who: int, question: int, label: str) -> str:
    """Press a button under a question; what the presser is told."""
    query = play.telegram.press(who, TEAM, question, label=label)
    return str((await play.until(lambda: play.telegram.answers.get(query))).text)


async def directions(play: Play) -> list[str]:
    """Which way the team's messages went."""
    return [row.direction for row in await play.rows(messages) if row.author == "staff"]


@pytest.mark.parametrize("who", [DASHA, VERA])
async def test_whoever_answers_a_colleagues_lead_is_asked_and_only_once(
    play: Play, who: int
) -> None:
    question = await asked(play, who)
    assert await press(play, who, question, "Send") == "Sending it to the customer"
    await play.heard(ANNA, "From 100 euros")
    await play.until(lambda: play.telegram.message(TEAM, question).labels == [])
    await play.reply(who, 1, "And 200 with a door")
    await play.heard(ANNA, "And 200 with a door")
    assert "With Boris" in (await play.card(1)).text
    assert len(await play.rows(assistants)) == 1
    assert len(play.team(QUESTION)) == 0


async def test_what_is_kept_is_a_note_and_the_next_reply_is_asked_about(play: Play) -> None:
    question = await asked(play)
    told = await press(play, DASHA, question, "Keep as a note")
    assert told == "Kept as a note, the customer will not see it"
    await play.quiet()
    assert (await directions(play), texts(play)) == (["note"], [])
    await play.reply(DASHA, 1, "Shall I?")
    await play.shown(QUESTION)


async def test_more_replies_wait_with_the_first_and_go_in_order(play: Play) -> None:
    question = await asked(play, text="One")
    second = await play.reply(DASHA, 1, "Two")
    await play.until(lambda: reaction(play, second) == ("🤔",))
    await play.reply(DASHA, 1, "Three")
    await play.reply(BORIS, 1, "Mine")
    await play.heard(ANNA, "Mine")
    await play.quiet()
    assert len(play.team(QUESTION)) == 1
    await press(play, DASHA, question, "Send")
    await play.heard(ANNA, "Three")
    await play.quiet()
    assert texts(play) == ["Mine", "One", "Two", "Three"]
    assert reaction(play, second) == ("👍",)


async def test_only_its_author_decides(play: Play) -> None:
    question = await asked(play)
    for who in (BORIS, VERA):
        assert await press(play, who, question, "Send") == "Only the author decides: Dasha"
    await play.quiet()
    assert texts(play) == []


async def test_a_question_without_an_answer_stays_and_nothing_goes(play: Play) -> None:
    question = await asked(play)
    await play.stop()
    play.move(3 * 24 * 3600)
    await play.start()
    await play.quiet()
    assert texts(play) == []
    play.telegram.write(BORIS, TEAM, "/lead 1")
    await play.shown("⏳ Dasha: From 100 euros")
    await press(play, DASHA, question, "Send")
    await play.heard(ANNA, "From 100 euros")


async def test_two_presses_at_once_send_it_once(play: Play) -> None:
    question = await asked(play)
    for label in ("Send", "Keep as a note"):
        play.telegram.press(DASHA, TEAM, question, label=label)
    await play.heard(ANNA, "From 100 euros")
    await play.quiet()
    assert texts(play) == ["From 100 euros"]
    assert await directions(play) == ["out"]


async def test_a_lead_that_is_theirs_or_free_by_then_is_answered_as_usual(play: Play) -> None:
    question = await asked(play)
    await play.press(BORIS, 1, "Return")
    await press(play, DASHA, question, "Send")
    await play.heard(ANNA, "From 100 euros")
    await play.card(1, "With Dasha")
    assert await play.rows(assistants) == []


async def test_a_lead_that_is_closed_by_then_is_answered_all_the_same(play: Play) -> None:
    question = await asked(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await press(play, DASHA, question, "Send")
    await play.heard(ANNA, "From 100 euros")


async def test_an_album_is_held_whole(play: Play) -> None:
    await boris_has_it(play)
    group: dict[str, Any] = {"media_group_id": "A1", "reply_to": (await play.card(1)).id}
    play.telegram.write(DASHA, TEAM, photo=PICTURE, **group)
    play.telegram.write(DASHA, TEAM, photo=OTHER_PICTURE, caption="Both", **group)
    question = await play.shown(QUESTION)
    await play.quiet()
    assert texts(play) == []
    await press(play, DASHA, question.id, "Send")
    await play.heard(ANNA, "Both")
    await play.quiet()
    assert sum(call.method == "sendMediaGroup" for call in play.telegram.calls) == 1
    assert len(play.private(ANNA)) == 2


async def test_what_is_held_may_be_changed_or_taken_back_before(play: Play) -> None:
    question = await asked(play)
    (held,) = [one for one in play.team("From 100 euros") if not one.from_bot]
    play.telegram.edit(DASHA, TEAM, held.id, "From 200 euros")
    second = await play.reply(DASHA, 1, "Never mind")
    await play.quiet()
    play.telegram.write(DASHA, TEAM, "/del", reply_to=second)
    await play.shown("Taken back in time")
    await press(play, DASHA, question, "Send")
    await play.heard(ANNA, "From 200 euros")
    await play.quiet()
    assert texts(play) == ["From 200 euros"]


async def test_when_all_was_taken_back_nothing_waits(play: Play) -> None:
    question = await asked(play)
    play.telegram.write(DASHA, TEAM, "/del", reply_to=question)
    await play.shown("Taken back in time")
    assert await press(play, DASHA, question, "Send") == "Nothing waits here any more"
    await play.quiet()
    assert texts(play) == []


async def test_what_is_sent_in_the_end_is_changed_and_taken_back_like_any_reply(
    play: Play,
) -> None:
    question = await asked(play)
    (held,) = [one for one in play.team("From 100 euros") if not one.from_bot]
    await press(play, DASHA, question, "Send")
    await play.heard(ANNA, "From 100 euros")
    await play.quiet()
    play.telegram.edit(DASHA, TEAM, held.id, "From 200 euros")
    await play.heard(ANNA, "From 200 euros")
    play.telegram.write(DASHA, TEAM, "/del", reply_to=held.id)
    await play.until(lambda: texts(play) == [])


async def test_who_is_blocked_meanwhile_gets_nothing_and_that_is_told(play: Play) -> None:
    question = await asked(play)
    play.telegram.block(ANNA)
    await play.quiet()
    await press(play, DASHA, question, "Send")
    await play.shown("Not delivered: the customer blocked the bot")


async def test_a_canned_answer_is_asked_about_too(play: Play) -> None:
    await boris_has_it(play)
    play.telegram.write(VERA, TEAM, "/t+ price From 100 euros")
    await play.shown("Stored: /t price")
    await play.reply(DASHA, 1, "/t price")
    question = await play.shown(QUESTION)
    await press(play, DASHA, question.id, "Send")
    await play.heard(ANNA, "From 100 euros")


async def test_a_vk_customer_gets_it_after_the_question_too(play: Play) -> None:
    await answered_on_vk(play, "Hello")
    await play.reply(DASHA, 1, "From 100 euros")
    question = await play.shown(QUESTION)
    assert on_vk(play) == ["Hello"]
    await press(play, DASHA, question.id, "Send")
    await play.until(lambda: on_vk(play) == ["Hello", "From 100 euros"])
