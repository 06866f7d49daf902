"""A lead's life on its card: taken, given, returned, rejected, converted, reopened."""

from __future__ import annotations

import pytest

from storage.schema import clients, deals, leads
from tests.cast import ANNA, BORIS, DASHA, TEAM, VERA
from tests.plays.play import Play


async def a_lead(play: Play, **over: object) -> None:
    """The product runs, and Anna has asked."""
    await play.start(**over)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)


async def prompt(play: Play, words: str, answer: str) -> int:
    """Answer a question of the bot; the id of the answer."""
    asked = await play.shown(words)
    return play.telegram.write(BORIS, TEAM, answer, reply_to=asked.id)


async def test_card_says_who_where_and_what_in_few_short_lines(play: Play) -> None:
    await a_lead(play)
    lines = (await play.card(1)).text.splitlines()
    assert lines[0] == "🆕 #1 Anna · new"
    assert lines[1].startswith("Telegram · ")
    assert lines[2:] == ["How much is a window?"]


async def test_second_manager_sees_who_took_the_lead(play: Play) -> None:
    await a_lead(play)
    card = await play.card(1)
    assert await play.press(BORIS, 1, "Take") == "#1 is yours"
    told = await play.forge(DASHA, "1:take:1", message=card.id)
    assert (told.text, told.alert) == ("Boris already took it", True)
    assert (
        await play.forge(BORIS, "1:take:1", message=card.id)
    ).text == "This lead is already yours"


async def test_lead_is_given_to_a_colleague_who_is_called(play: Play) -> None:
    await a_lead(play, team={"managers": [f"telegram:{DASHA}"]})
    assert await play.press(BORIS, 1, "Assign") == "Who should have it?"
    menu = await play.until(lambda: play._with_button(1, "Dasha"))
    assert menu.labels == ["Boris", "Dasha", "Vera", "‹ Back"]
    assert await play.press(BORIS, 1, "Dasha") == "#1 is with Dasha now"
    await play.card(1, "With Dasha")
    called = await play.shown("this lead is yours now, from Boris")
    assert called.text.startswith("Dasha, ")
    assert called.entities[0]["type"] == "text_mention"
    assert called.reply_to == (await play.card(1)).id


async def test_whoever_was_seen_in_the_chat_is_offered(play: Play) -> None:
    await play.start()
    play.telegram.write(DASHA, TEAM, "Good morning!")
    await play.quiet()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    await play.press(BORIS, 1, "Assign")
    menu = await play.until(lambda: play._with_button(1, "Dasha"))
    assert "Dasha" in menu.labels


async def test_a_menu_can_be_closed_again(play: Play) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Reject")
    assert await play.press(BORIS, 1, "Back") == ""
    await play.until(lambda: play._with_button(1, "Take"))


async def test_returned_lead_can_be_taken_by_another(play: Play) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Take")
    assert await play.press(BORIS, 1, "Return") == "#1 is back in the queue"
    await play.card(1, "new")
    assert await play.press(DASHA, 1, "Take") == "#1 is yours"
    await play.card(1, "With Dasha")


async def test_rejected_with_a_listed_reason_and_reopened_for_the_former_manager(
    play: Play,
) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Take")
    assert await play.press(BORIS, 1, "Reject") == "Choose a reason"
    assert await play.press(BORIS, 1, "Too expensive") == "#1 is rejected"
    closed = await play.card(1, "Reason: Too expensive")
    assert closed.labels == ["Reopen", "Come back later", "⋯ More"]
    assert await play.press(DASHA, 1, "Reopen") == "#1 is open again, with Boris"
    await play.card(1, "With Boris")
    assert (await play.shown("from Dasha")).text.startswith("Boris, ")


async def test_reopened_into_the_queue_when_the_former_manager_left(play: Play) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Take")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "rejected")
    play.telegram.leave(TEAM, BORIS)
    await play.quiet()
    assert "in the queue" in await play.press(DASHA, 1, "Reopen")
    assert await play.press(DASHA, 1, "Take") == "#1 is yours"


async def test_rejected_in_own_words_by_a_reply_to_the_question(play: Play) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Reject")
    told = await play.press(BORIS, 1, "In my own words")
    assert told == "Reply to the message below the card"
    said = await prompt(play, "Why is #1 rejected?", "Wants <b>doors</b> & more")
    await play.card(1, "Reason: Wants <b>doors</b> & more")
    await play.until(lambda: play.telegram.message(TEAM, said).reactions)
    assert not play.private(ANNA, "doors")


