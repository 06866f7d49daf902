"""Whatever the first message is, it becomes one lead, with the thing itself under the card."""

from __future__ import annotations

from bot.sandbox.vk.attachments import Document
from storage.schema import leads
from tests.cast import ANNA, TEAM
from tests.plays.contents import TELEGRAM, VK
from tests.plays.play import Play
from tests.plays.test_contents import new_on_telegram, seen_on_telegram


async def test_each_kind_is_a_telegram_customers_first_message(play: Play) -> None:
    await play.start()
    for number, row in enumerate(TELEGRAM, start=1):
        customer = play.telegram.add_user(600 + number, "Pablo")
        before = max(one.id for one in play.telegram.shown(TEAM)) if number > 1 else 0
        play.telegram.write(customer, customer, **row.sent)
        card = await play.card(number)
        await play.quiet()
        arrived = [one for one in new_on_telegram(play, TEAM, before) if one.reply_to == card.id]
        alone = row.sent == {"text": "Look"}  # the card shows it whole
        expected = type(row.team)() if alone else row.team
        assert (row.name, seen_on_telegram(arrived, "Pablo:")) == (row.name, expected)
    assert len(await play.rows(leads)) == len(TELEGRAM)


async def test_each_kind_is_a_vk_customers_first_message(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    for number, row in enumerate(VK, start=1):
        customer = play.vk.add_user(600 + number, "Pablo", "")
        play.vk.write(customer, row.text, attachments=row.attachments)
        await play.card(number)
    await play.quiet()
    assert len(await play.rows(leads)) == len(VK)


async def test_a_customer_whose_file_is_too_large_is_asked_for_a_smaller_one(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "The plan", attachments=[Document(bytes(51 * 2**20), "plan.pdf")])
    told = await play.shown("[File] plan.pdf, 51 MB")
    assert told.text.startswith("Anna:\nThe plan\nToo large to be shown here")
    answer = await play.until(lambda: [m for m in play.vk.dialog(ANNA) if m.author < 0])
    assert answer[-1].text == (
        "«plan.pdf» — слишком большой файл, до нас он не дошёл. "
        "Пришлите, пожалуйста, ссылку на него или файл поменьше."
    )
