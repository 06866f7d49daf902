"""Canned answers: stored by those who may, sent by all with the customer's name in them."""

from __future__ import annotations

from handlers.templates import filled
from storage.schema import leads, messages, templates
from tests.cast import ANNA, BORIS, DASHA, TEAM, VERA
from tests.plays.play import Play
from tests.plays.test_commands import ask

PRICE = "Hello, {name}! From 100 euros.\nDelivery is free."


async def stored(play: Play) -> None:
    """Anna's lead is free, and Vera has stored an answer."""
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    await ask(play, VERA, f"/t+ Price {PRICE}", "Stored: /t price")


async def test_a_canned_answer_goes_to_the_customer_as_a_reply_does(play: Play) -> None:
    await stored(play)
    asked = await play.reply(BORIS, 1, "/t PRICE")
    heard = await play.heard(ANNA, "Hello")
    assert heard.text == "Hello, Anna! From 100 euros.\nDelivery is free."
    await play.until(lambda: play.telegram.message(TEAM, asked).reactions)
    assert play.telegram.message(TEAM, asked).reactions[play.telegram.bot_id] == ("👍",)
    assert "With Boris" in (await play.card(1, "With")).text
    (lead,) = await play.rows(leads)
    assert lead.answered_at is not None
    story = await ask(play, DASHA, "/lead 1", "came in")
    assert "→ Boris: Hello, Anna! From 100 euros." in story
    await play.quiet()
    assert len(play.private(ANNA)) == 1


async def test_a_canned_answer_that_another_bot_is_asked_for_is_not_ours(play: Play) -> None:
    await stored(play)
    await play.reply(BORIS, 1, "/t@other_bot price")
    await play.reply(BORIS, 1, "/T@Dialead_Bot price")
    await play.heard(ANNA, "Hello")
    await play.quiet()
    assert len(play.private(ANNA)) == 1


async def test_a_prompt_is_not_answered_by_a_canned_answer(play: Play) -> None:
    await stored(play)
    await play.press(BORIS, 1, "Take")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "In my own words")
    prompt = await play.shown("Why is #1 rejected?")
    play.telegram.write(BORIS, TEAM, "/t price", reply_to=prompt.id)
    await play.heard(ANNA, "Hello, Anna!")
    assert "With Boris" in (await play.card(1)).text


async def test_the_list_and_the_nearest_names(play: Play) -> None:
    await play.start()
    await ask(play, BORIS, "/t", "No canned answers yet")
    await ask(play, VERA, f"/t+ price {PRICE}", "Stored: /t price")
    await ask(play, VERA, "/t+ hours We are there\nfrom 9 to 18", "Stored: /t hours")
    lines = (await ask(play, BORIS, "/t", "2 canned answers")).splitlines()
    assert lines[1:] == [
        "/t hours We are there from 9 to 18",
        "/t price Hello, {name}! From 100 euros. Delivery is free.",
    ]
    await ask(play, BORIS, "/t prise", "Perhaps: /t price")
    await ask(play, BORIS, "/t ho", "Perhaps: /t hours")
    await ask(play, BORIS, "/t zzzzz", "There is no such answer. /t lists")
    assert PRICE in await ask(play, BORIS, "/t price", "reply with this command")


async def test_a_message_that_is_replied_to_is_stored(play: Play) -> None:
    await stored(play)
    reply = await play.reply(BORIS, 1, "Good words of Boris")
    await play.heard(ANNA, "Good words")
    play.telegram.write(VERA, TEAM, "/t+ good", reply_to=reply)
    await play.shown("Stored: /t good")
    await ask(play, VERA, "/t+ good Better words", "Changed: /t good")
    found = {one.name: one.text for one in await play.rows(templates)}
    assert found == {"price": PRICE, "good": "Better words"}
    await ask(play, VERA, "/t+ empty", "Like this")
    await ask(play, VERA, "/t- good", "Removed: good")
    await ask(play, VERA, "/t- pric", "Perhaps: /t price")
    assert [one.name for one in await play.rows(templates)] == ["price"]


async def test_managers_use_them_and_do_not_change_them(play: Play) -> None:
    await stored(play)
    await ask(play, BORIS, "/t+ price mine", "changed by supervisors")
    await ask(play, BORIS, "/t- price", "changed by supervisors")
    assert [one.text for one in await play.rows(templates)] == [PRICE]
    await play.quiet()
    assert not play.private(ANNA)
    assert [one.author for one in await play.rows(messages)] == ["customer"]


def test_a_customer_without_a_name_is_greeted_without_it() -> None:
    assert filled("Hello, {name}! Welcome", "Anna") == "Hello, Anna! Welcome"
    assert filled("Hello, {name}! Welcome", "") == "Hello! Welcome"
    assert filled("{name}, hello", "") == "hello"
    assert filled("For {name}: {braces}", "{name}") == "For {name}: {braces}"
