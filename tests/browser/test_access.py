"""Nobody is kept out: axe finds nothing serious, and nothing is wider than a phone."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.async_api import Page, expect

from config.texts import LANGUAGES
from tests.browser.hands import phone, say
from tests.sandbox.stage_client import Json, TelegramBot

axe = pytest.importorskip("axe_playwright_python.async_playwright")

TEAM = -1001000000001
ANNA, VERA = 101, 301
GRAVE = ("serious", "critical")
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
ASK = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
LOOKS = ("primary", "success", "danger", "")


async def set_the_scene(page: Page, bot: TelegramBot) -> None:
    """Something of everything: a card with every look, a quote, a reply, a photo, topics."""
    team, telegram = phone(page, "team"), phone(page, "telegram")
    keys = [{"text": f"Key {n}", "callback_data": f"k{n}"} for n in range(len(LOOKS))]
    row = [key | ({"style": look} if look else {}) for key, look in zip(keys, LOOKS, strict=True)]
    long = "<blockquote expandable>" + "\n".join("words" for _ in range(8)) + "</blockquote>"
    text = f"<b>#1 Anna</b> · new\n+34 600 000 101\n{long}"
    markup = {"inline_keyboard": [row]}
    await bot.call("sendMessage", chat_id=TEAM, text=text, parse_mode="HTML", reply_markup=markup)
    await say(team, "Who takes it?")
    await telegram.get_by_role("button", name="Start").click()
    await say(telegram, "Do you deliver?")
    await telegram.get_by_role("button", name="Attach").click()
    await telegram.get_by_role("menuitem", name="Photo", exact=True).click()
    await say(phone(page, "vk"), "And on VK?")
    await expect(telegram.locator(".picture")).to_have_count(1)
    await team.locator(".bot .bubble").click(position={"x": 20, "y": 8})
    await page.get_by_role("button", name="Show how it works").click()


async def grave(
    page: Page, schemes: tuple[Scheme, ...] = SCHEMES, within: str | None = None
) -> list[dict[str, Any]]:
    """What axe finds that keeps people out, by day and by night, with the places."""
    found = []
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme)
        told = await axe.Axe().run(page, context=within)
        found += [
            {"rule": one["id"], "at": [node["html"][:160] for node in one["nodes"]]}
            for one in told.response["violations"]
            if one["impact"] in GRAVE
        ]
    return found


@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_nothing_grave_on_the_page(
    page: Page, bot: TelegramBot, width: int
) -> None:
    await set_the_scene(page, bot)
    await page.set_viewport_size({"width": width, "height": 800})
    assert await grave(page) == []


async def test_axe_finds_nothing_grave_at_any_step_of_the_tour(guided: Page) -> None:
    skip = guided.get_by_role("button", name="Skip")
    for step in range(1, 8):
        await expect(guided.get_by_role("img", name=f"Step {step} / 7")).to_be_visible()
        assert await grave(guided, (SCHEMES[step % 2],), "#tour") == []
        await skip.click()
    await expect(guided.locator("#tour")).to_contain_text("That's all.")
    assert await grave(guided) == []


@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_nothing_grave_in_menus_and_dialogs(
    page: Page, bot: TelegramBot, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    telegram = phone(page, "telegram")
    await telegram.get_by_role("button", name="Start").click()
    await say(telegram, "Do you deliver?")
    await bot.call("sendMessage", chat_id=101, text="We do", reply_markup=ASK)
    await telegram.get_by_text("We do").click()
    await expect(telegram.locator(".about .tools")).to_be_visible()
    await telegram.get_by_role("button", name="Attach").click()
    assert await grave(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Trouble").click()
    assert await grave(page) == []
    await page.keyboard.press("Escape")
    await telegram.get_by_role("button", name="Yes").click()
    query = await pressed(bot)
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="No", show_alert=True)
    await expect(page.get_by_role("dialog")).to_contain_text("No")
    assert await grave(page) == []


async def test_axe_finds_nothing_grave_among_topics_contents_and_the_blocked(
    page: Page, bot: TelegramBot
) -> None:
    team, vk = phone(page, "team"), phone(page, "vk")
    await team.get_by_role("switch", name="Topics").click()
    await expect(team.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    made = await bot.call("createForumTopic", chat_id=TEAM, name="#1 Anna")
    where = {"chat_id": TEAM, "message_thread_id": made["message_thread_id"]}
    await bot.call("closeForumTopic", **where)
    await team.get_by_role("button", name="#1 Anna (closed)").click()
    for kind in ("Album", "Video", "Voice message", "Document", "Sticker", "My location"):
        await vk.get_by_role("button", name="Attach").click()
        await vk.get_by_role("menuitem", name=kind).click()
    await expect(vk.locator(".message")).to_have_count(6)
    await phone(page, "telegram").get_by_role("button", name="Block").click()
    assert await grave(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_is_wider_than_a_phone(page: Page, bot: TelegramBot, language: str) -> None:
    await set_the_scene(page, bot)
    await page.locator("select.language").select_option(language)
    await expect(page.locator("#tour")).to_be_visible()
    for width in (390, 360):
        await page.set_viewport_size({"width": width, "height": 780})
        wide = await page.evaluate(
            "[...document.querySelectorAll('body > *')].filter(one => one.scrollWidth > innerWidth"
            " && one.id !== 'phones').map(one => one.id)"
        )
        assert wide == []
        assert await page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_waits_on_every_tab_is_seen_on_a_phone(
    page: Page, bot: TelegramBot, language: str
) -> None:
    await phone(page, "telegram").get_by_role("button", name="Start").click()
    await phone(page, "telegram").get_by_role("textbox").wait_for()
    await page.locator("select.language").select_option(language)
    await page.set_viewport_size({"width": 390, "height": 780})
    await page.locator("#tabs button").nth(1).click()
    await expect(phone(page, "vk")).to_be_in_viewport(ratio=1)
    for chat in (ANNA, TEAM, VERA):
        await bot.call("sendMessage", chat_id=chat, text="news")
    dots = page.locator("#tabs .waiting i")
    await expect(dots).to_have_count(3)
    for width in (390, 360):
        await page.set_viewport_size({"width": width, "height": 780})
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        for dot in await dots.all():
            await expect(dot).to_be_in_viewport(ratio=1)


async def test_a_toast_and_a_new_message_are_told_aloud(page: Page, bot: TelegramBot) -> None:
    await bot.call("sendMessage", chat_id=TEAM, text="#1 Anna")
    await expect(page.locator("#announcer")).to_contain_text("#1 Anna")
    await expect(page.locator("#announcer")).to_have_attribute("aria-live", "polite")
    await expect(phone(page, "team").locator(".toast")).to_have_role("status")


async def test_who_speaks_and_what_waits_is_told_to_those_who_do_not_see(
    page: Page, bot: TelegramBot
) -> None:
    telegram, team = phone(page, "telegram"), phone(page, "team")
    await telegram.get_by_role("button", name="Start").click()
    await say(telegram, "Do you deliver?")
    message = telegram.get_by_role("listitem").filter(has_text="Do you deliver?")
    await expect(message).to_contain_text("Anna: Do you deliver?")
    await team.get_by_role("switch", name="Topics").click()
    await expect(team.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    made = await bot.call("createForumTopic", chat_id=TEAM, name="#1 Anna")
    thread = made["message_thread_id"]
    await bot.call("sendMessage", chat_id=TEAM, message_thread_id=thread, text="The card")
    await expect(team.get_by_role("button", name="#1 Anna (something new)")).to_be_visible()


async def test_the_tours_words_stay_in_one_live_region(guided: Page) -> None:
    status = guided.get_by_role("region", name="Tour").get_by_role("status")
    await status.evaluate("one => { one.kept = true; }")
    await guided.get_by_role("button", name="Skip").click()
    await expect(status).to_contain_text("A card for the team.")
    assert await status.evaluate("one => one.kept") is True


async def pressed(bot: TelegramBot) -> Json:
    """The press that the bot hears of, once it does."""
    while True:
        for one in await bot.updates():
            if "callback_query" in one:
                return dict(one["callback_query"])
            await bot.call("getUpdates", offset=one["update_id"] + 1)