async def test_a_photo_is_no_reason(play: Play) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "In my own words")
    asked = await play.shown("Why is #1 rejected?")
    play.telegram.write(BORIS, TEAM, photo=b"a picture", reply_to=asked.id)
    await play.shown("please reply with text")
    await play.card(1, "new")


async def test_no_reason_is_offered_only_where_none_is_required(play: Play) -> None:
    await a_lead(play, channels={"telegram": {"reject_reason_required": False}})
    await play.press(BORIS, 1, "Reject")
    assert await play.press(BORIS, 1, "No reason") == "#1 is rejected"
    assert "Reason" not in (await play.card(1, "rejected")).text


async def test_a_required_reason_cannot_be_forged_away(play: Play) -> None:
    await a_lead(play)
    assert "choose again" in (await play.forge(BORIS, "1:reject:1:none")).text
    await play.quiet()
    assert [row.state for row in await play.rows(leads)] == ["new"]


async def test_a_reason_that_left_the_list_is_not_taken(play: Play) -> None:
    await a_lead(play, leads={"reject_reasons": ["Too far", "Too late"]})
    await play.press(BORIS, 1, "Reject")
    menu = await play.until(lambda: play._with_button(1, "Too far"))
    data = next(b["callback_data"] for b in menu.buttons if b["text"] == "Too far")
    await play.stop()
    await play.start(leads={"reject_reasons": ["Too late"]})
    told = await play.forge(BORIS, data, message=menu.id)
    assert told.text == "The list has changed, please choose again"
    await play.until(lambda: "Too far" not in play.telegram.message(TEAM, menu.id).labels)


@pytest.mark.parametrize("kind", ["Deal", "Task"])
async def test_converted_with_title_and_amount(play: Play, kind: str) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Take")
    assert await play.press(BORIS, 1, "Convert") == "Convert into what?"
    assert await play.press(BORIS, 1, kind) == "#1 is converted"
    await prompt(play, "Title and amount for #1?", "Garden windows 1,200")
    await play.card(1, f"{kind} · Garden windows · $1,200")
    (deal,) = await play.rows(deals)
    assert (deal.title, deal.amount, deal.currency) == ("Garden windows", 1_200_00, "USD")


async def test_converted_into_a_contact_asks_nothing(play: Play) -> None:
    await a_lead(play)
    await play.press(DASHA, 1, "Convert")
    await play.press(DASHA, 1, "Contact")
    await play.card(1, "converted")
    await play.quiet()
    assert not play.team("Title and amount")
    (lead,), (deal,), (client,) = [await play.rows(t) for t in (leads, deals, clients)]
    assert (deal.lead, deal.client, client.person) == (lead.id, client.id, lead.person)
    assert lead.responsible == deal.responsible


async def test_title_and_amount_may_be_left_out_and_the_lead_reopened(play: Play) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Convert")
    await play.press(BORIS, 1, "Deal")
    await play.card(1, "\nBoris · Deal")
    assert await play.press(DASHA, 1, "Reopen") == "#1 is open again, with Boris"


async def test_a_colleague_cannot_describe_anothers_deal(play: Play) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Take")
    await play.press(BORIS, 1, "Convert")
    await play.press(BORIS, 1, "Deal")
    asked = await play.shown("Title and amount for #1?")
    play.telegram.write(DASHA, TEAM, "Mine now 5", reply_to=asked.id)
    await play.shown("#1 is with Boris")
    play.telegram.write(VERA, TEAM, "Windows 900", reply_to=asked.id)
    await play.card(1, "Windows · $900")


async def test_reopening_is_refused_while_another_lead_is_open(play: Play) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "rejected")
    play.telegram.write(ANNA, ANNA, "And how much is a door?")
    await play.card(2, "repeat of #1")
    assert await play.press(BORIS, 1, "Reopen") == "The customer has another open lead"
    await play.quiet()
    assert [row.state for row in await play.rows(leads)] == ["rejected", "new"]


async def test_whoever_answers_a_free_lead_has_taken_it(play: Play) -> None:
    await a_lead(play)
    await play.reply(DASHA, 1, "From 100 euros")
    await play.heard(ANNA, "From 100 euros")
    await play.card(1, "With Dasha")
