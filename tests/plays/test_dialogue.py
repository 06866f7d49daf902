"""The owner's questions: one by one, saved as they go, over at a word; long by what may happen."""

from __future__ import annotations

from typing import Any

from bot.sandbox.telegram.chats import Message
from storage.schema import answers, dialogues, leads
from tests.cast import ANNA, BORIS, PABLO, TEAM
from tests.plays.play import Play

NAME = {"ask": {"en": "What is your name?", "ru": "Как вас зовут?"}}
WANTED = {
    "ask": {"en": "What do you need?", "ru": "Что нужно?"},
    "kind": "choice",
    "choices": [{"en": "Windows", "ru": "Окна"}, {"en": "Doors", "ru": "Двери"}],
}
PHONE = {"ask": {"en": "Your phone?", "ru": "Ваш телефон?"}, "kind": "contact"}


async def asking(play: Play, *questions: dict[str, Any], **policy: Any) -> None:
    """The product asks these on both messengers; people's profiles say English on Telegram."""
    for number, name in ((ANNA, "Anna"), (PABLO, "Pablo")):
        play.telegram.add_user(number, name, language="en")
    found = {"questions": list(questions), **policy}
    await play.start(channels={"telegram": found, "vk": found})


async def says(play: Play, text: str = "", **attached: Any) -> None:
    """Anna writes after she has read everything."""
    await play.quiet()
    play.telegram.write(ANNA, ANNA, text, **attached)


async def presses(play: Play, message: Message, label: str) -> str:
    """Anna presses a button of hers; what she is told."""
    await play.quiet()
    query = play.telegram.press(ANNA, ANNA, message.id, label=label)
    return str((await play.until(lambda: play.telegram.answers.get(query))).text)


async def kept(play: Play) -> list[tuple[str, str]]:
    await play.quiet()
    return [(row.question, row.answer) for row in await play.rows(answers)]


async def test_questions_come_one_by_one_after_the_first_message(play: Play) -> None:
    await asking(play, NAME, WANTED, PHONE, greeting="Welcome!")
    play.telegram.press_start(PABLO)
    await play.heard(PABLO, "Welcome!")
    await play.quiet()
    assert not play.private(PABLO, "name"), "nothing is asked before the first message"
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    asked = await play.heard(ANNA, "What is your name?")
    assert [one.text for one in play.private(ANNA)] == ["Welcome!", asked.text]
    assert asked.labels == ["Skip"]
    await says(play, "Anna Petrova")
    wanted = await play.heard(ANNA, "What do you need?")
    assert wanted.labels == ["Windows", "Doors", "Skip"]
    await presses(play, wanted, "Windows")
    await play.heard(ANNA, "Your phone?")
    settled = play.telegram.message(ANNA, wanted.id)
    assert (settled.text, settled.labels) == ("What do you need?\n✓ Windows", [])
    keys = await play.until(lambda: play.telegram.reply_keyboard(ANNA))
    assert keys["keyboard"] == [[{"text": "Send my number", "request_contact": True}]]
    await play.quiet()
    play.telegram.press_key(ANNA, "Send my number", phone="+34600111222")
    await play.heard(ANNA, "passed it on")
    assert play.telegram.reply_keyboard(ANNA) is None
    assert await kept(play) == [
        ("What is your name?", "Anna Petrova"),
        ("What do you need?", "Windows"),
        ("Your phone?", "+34600111222"),
    ]
    card = await play.card(1, "+34 600")
    assert "📝 Anna Petrova · Windows" in card.text
    assert len(await play.rows(leads)) == 1


async def test_managers_see_each_answer_with_its_question_in_their_language(play: Play) -> None:
    await asking(play, WANTED, NAME)
    await play.stop()
    found = {"questions": [WANTED, NAME]}
    await play.start(team={"language": "ru"}, channels={"telegram": found})
    play.telegram.write(ANNA, ANNA, "Hello")
    await presses(play, await play.heard(ANNA, "What do you need?"), "Doors")
    await play.heard(ANNA, "What is your name?")
    await says(play, "Anna Petrova")
    shown = await play.shown("Anna Petrova")
    assert "Как вас зовут?\nAnna Petrova" in shown.text
    assert "Что нужно?\nДвери" in (await play.shown("Двери")).text
    await play.quiet()
    play.telegram.write(BORIS, TEAM, "/lead 1")
    history = await play.shown("новый лид")
    assert "Что нужно? ← Двери" in history.text
    assert "Как вас зовут? ← Anna Petrova" in history.text
    assert history.text.count("Anna Petrova") == 1


