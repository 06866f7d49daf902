"""Consent: asked before anything is asked for, kept with version and time, never in the way."""

from __future__ import annotations

from typing import Any

from bot.sandbox.telegram.chats import Message
from storage.schema import answers, consents
from tests.cast import ANNA, BORIS, PABLO, TEAM
from tests.plays.play import Play

URL = "https://shop.example/privacy"
QUESTIONS = [{"ask": "What is your name?"}]


async def asking(play: Play, version: str = "1", **policy: Any) -> None:
    """The product asks for consent, then one question."""
    play.telegram.add_user(ANNA, "Anna", language="en")
    found = {"questions": QUESTIONS, "consent": {"url": URL, "version": version}, **policy}
    await play.start(channels={"telegram": found, "vk": found})


async def presses(play: Play, message: Message, label: str) -> str:
    await play.quiet()
    query = play.telegram.press(ANNA, ANNA, message.id, label=label)
    return str((await play.until(lambda: play.telegram.answers.get(query))).text)


async def close(play: Play, number: int) -> None:
    await play.press(BORIS, number, "Reject")
    await play.press(BORIS, number, "Spam")
    await play.card(number, "rejected")


async def test_the_policy_is_shown_and_agreed_to_before_the_first_question(play: Play) -> None:
    await asking(play)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    asked = await play.heard(ANNA, "consent")
    assert asked.labels == ["I agree", "Not now"]
    assert [entity.get("url") for entity in asked.entities] == [URL]
    await play.quiet()
    assert not play.private(ANNA, "your name")
    await presses(play, asked, "I agree")
    await play.heard(ANNA, "What is your name?")
    await play.quiet()
    (given,) = await play.rows(consents)
    assert (given.version, given.url, given.agreed) == ("1", URL, True)
    assert abs(given.at.timestamp() - play.now()) < 60
    settled = play.telegram.message(ANNA, asked.id)
    assert settled.labels == []
    assert settled.text.endswith("✓ I agree")
    play.telegram.write(BORIS, TEAM, "/lead 1")
    await play.shown("the customer agreed to data processing")


async def test_who_declines_is_asked_nothing_and_heard_all_the_same(play: Play) -> None:
    await asking(play)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    asked = await play.heard(ANNA, "consent")
    await presses(play, asked, "Not now")
    await play.quiet()
    (given,) = await play.rows(consents)
    assert not given.agreed
    play.telegram.write(ANNA, ANNA, "And two?")
    await play.shown("And two?")
    await close(play, 1)
    play.telegram.write(ANNA, ANNA, "And a door?")
    await play.card(2, "And a door?")
    await play.quiet()
    assert len(play.private(ANNA)) == 1


async def test_who_ignores_it_may_write_and_still_agree_later(play: Play) -> None:
    await asking(play)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    asked = await play.heard(ANNA, "consent")
    await play.quiet()
    play.telegram.write(ANNA, ANNA, "And two?")
    await play.shown("And two?")
    await presses(play, asked, "I agree")
    await play.heard(ANNA, "What is your name?")
    await play.quiet()
    play.telegram.write(ANNA, ANNA, "Anna")
    await play.heard(ANNA, "passed it on")
    await play.quiet()
    assert [row.answer for row in await play.rows(answers)] == ["Anna"]


async def test_who_agrees_after_a_manager_wrote_is_kept_and_not_questioned(play: Play) -> None:
    await asking(play)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    asked = await play.heard(ANNA, "consent")
    await play.reply(BORIS, 1, "From 100 euros")
    await play.heard(ANNA, "From 100 euros")
    await presses(play, asked, "I agree")
    await play.quiet()
    assert [row.agreed for row in await play.rows(consents)] == [True]
    assert not play.private(ANNA, "your name")


async def test_a_new_version_is_asked_for_anew_and_old_buttons_say_so(play: Play) -> None:
    await asking(play)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    first = await play.heard(ANNA, "consent")
    data = first.buttons[0]["callback_data"]
    await presses(play, first, "I agree")
    name = await play.heard(ANNA, "What is your name?")
    await presses(play, name, "Skip")
    await play.card(1)
    await close(play, 1)
    play.telegram.write(ANNA, ANNA, "And a door?")
    await play.until(lambda: len(play.private(ANNA, "your name")) == 2)
    assert len(play.private(ANNA, "consent")) == 1, "the same version is not asked for twice"
    await close(play, 2)
    await play.stop()
    await asking(play, "2")
    play.telegram.write(ANNA, ANNA, "And a roof?")
    await play.until(lambda: len(play.private(ANNA, "consent")) == 2)
    told = await play.forge(ANNA, data, chat=ANNA, message=first.id)
    assert told.text == "No longer needed, thanks"
    await presses(play, play.private(ANNA, "consent")[-1], "I agree")
    await play.until(lambda: len(play.private(ANNA, "your name")) == 3)
    await play.quiet()
    assert [row.version for row in await play.rows(consents)] == ["1", "2"]


async def test_agreeing_twice_is_kept_once(play: Play) -> None:
    await asking(play)
    play.telegram.write(ANNA, ANNA, "Hello")
    asked = await play.heard(ANNA, "consent")
    await play.quiet()
    data = asked.buttons[0]["callback_data"]
    for _ in range(2):
        await play.forge(ANNA, data, chat=ANNA, message=asked.id)
    await play.quiet()
    assert len(await play.rows(consents)) == 1
    assert len(play.private(ANNA, "your name")) == 1


async def test_without_questions_there_is_nothing_to_agree_to(play: Play) -> None:
    await asking(play, questions=[], greeting="Welcome")
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.heard(ANNA, "Welcome")
    await play.card(1)
    await play.quiet()
    assert len(play.private(ANNA)) == 1


async def test_vk_shows_the_policys_address_in_the_text(play: Play) -> None:
    await asking(play)
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, "Hola, quiero una ventana")
    asked = (await play.until(lambda: [m for m in play.vk.dialog(PABLO) if URL in m.text]))[0]
    labels = [one["action"]["label"] for row in asked.keyboard["buttons"] for one in row]
    assert len(labels) == 2
    await play.quiet()
    play.vk.press(PABLO, PABLO, asked.conversation_message_id, label=labels[0])
    await play.until(lambda: [m for m in play.vk.dialog(PABLO) if "your name" in m.text])
