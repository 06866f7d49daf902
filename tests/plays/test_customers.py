"""What customers write: leads, repeats, sources, greetings, edits, blocks."""

from __future__ import annotations

from storage.schema import leads, messages
from tests.cast import ANNA, BORIS, PABLO, TEAM, VERA
from tests.plays.play import Play

AWKWARD = 'Jo <b>&" Ñ'


async def reject(play: Play, number: int) -> None:
    """Boris closes a lead."""
    await play.press(BORIS, number, "Reject")
    await play.press(BORIS, number, "Spam")
    await play.card(number, "rejected")


async def test_start_alone_is_no_lead_but_its_payload_is_the_source(play: Play) -> None:
    await play.start()
    play.telegram.press_start(ANNA, "spring_sale")
    await play.quiet()
    assert not play.team()
    play.telegram.write(ANNA, ANNA, "Hello")
    assert "Telegram · spring_sale · " in (await play.card(1)).text


async def test_vk_ref_is_the_source(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, "Hello", ref="promo", ref_source="market")
    assert "VK · promo (market) · " in (await play.card(1)).text


async def test_a_channel_that_is_no_source_never_reaches_sales(play: Play) -> None:
    await play.start(channels={"vk": {"lead_source": False}})
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, "I only like your pictures")
    await play.until(lambda: play.vk.events)
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1, "Anna")
    while len(await play.rows(messages)) < 2:
        await play.quiet()
    assert [message.lead for message in await play.rows(messages)].count(None) == 1
    assert not play.team("pictures")


async def test_a_greeting_is_said_once(play: Play) -> None:
    await play.start(channels={"telegram": {"greeting": "Welcome! <3"}})
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.heard(ANNA, "Welcome! <3")
    play.telegram.write(ANNA, ANNA, "Anybody?")
    await play.shown("Anybody?")
    await play.quiet()
    assert len(play.private(ANNA, "Welcome")) == 1
    play.telegram.press_start(PABLO)
    play.telegram.write(PABLO, PABLO, "A door, please")
    await play.card(2)
    await play.quiet()
    assert len(play.private(PABLO, "Welcome")) == 1