async def test_a_choice_may_be_written_and_skipped(play: Play) -> None:
    await asking(play, WANTED, NAME)
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.heard(ANNA, "What do you need?")
    await says(play, "doors")
    name = await play.heard(ANNA, "What is your name?")
    await presses(play, name, "Skip")
    await play.heard(ANNA, "passed it on")
    assert await kept(play) == [("What do you need?", "Doors")]
    assert play.telegram.message(ANNA, name.id).labels == []


async def test_the_buttons_go_with_an_answer_in_words_on_telegram(play: Play) -> None:
    await asking(play, NAME, WANTED)
    play.telegram.write(ANNA, ANNA, "Hello")
    name = await play.heard(ANNA, "What is your name?")
    await says(play, "Anna Petrova")
    wanted = await play.heard(ANNA, "What do you need?")
    await says(play, "doors")
    await play.heard(ANNA, "passed it on")
    await play.quiet()
    for asked in (name, wanted):
        left = play.telegram.message(ANNA, asked.id)
        assert (left.text, left.labels) == (asked.text, [])


async def test_the_buttons_go_with_an_answer_in_words_on_vk(play: Play) -> None:
    await asking(play, NAME)
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Сколько стоит окно?")
    name = await play.until(lambda: [m for m in play.vk.dialog(ANNA) if m.text == "Как вас зовут?"])
    assert str(name[0].keyboard).count("Пропустить") == 1
    await play.quiet()
    play.vk.write(ANNA, "Анна")
    await play.until(lambda: [m for m in play.vk.dialog(ANNA) if "Спасибо" in m.text])
    await play.quiet()
    left = [m for m in play.vk.dialog(ANNA) if m.text == "Как вас зовут?"]
    assert [m.keyboard and m.keyboard["buttons"] for m in left] == [[]]


async def test_whoever_simply_writes_is_heard_and_asked_no_more(play: Play) -> None:
    await asking(play, WANTED, NAME)
    play.telegram.write(ANNA, ANNA, "Hello")
    question = await play.heard(ANNA, "What do you need?")
    await says(play, "It is urgent, the glass is broken")
    await play.shown("It is urgent")
    assert await presses(play, question, "Doors") == "No longer needed, thanks"
    await says(play, "Please call")
    await play.shown("Please call")
    await play.quiet()
    assert len(play.private(ANNA)) == 1
    assert await kept(play) == []


async def test_words_instead_of_a_phone_take_the_key_away(play: Play) -> None:
    await asking(play, PHONE)
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.heard(ANNA, "Your phone?")
    await says(play, "I would rather write")
    await play.heard(ANNA, "passed it on")
    assert play.telegram.reply_keyboard(ANNA) is None
    await play.shown("I would rather write")


async def test_somebody_elses_contact_is_no_answer(play: Play) -> None:
    await asking(play, PHONE)
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.heard(ANNA, "Your phone?")
    theirs = {"phone_number": "+34600999888", "first_name": "Pablo", "user_id": PABLO}
    await says(play, contact=theirs)
    await play.heard(ANNA, "passed it on")
    assert await kept(play) == []


async def test_nobody_is_asked_what_they_said_before(play: Play) -> None:
    await asking(play, NAME, PHONE)
    play.telegram.write(ANNA, ANNA, "A window. My phone is +34 600 111 222")
    await play.heard(ANNA, "What is your name?")
    await says(play, "Anna")
    await play.heard(ANNA, "passed it on")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "rejected")
    await says(play, "And a door?")
    await play.card(2, "And a door?")
    await play.quiet()
    assert len(play.private(ANNA)) == 2


async def test_what_was_written_before_the_question_was_read_is_no_answer(play: Play) -> None:
    await asking(play, NAME)
    for text in ("Hello", "I need", "a window"):
        play.telegram.write(ANNA, ANNA, text)
    await play.heard(ANNA, "What is your name?")
    await play.shown("a window")
    assert await kept(play) == []
    await says(play, "Anna")
    await play.heard(ANNA, "passed it on")
    assert await kept(play) == [("What is your name?", "Anna")]


async def test_a_restart_in_the_middle_loses_nothing(play: Play) -> None:
    await asking(play, NAME, WANTED)
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.heard(ANNA, "What is your name?")
    await play.quiet()
    await play.stop()
    play.telegram.write(ANNA, ANNA, "Anna")
    await asking(play, NAME, WANTED)
    await presses(play, await play.heard(ANNA, "What do you need?"), "Doors")
    assert await kept(play) == [("What is your name?", "Anna"), ("What do you need?", "Doors")]


