"""The sandbox's page in a real browser: people click and type, a bot behind it answers."""

from __future__ import annotations

import sys
from typing import Any

from playwright.async_api import Page, expect

from bot.sandbox.stage import Stage
from tests.browser.hands import phone, say
from tests.sandbox.stage_client import TelegramBot, open_page

TEAM = -1001000000001
CARD = {
    "inline_keyboard": [
        [
            {"text": "Take", "callback_data": "t1", "style": "primary"},
            {"text": "Reject", "callback_data": "r1", "style": "danger"},
        ]
    ]
}


async def test_anna_starts_writes_and_is_answered(page: Page, bot: TelegramBot) -> None:
    anna = phone(page, "telegram")
    await anna.get_by_role("button", name="Start").click()
    await say(anna, "Do you deliver?")
    await expect(anna.locator(".mine .text").last).to_have_text("Do you deliver?")
    await expect(anna.get_by_role("textbox")).to_have_value("")
    await bot.call("sendMessage", chat_id=101, text="We do!")
    await expect(anna.locator(".message.bot .text")).to_have_text("We do!")


async def test_markup_in_a_message_stays_text(page: Page, bot: TelegramBot) -> None:
    hostile = '<img src=x onerror="document.title=1"><b>bold</b>'
    await say(phone(page, "team"), hostile)
    shown = phone(page, "team").locator(".mine .text")
    await expect(shown).to_have_text(hostile)
    await expect(shown.locator("img, b")).to_have_count(0)


async def test_boris_presses_take_and_reads_the_answer(page: Page, bot: TelegramBot) -> None:
    await bot.call("sendMessage", chat_id=TEAM, text="#1 Anna", reply_markup=CARD)
    team = phone(page, "team")
    await team.get_by_role("button", name="Take").click()
    query = await pressed(bot)
    assert query["from"]["first_name"] == "Boris"
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="It is yours")
    await expect(team.get_by_role("status")).to_contain_text("It is yours")


async def test_what_a_press_opens_is_seen_above_a_later_card(page: Page, bot: TelegramBot) -> None:
    team = phone(page, "team")
    first = await bot.call("sendMessage", chat_id=TEAM, text="#1 Anna", reply_markup=CARD)
    await bot.call("sendMessage", chat_id=TEAM, text="#2 Pablo\n" + "words\n" * 10)
    await expect(team.locator(".message")).to_have_count(2)
    await team.get_by_role("button", name="Reject").first.click()
    await pressed(bot)
    rows = [[{"text": f"Reason {n}", "callback_data": f"r{n}"}] for n in range(8)]
    where = {"chat_id": TEAM, "message_id": first["message_id"]}
    await bot.call("editMessageReplyMarkup", **where, reply_markup={"inline_keyboard": rows})
    for number in (0, 7):
        reason = team.get_by_role("button", name=f"Reason {number}")
        await expect(reason).to_be_in_viewport(ratio=1)


async def test_an_alert_waits_until_it_is_confirmed(page: Page, bot: TelegramBot) -> None:
    await bot.call("sendMessage", chat_id=TEAM, text="#1 Anna", reply_markup=CARD)
    team = phone(page, "team")
    await team.get_by_role("radio", name="Dasha").check()
    await team.get_by_role("button", name="Reject").click()
    query = await pressed(bot)
    assert query["from"]["first_name"] == "Dasha"
    answer = {"text": "Boris has it", "show_alert": True}
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], **answer)
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Boris has it")
    await dialog.get_by_role("button", name="OK").click()
    await expect(dialog).to_be_hidden()


async def test_a_reply_is_begun_by_a_click_and_by_keys(page: Page, bot: TelegramBot) -> None:
    await bot.call("sendMessage", chat_id=TEAM, text="#1 Anna")
    team = phone(page, "team")
    await team.locator(".bubble").click()
    await expect(team.locator(".about")).to_contain_text("#1 Anna")
    await team.get_by_role("button", name="Cancel").click()
    await expect(team.locator(".about")).to_be_hidden()
    await team.get_by_role("button", name="Click to reply").click()
    await expect(team.locator(".about")).to_contain_text("#1 Anna")
    await team.get_by_role("button", name="Cancel").click()
    await team.get_by_role("list", name="Messages").focus()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.keyboard.type("We deliver")
    await page.keyboard.press("Enter")
    await expect(team.locator(".mine .quoted")).to_contain_text("#1 Anna")


