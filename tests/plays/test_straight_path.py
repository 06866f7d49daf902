"""From a customer's message to a card that managers act on, on both messengers."""

from __future__ import annotations

from tests.cast import ANNA, BORIS, DASHA, TEAM
from tests.plays.play import Play


async def test_telegram_customer_gets_an_answer_through_the_card(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    card = await play.card(1, "How much is a window?")
    assert card.labels == ["Take", "Assign", "Convert", "Reject", "⋯ More"]
    assert await play.press(BORIS, 1, "Take") == "#1 is yours"
    await play.card(1, "With Boris")
    play.telegram.write(BORIS, TEAM, "From 100 euros", reply_to=card.id)
    await play.until(lambda: play.private(ANNA, "From 100 euros"))
    play.telegram.write(ANNA, ANNA, "I take two")
    shown = (await play.until(lambda: play.team("I take two")))[0]
    assert shown.reply_to == card.id


async def test_vk_customer_gets_an_answer_through_the_card(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Do you deliver?")
    card = await play.card(1, "Do you deliver?")
    assert "Anna" in card.text
    assert "VK" in card.text
    play.telegram.write(DASHA, TEAM, "Yes, to your door", reply_to=card.id)
    await play.until(lambda: [m for m in play.vk.dialog(ANNA) if m.text == "Yes, to your door"])
    await play.card(1, "With Dasha")
    play.vk.write(ANNA, "Great!")
    shown = (await play.until(lambda: play.team("Great!")))[0]
    assert shown.reply_to == card.id