async def test_a_person_is_never_interrupted(play: Play) -> None:
    await asking(play, PHONE, NAME)
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.heard(ANNA, "Your phone?")
    await play.quiet()
    await play.reply(BORIS, 1, "Good day! Which window?")
    await play.heard(ANNA, "Which window?")
    assert play.telegram.reply_keyboard(ANNA) is None
    await says(play, "The big one, +34 600 111 222")
    await play.shown("The big one")
    await play.quiet()
    assert len(play.private(ANNA)) == 2
    assert await kept(play) == []


async def test_a_day_later_the_questions_are_over(play: Play) -> None:
    await asking(play, WANTED, NAME)
    play.telegram.write(ANNA, ANNA, "Hello")
    question = await play.heard(ANNA, "What do you need?")
    await play.quiet()
    play.move(24 * 3600)
    assert await presses(play, question, "Doors") == "No longer needed, thanks"
    await says(play, "doors")
    await play.shown("doors")
    assert await kept(play) == []


async def test_doubles_and_forged_presses_change_nothing(play: Play) -> None:
    await asking(play, WANTED, NAME)
    play.telegram.write(ANNA, ANNA, "Hello")
    question = await play.heard(ANNA, "What do you need?")
    await play.quiet()
    data = question.buttons[0]["callback_data"]
    await play.forge(ANNA, data, chat=ANNA, message=question.id)
    assert (await play.forge(ANNA, data, chat=ANNA, message=question.id)).text.startswith("No long")
    for wrong in (
        "c1:answer:1.1.00000000",
        "c1:answer:99.0.skip",
        "c1:answer:1.-1.skip",
        "c1:answer:",
        "c1:take:1",
        "c1:erase:x.yes",
        "c1:consent:.yes",
        "c1:",
    ):
        assert (await play.forge(ANNA, wrong, chat=ANNA, message=question.id)).text
    assert (await play.forge(PABLO, data, chat=PABLO, message=question.id)).text
    assert (await play.forge(BORIS, data)).text
    assert await kept(play) == [("What do you need?", "Windows")]
    assert len(await play.rows(dialogues)) == 1
    assert len(play.private(ANNA, "What is your name?")) == 1


async def test_vk_asks_the_phone_in_words_and_choices_by_buttons(play: Play) -> None:
    await asking(play, WANTED, PHONE)
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Сколько стоит окно?")
    asked = await play.until(lambda: [m for m in play.vk.dialog(ANNA) if m.text == "Что нужно?"])
    await play.quiet()
    play.vk.press(ANNA, ANNA, asked[0].conversation_message_id, label="Окна")
    await play.until(lambda: [m for m in play.vk.dialog(ANNA) if m.text == "Ваш телефон?"])
    await play.quiet()
    play.vk.write(ANNA, "8 903 123-45-67")
    await play.until(lambda: [m for m in play.vk.dialog(ANNA) if "Спасибо" in m.text])
    assert await kept(play) == [("What do you need?", "Windows"), ("Your phone?", "+79031234567")]
    assert play.vk.dialog(ANNA)[1].text == "Что нужно?\n✓ Окна"


async def test_who_writes_too_fast_is_neither_asked_nor_answered_meanwhile(play: Play) -> None:
    play.telegram.add_user(ANNA, "Anna", language="en")
    policy = {"telegram": {"questions": [WANTED, NAME]}}
    await play.start(channels=policy, leads={"messages_per_minute": 2})
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.heard(ANNA, "What do you need?")
    await says(play, photo=b"a window")
    await says(play, "doors")
    await play.heard(ANNA, "a lot of messages")
    for text in ("/privacy", "/delete", "/start"):
        await says(play, text)
    await play.quiet()
    assert len(play.private(ANNA)) == 2
    assert await kept(play) == []


async def test_without_questions_nobody_is_troubled(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    await play.quiet()
    assert play.private(ANNA) == []
    assert await play.rows(dialogues) == []


async def test_a_phone_shared_after_the_lead_closed_still_belongs_to_it(play: Play) -> None:
    await asking(play, PHONE, NAME)
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.heard(ANNA, "Your phone?")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "rejected")
    await play.quiet()
    play.telegram.press_key(ANNA, "Send my number", phone="+34600111222")
    await play.heard(ANNA, "passed it on")
    await play.card(1, "600 11 12 22")
    await play.quiet()
    assert play.telegram.reply_keyboard(ANNA) is None
    assert len(await play.rows(leads)) == 1
    assert len(play.private(ANNA)) == 2, "nothing more is asked"


async def test_the_key_goes_with_the_next_words_after_the_end(play: Play) -> None:
    await asking(play, PHONE)
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.heard(ANNA, "Your phone?")
    await play.quiet()
    play.move(24 * 3600)
    await says(play, "Is anybody there?")
    await play.shown("Is anybody there?")
    await play.quiet()
    assert play.telegram.reply_keyboard(ANNA) is None
    assert len(await play.rows(leads)) == 1