async def test_a_new_request_after_closing_is_a_repeat_lead(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await reject(play, 1)
    play.telegram.write(ANNA, ANNA, "Thanks, and a door?")
    card = await play.card(2, "repeat of #1")
    assert "Thanks, and a door?" in card.text


async def test_thanks_after_closing_join_the_closed_lead(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await reject(play, 1)
    play.telegram.write(ANNA, ANNA, "Спасибо!")
    thanks = await play.shown("Спасибо!")
    card = await play.card(1)
    assert thanks.reply_to == card.id
    assert card.labels[0] == "Reopen"
    play.move(25 * 3600)
    play.telegram.write(ANNA, ANNA, "Спасибо!")
    await play.card(2, "Спасибо!")


async def test_a_further_message_calls_the_manager(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    play.telegram.write(ANNA, ANNA, "And two?")
    shown = await play.shown("And two?")
    assert shown.text == "Anna:\nAnd two?\n→ Boris"
    assert shown.reply_to == (await play.card(1)).id
    assert "text_" in shown.entities[-1]["type"]


async def test_an_edit_is_shown_beside_the_original(play: Play) -> None:
    await play.start()
    message = play.telegram.write(ANNA, ANNA, "Two windows")
    await play.card(1)
    play.telegram.edit(ANNA, ANNA, message, "Three windows")
    shown = await play.shown("Three windows")
    assert shown.text == "Anna edited a message\nTwo windows\nThree windows"
    assert [e["type"] for e in shown.entities] == ["italic", "strikethrough"]
    play.telegram.write(VERA, TEAM, "/lead 1")
    await play.shown("the customer edited a message")


async def test_a_vk_edit_is_shown_too(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    message = play.vk.write(ANNA, "Two windows")
    await play.card(1)
    play.vk.edit(ANNA, message, "Three windows")
    await play.shown("Three windows")


async def test_a_shared_contact_is_on_the_card(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, contact="+34600111222")
    await play.card(1, "+34 600 11 12 22")
    play.telegram.write(PABLO, PABLO, "Call me")
    await play.card(2, "Call me")
    play.telegram.write(PABLO, PABLO, contact="+34600333444")
    lines = (await play.card(2, "+34 600 33 34 44")).text.splitlines()
    assert lines[2] == "+34 600 33 34 44"


async def test_awkward_names_and_long_texts_arrive_unharmed_on_both_sides(play: Play) -> None:
    play.telegram.add_user(555, AWKWARD, username="jo")
    await play.start()
    text = "".join(f'{number} <i>&amp; \\ " [x](y) 🙂 ' for number in range(230))
    text = text[:3900].strip()
    play.telegram.started(555)
    play.telegram.write(555, 555, text)
    card = await play.card(1)
    assert AWKWARD in card.text.splitlines()[0]
    assert "@jo" in card.text
    shown = await play.until(lambda: [m for m in play.team() if m.reply_to == card.id])
    assert text in "".join(m.text for m in shown)
    long = "".join(f"{number} <u>&quot; * _ ` " for number in range(300))
    long = long[:4090].strip()
    play.telegram.write(BORIS, TEAM, long, reply_to=card.id)
    heard = await play.until(lambda: play.private(555))
    assert "".join(m.text for m in heard) == long


async def test_five_thousand_characters_go_over_from_vk_and_back(play: Play) -> None:
    play.vk.add_user(556, "Jo <b>", '&"')
    await play.start()
    await play.until(lambda: play.vk.polling)
    text = " ".join(f"window <{number}> & more" for number in range(240))[:5000]
    play.vk.write(556, text)
    card = await play.card(1)
    assert 'Jo <b> &"' in card.text.splitlines()[0]
    await play.quiet()
    parts = [m.text for m in play.team() if m.reply_to == card.id]
    assert len(parts) == 2
    assert text in " ".join(parts)
    play.telegram.write(BORIS, TEAM, text[:4000], reply_to=card.id)
    await play.until(lambda: [m for m in play.vk.dialog(556) if m.author < 0])
    await play.quiet()
    assert " ".join(m.text for m in play.vk.dialog(556) if m.author < 0) == text[:4000]


async def test_a_long_name_leaves_a_short_first_line(play: Play) -> None:
    play.telegram.add_user(557, "Maximiliana Wilhelmina", "von und zu Hohenschönhausen")
    await play.start(team={"language": "ru"})
    play.telegram.started(557)
    play.telegram.write(557, 557, "\n".join("word " * 20 for _ in range(9)))
    card = await play.card(1)
    assert len(card.text.splitlines()[0]) <= 40
    await play.press(BORIS, 1, "Конвертировать")
    await play.press(BORIS, 1, "Контакт")
    card = await play.card(1, "конвертирован")
    assert len(card.text.splitlines()[0]) <= 40
    assert len(card.text.splitlines()) <= 7


async def test_a_customer_who_blocked_the_bot_is_shown_and_told_of(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.press(BORIS, 1, "Take")
    play.telegram.block(ANNA)
    await play.card(1, "The customer blocked the bot")
    answer = await play.reply(BORIS, 1, "From 100 euros")
    told = await play.shown("Not delivered: the customer blocked the bot")
    assert told.reply_to == answer
    await play.quiet()
    assert not [c for c in play.telegram.calls if c.chat_id == ANNA]
    play.telegram.unblock(ANNA)
    await play.until(lambda: "blocked" not in play.telegram.message(TEAM, 1).text)
    play.telegram.write(BORIS, TEAM, "From 100 euros", reply_to=told.id)
    await play.heard(ANNA, "From 100 euros")


async def test_a_block_that_only_the_sending_reveals_is_told_of(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.press(BORIS, 1, "Take")
    play.telegram.block(ANNA)
    play.telegram.world.updates._queue.clear()  # the event never came
    await play.reply(BORIS, 1, "From 100 euros")
    await play.shown("Not delivered: the customer blocked the bot")
    await play.card(1, "The customer blocked the bot")
    play.telegram.press_start(ANNA)
    await play.until(lambda: "blocked" not in play.telegram.message(TEAM, 1).text)


async def test_a_vk_customer_who_forbade_messages_may_allow_them_by_writing(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Hello")
    await play.card(1)
    play.vk.deny(ANNA)
    await play.card(1, "The customer does not allow messages")
    await play.reply(BORIS, 1, "From 100 euros")
    await play.shown("Not delivered: the customer does not allow messages")
    play.vk.write(ANNA, "Still there?")
    await play.shown("Still there?")
    await play.until(lambda: "allow" not in play.telegram.message(TEAM, 1).text)
    await play.reply(BORIS, 1, "Yes!")
    await play.until(lambda: [m for m in play.vk.dialog(ANNA) if m.text == "Yes!"])


async def test_what_an_admin_answers_in_vk_itself_counts_and_is_kept(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Hello")
    await play.card(1)
    play.vk.admin_replies(VERA, ANNA, "Good day, how can we help?")
    shown = await play.shown("Good day")
    assert shown.text == "Answered in the community (VK)\nGood day, how can we help?"
    await play.quiet()
    (lead,) = await play.rows(leads)
    assert lead.answered_at is not None
    play.telegram.write(BORIS, TEAM, "/lead 1")
    history = await play.shown("came in")
    assert "→ Answered in the community (VK): Good day" in history.text
