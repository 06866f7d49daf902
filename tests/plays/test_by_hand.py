"""Leads entered by hand: in one line or in reply to a question, once each."""

from __future__ import annotations

from storage.schema import accounts, contacts, leads
from tests.cast import BORIS, DASHA, GLEB, TEAM, VERA
from tests.plays.play import Play

LINE = "/new Anna, +34 612 345 678, wants two windows #call"


async def test_a_line_becomes_a_card(play: Play) -> None:
    await play.start(team={"language": "es"})
    play.telegram.write(BORIS, TEAM, LINE)
    card = await play.card(1, "Anna")
    assert "#1 Anna · nuevo" in card.text
    assert "A mano · call" in card.text
    assert "612 34 56 78" in card.text
    assert "wants two windows" in card.text
    assert "#call" not in card.text
    assert [(row.kind, row.value) for row in await play.rows(contacts)] == [
        ("phone", "+34612345678")
    ]


async def test_a_question_is_asked_and_its_answer_becomes_the_lead(play: Play) -> None:
    await play.start()
    play.telegram.write(DASHA, TEAM, "/new")
    question = await play.shown("A new lead")
    play.telegram.write(DASHA, TEAM, "Pablo\npablo@example.org", reply_to=question.id)
    assert "pablo@example.org" in (await play.card(1, "Pablo")).text
    play.telegram.write(DASHA, TEAM, "Another one", reply_to=question.id)
    await play.card(2, "Another one")
    assert len(await play.rows(leads)) == 2


async def test_words_under_its_card_are_a_note_and_say_so(play: Play) -> None:
    await play.start()
    play.telegram.write(BORIS, TEAM, LINE)
    await play.reply(BORIS, 1, "Called, comes tomorrow")
    await play.shown("kept as a note")
    await play.card(1, "Boris")
    play.telegram.write(BORIS, TEAM, "/lead 1")
    assert "Called, comes tomorrow" in (await play.shown("// Boris")).text


async def test_a_supervisor_enters_one_in_private_and_a_stranger_cannot(play: Play) -> None:
    await play.start()
    play.telegram.started(VERA)
    play.telegram.write(VERA, VERA, "/new Boris Petrov #fair")
    await play.card(1, "Boris Petrov")
    play.telegram.started(GLEB)
    play.telegram.write(GLEB, GLEB, "/new Anna")
    await play.card(2, "Gleb")
    assert [row.channel for row in await play.rows(accounts)] == ["hand", "telegram"]


async def test_on_vk_that_it_was_entered_is_said_in_words(play: Play) -> None:
    await play.start(team={"supervisors": [f"vk:{VERA}"]})
    await play.until(lambda: play.vk.polling)
    play.vk.write(VERA, "/new Anna Petrova #fair")
    await play.card(1, "Anna Petrova")
    await play.until(lambda: [m for m in play.vk.dialog(VERA) if m.text == "Entered: lead #1"])


async def test_whoever_has_no_name_is_shown_by_no_number_of_ours(play: Play) -> None:
    await play.start()
    play.telegram.write(BORIS, TEAM, "/new wants two windows and will come by tomorrow")
    card = await play.card(1, "two windows")
    assert "#1 No name · new" in card.text
    assert "neither phone nor e-mail is known" in card.text
    play.telegram.write(BORIS, TEAM, "/new +34612345678")
    card = await play.card(2, "612 34 56 78")
    assert "#2 No name · new" in card.text
    assert "answer by phone or e-mail" in card.text
    assert str(TEAM) not in "".join(one.text for one in play.team() if one.from_bot)
