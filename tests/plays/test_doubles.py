"""A card that stands twice: once pressed, the one that nobody knows leads to the other."""

from __future__ import annotations

from bot.delivery.adopt import MISSES
from bot.sandbox.telegram import Fault
from bot.sandbox.telegram.chats import Message
from storage.schema import leads
from tests.cast import ANNA, BORIS, DASHA, TEAM
from tests.plays.play import Play


async def doubled(play: Play) -> tuple[Message, Message]:
    """A card behind what is not there any more, and of which no bot is told, is not found."""
    await play.start()
    play.telegram.world.chat(TEAM).last_id += MISSES  # another bot's, deleted by it
    play.telegram.fail("sendMessage", Fault.HANG, chat=TEAM, applied=True)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.until(lambda: play.team("How much"))
    await play.stop()
    await play.start()
    await play.quiet()
    lost, *_, card = play.team("How much")  # a death in between may post one more
    return lost, card


async def test_a_card_that_nobody_knows_leads_to_the_other_once_it_is_pressed(play: Play) -> None:
    lost, card = await doubled(play)
    query = play.telegram.press(BORIS, TEAM, lost.id, label="Take")
    assert (await play.until(lambda: play.telegram.answers.get(query))).text == "#1 is yours"
    await play.quiet()
    assert (lost.text, lost.labels) == ("#1 → card", [])
    assert lost.entities[-1]["url"] == f"https://t.me/c/1000000001/{card.id}"
    assert (await play.card(1, "With Boris")).id == card.id
    play.telegram.write(BORIS, TEAM, "From 100 euros", reply_to=lost.id)
    await play.heard(ANNA, "From 100 euros")


async def test_two_who_press_it_at_once_get_their_answers(play: Play) -> None:
    lost, _ = await doubled(play)
    queries = [play.telegram.press(who, TEAM, lost.id, label="Take") for who in (BORIS, DASHA)]
    await play.until(lambda: all(one in play.telegram.answers for one in queries))
    told = {play.telegram.answers[one].text for one in queries}
    assert len(told) == 2
    assert "#1 is yours" in told
    await play.quiet()
    assert (lost.text, lost.labels) == ("#1 → card", [])


async def test_a_forged_press_leaves_the_message_as_it_was(play: Play) -> None:
    lost, _ = await doubled(play)
    said, labels = lost.text, lost.labels
    play.telegram.write(DASHA, TEAM, "/help")
    (told,) = await play.until(lambda: [one for one in play.team("/leads") if one.from_bot])
    help_text = told.text
    await play.forge(DASHA, "1:return:1", message=lost.id)  # a button that it does not have
    assert (await play.forge(DASHA, "1:take:1", message=told.id)).text == "#1 is yours"
    await play.quiet()
    assert (lost.text, lost.labels, lost.edits) == (said, labels, [])
    assert (told.text, told.edits) == (help_text, [])


async def asked_twice(play: Play, words: str) -> tuple[Message, Message]:
    """A question whose outcome nobody knows stands twice: nobody can edit it to find it."""
    await play.until(lambda: play.team(words))
    await play.stop()
    await play.start()
    await play.until(lambda: len(play.team(words)) == 2)
    await play.quiet()
    lost, known = play.team(words)
    return lost, known


async def test_a_reply_to_a_question_that_was_repeated_answers_it(play: Play) -> None:
    await play.start()
    play.telegram.fail("sendMessage", Fault.HANG, chat=TEAM, applied=True)
    play.telegram.write(DASHA, TEAM, "/new")
    lost, _ = await asked_twice(play, "A new lead")
    play.telegram.write(DASHA, TEAM, "Pablo\npablo@example.org", reply_to=lost.id)
    await play.card(1, "pablo@example.org")


async def test_so_does_one_to_a_question_about_a_lead_and_a_note_does_not(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Reject")
    await play.until(lambda: play._with_button(1, "In my own words"))
    await play.quiet()
    play.telegram.fail("sendMessage", Fault.HANG, chat=TEAM, applied=True)
    await play.press(BORIS, 1, "In my own words")
    lost, known = await asked_twice(play, "Why is #1 rejected?")
    note = play.telegram.write(BORIS, TEAM, "// let me think", reply_to=lost.id)
    await play.until(lambda: play.telegram.message(TEAM, note).reactions)
    play.telegram.write(BORIS, TEAM, "Wants a roof", reply_to=lost.id)
    await play.card(1, "Wants a roof")
    play.telegram.write(BORIS, TEAM, "One more word", reply_to=known.id)
    await play.quiet()
    assert "Wants a roof" in (await play.card(1)).text


async def test_a_reply_to_a_colleague_is_no_answer_to_a_repeated_question(play: Play) -> None:
    await play.start()
    play.telegram.fail("sendMessage", Fault.HANG, chat=TEAM, applied=True)
    play.telegram.write(DASHA, TEAM, "/new")
    await play.until(lambda: play.team("A new lead"))
    said = play.telegram.write(BORIS, TEAM, "Coffee?")
    lost, known = await asked_twice(play, "A new lead")
    assert lost.id < said < known.id
    play.telegram.write(DASHA, TEAM, "With milk", reply_to=said)
    await play.quiet()
    assert not await play.rows(leads)