async def test_a_sample_photo_is_sent_and_shown(page: Page) -> None:
    vk = phone(page, "vk")
    await vk.get_by_role("button", name="Attach").click()
    await vk.get_by_role("menuitem", name="Photo", exact=True).click()
    picture = vk.locator(".picture img")
    await expect(picture).to_have_count(1)
    await expect(picture).to_have_js_property("naturalWidth", 960)


async def test_the_list_keeps_its_place_while_somebody_reads_above(
    page: Page, bot: TelegramBot
) -> None:
    team = phone(page, "team")
    for number in range(18):
        await say(team, f"line {number}\n\n\n")
        await expect(team.locator(".mine")).to_have_count(number + 1)
    messages = team.locator(".messages")
    await messages.evaluate("list => { list.scrollTop = 0; }")
    await expect(team.get_by_role("button", name="To the newest")).to_be_visible()
    await bot.call("sendMessage", chat_id=TEAM, text="news")
    await expect(team.locator(".message.bot")).to_have_count(1)
    assert await messages.evaluate("list => list.scrollTop") == 0
    await team.get_by_role("button", name="To the newest").click()
    await expect(team.locator(".message.bot")).to_be_in_viewport()


async def test_the_words_change_with_the_language(page: Page) -> None:
    for language, title in (("es", "Chat del equipo"), ("ru", "Чат команды")):
        await page.locator("select.language").select_option(language)
        await expect(phone(page, "team").get_by_role("heading")).to_have_text(title)
        assert await page.evaluate("document.documentElement.lang") == language


async def test_on_a_narrow_screen_phones_are_tabs(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 780})
    await expect(phone(page, "telegram")).to_be_in_viewport()
    await expect(phone(page, "team")).not_to_be_in_viewport()
    await page.get_by_role("button", name="Team", exact=True).click()
    await expect(phone(page, "team").get_by_role("textbox")).to_be_in_viewport(ratio=1)
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width == 390


async def test_a_phone_number_stays_on_one_line(page: Page, bot: TelegramBot) -> None:
    await page.set_viewport_size({"width": 390, "height": 780})
    await page.get_by_role("button", name="Team", exact=True).click()
    shown = phone(page, "team").locator(".number")
    text = "\n".join(f"{'a ' * much}+34 600 00 01 01" for much in range(40))
    await bot.call("sendMessage", chat_id=TEAM, text=text)
    await expect(shown).to_have_count(40)
    lines = await shown.evaluate_all("all => all.map(one => one.getClientRects().length)")
    assert set(lines) == {1}


async def test_the_page_says_that_the_product_is_starting(page: Page, stage: Stage) -> None:
    await stage.run([sys.executable, "-c", "import signal; signal.pause()"], {})
    await expect(page.locator(".state")).to_have_text("Bot starting")
    await expect(page.get_by_role("button", name="Kill")).to_be_enabled()
    await say(phone(page, "vk"), "Hello?")
    told = phone(page, "vk").get_by_role("status")
    await expect(told).to_contain_text("The bot has not started yet")
    await expect(phone(page, "vk").get_by_role("textbox")).to_have_value("Hello?")


async def test_the_clock_is_moved_from_the_bar(page: Page, stage: Stage) -> None:
    await page.get_by_role("button", name="+1 h").click()
    async with open_page(stage) as watcher:
        await watcher.until(lambda: watcher.head["ahead"] == 3600)


async def pressed(bot: TelegramBot) -> dict[str, Any]:
    """The press that the page sent, once it has arrived."""
    (update,) = await bot.updates()
    return dict(update["callback_query"])


async def test_the_phones_captions_are_whole_in_a_wide_font(page: Page) -> None:
    cut = await page.locator(".caption h2").evaluate_all(
        """all => all.filter(one => {
          one.style.letterSpacing = "2px";
          return one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight;
        }).map(one => one.textContent)"""
    )
    assert cut == []
