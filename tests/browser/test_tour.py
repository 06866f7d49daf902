"""The tour from its first step to its last, with the whole product behind the page."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

import main
from bot.demo import settings_for
from bot.sandbox.stage import Stage
from bot.sandbox.words import words
from config.texts import LANGUAGES
from tests.browser.hands import phone, say, tab_to
from tests.sandbox.stage_client import TelegramBot

TEAM = -1001000000001
MAIN = Path(main.__file__)
SLOW = 120_000.0  # milliseconds that a busy machine may need to start the product


async def test_every_step_by_ones_own_hands_and_by_the_button(
    stage: Stage, guided: Page, tmp_path: Path
) -> None:
    """Own hands where they differ from the button, the button elsewhere."""
    await stage.run([sys.executable, str(MAIN), "run"], settings_for(stage, "en", str(tmp_path)))
    await expect(guided.locator(".state")).to_have_text("Bot running", timeout=SLOW)
    await first_message_card_and_answer(guided)
    await from_vk_to_a_deal(guided)
    await a_power_cut(guided)
    await help_me(guided)
    tour = guided.get_by_role("region", name="Tour")
    await expect(tour).to_contain_text("That's all.", timeout=SLOW)
    await expect(phone(guided, "supervisor").locator(".picture img").first).to_be_in_viewport()
    await expect(guided.locator(".tour-here")).to_have_count(0)
    await tour.get_by_role("button", name="Once more").click()
    await expect(tour).to_contain_text("A customer writes.")
    newcomer = phone(guided, "telegram").get_by_role("radio", name="Rosa")
    await expect(newcomer).to_be_checked()


async def first_message_card_and_answer(page: Page) -> None:
    """Steps 1 to 3, by keys alone."""
    tour = page.get_by_role("region", name="Tour")
    telegram, team = phone(page, "telegram"), phone(page, "team")
    await expect(tour).to_contain_text("A customer writes. You are a customer on Telegram. Start")
    await expect(telegram.get_by_role("button", name="Start")).to_contain_class("tour-here")
    keys = page.keyboard
    await tab_to(page, telegram.get_by_role("button", name="Start"))
    await keys.press("Enter")
    await expect(telegram.get_by_role("textbox", name="Message")).to_be_focused()
    await keys.type("Do you deliver?")
    await keys.press("Enter")
    await expect(tour).to_contain_text("A card for the team.")
    take = team.get_by_role("button", name="Take")
    await expect(take).to_contain_class("tour-here", timeout=SLOW)
    await tab_to(page, take)
    await keys.press("Enter")
    await expect(tour).to_contain_text("Click the card", timeout=SLOW)
    await expect(team.locator(".message:has(.tour-here)")).to_be_focused()
    await keys.press("Enter")
    await expect(team.locator("form")).to_contain_class("tour-here")
    await keys.type("We do, everywhere!")
    await keys.press("Enter")
    await expect(tour).to_contain_text("The answer has arrived", timeout=SLOW)
    await expect(telegram.locator(".bot .text").last).to_have_text("We do, everywhere!")


async def from_vk_to_a_deal(page: Page) -> None:
    """Steps 4 and 5, done by the page."""
    tour = page.get_by_role("region", name="Tour")
    await help_me(page)
    await expect(tour).to_contain_text("Convert the lead into a deal", timeout=SLOW)
    await help_me(page)
    deal = phone(page, "team").get_by_role("button", name="Deal")
    await expect(deal).to_contain_class("tour-here", timeout=SLOW)
    await help_me(page)
    await expect(tour).to_contain_text("Kill the bot", timeout=SLOW)


async def a_power_cut(page: Page) -> None:
    """Step 6: what is written while the bot is down arrives afterwards."""
    tour = page.get_by_role("region", name="Tour")
    await expect(page.get_by_role("button", name="Kill")).to_contain_class("tour-here")
    await page.get_by_role("button", name="Kill").click()
    await expect(tour).to_contain_text("The bot is down")
    await say(phone(page, "telegram"), "Still there?")
    await expect(page.locator(".tally")).to_contain_text("2 / 3")
    await expect(tour).to_contain_text("Start the bot again")
    await help_me(page)
    await expect(tour).to_contain_text("Nine in the morning", timeout=SLOW)
    await expect(page.locator(".tally")).to_contain_text("3 / 3")


async def test_a_step_asked_for_twice_is_done_once(guided: Page, bot: TelegramBot) -> None:
    convert = {"text": "Convert", "callback_data": "c", "style": "success"}
    markup = {"inline_keyboard": [[convert]]}
    await bot.call("sendMessage", chat_id=TEAM, text="#1 Anna", reply_markup=markup)
    team = phone(guided, "team")
    for _ in range(2):
        await guided.get_by_role("button", name="Skip").click()
    await expect(team.locator(".bubble.tour-here")).to_be_visible()
    await help_me(guided)
    await expect(team.locator(".mine")).to_have_count(1)
    await guided.locator("#tour .do").dispatch_event("click")
    await say(team, "and this")
    await expect(team.locator(".mine .text").last).to_have_text("and this")
    await expect(team.locator(".mine")).to_have_count(2)


async def test_the_tour_points_at_what_whoever_holds_the_phone_may_do(
    guided: Page, bot: TelegramBot
) -> None:
    convert = {"text": "Convert", "callback_data": "c", "style": "success"}
    for text in ("#1 Anna\nWith Boris", "#2 Gleb\nWith Vera"):
        markup = {"inline_keyboard": [[convert]]}
        await bot.call("sendMessage", chat_id=TEAM, text=text, reply_markup=markup)
    for _ in range(4):
        await guided.get_by_role("button", name="Skip").click()
    team = phone(guided, "team")
    here = team.locator(".message:has(.tour-here)")
    await expect(here).to_contain_text("#1 Anna")
    await team.get_by_role("radio", name="Vera").check(force=True)
    await expect(here).to_contain_text("#2 Gleb")
    await team.get_by_role("radio", name="Dasha").check(force=True)
    await bot.call("sendMessage", chat_id=TEAM, text="#3 Pablo", reply_markup=markup)
    await bot.call("sendMessage", chat_id=TEAM, text="#4 Anna\nWith Vera", reply_markup=markup)
    await expect(here).to_contain_text("#3 Pablo")


async def test_the_tour_stays_closed_and_can_be_begun_again(guided: Page) -> None:
    tour = guided.locator("#tour")
    await expect(tour).to_be_visible()
    await guided.get_by_role("button", name="End the tour").click()
    await expect(tour).to_be_hidden()
    await guided.reload()
    await expect(guided.locator(".phone")).to_have_count(4)
    await expect(tour).to_be_hidden()
    await guided.get_by_role("button", name="Show how it works").click()
    await expect(tour).to_contain_text("A customer writes.")


async def test_the_tour_goes_on_where_it_was_on_a_phone_loaded_anew(guided: Page) -> None:
    tour = guided.locator("#tour")
    await guided.set_viewport_size({"width": 390, "height": 780})
    await phone(guided, "telegram").get_by_role("button", name="Start").click()
    await say(phone(guided, "telegram"), "Do you deliver?")
    await expect(tour).to_contain_text("A card for the team.")
    await guided.reload()
    await expect(tour).to_contain_text("A card for the team.")
    await expect(phone(guided, "team")).to_be_in_viewport(ratio=1)
    for _ in range(6):
        await guided.get_by_role("button", name="Skip").click()
    await expect(tour).to_contain_text("That's all.")
    await guided.reload()
    await expect(guided.locator(".phone")).to_have_count(4)
    await expect(tour).to_be_hidden()


async def test_another_demo_is_told_from_the_beginning(guided: Page) -> None:
    await guided.get_by_role("button", name="Skip").click()
    await expect(guided.locator("#tour")).to_contain_text("A card for the team.")
    await guided.evaluate(
        """() => {
          const kept = JSON.parse(sessionStorage["sandbox.tour.kept"]);
          sessionStorage["sandbox.tour.kept"] = JSON.stringify({ ...kept, began: 1 });
        }"""
    )
    await guided.reload()
    await expect(guided.locator("#tour")).to_contain_text("A customer writes.")


async def test_the_tour_speaks_the_pages_language_at_every_step(guided: Page) -> None:
    for language in LANGUAGES:
        told = words(language)
        await guided.locator("select.language").select_option(language)
        await guided.get_by_role("button", name=told["tour.begin"]).click()
        for name in ("write", "take", "answer", "vk", "finish", "trouble", "digest", "end"):
            await expect(guided.locator("#tour")).to_contain_text(told[f"tour.{name}.title"])
            if name != "end":
                await guided.get_by_role("button", name=told["tour.skip"]).click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_the_tour_is_the_key_or_another_languages(language: str) -> None:
    told = {key: word for key, word in words(language).items() if key.startswith("tour.")}
    others = [words(other) for other in LANGUAGES if other != language]
    assert len(told) > 20
    assert [key for key, word in told.items() if any(word == one[key] for one in others)] == []


async def help_me(page: Page) -> None:
    """Let the tour do what its step asks."""
    await page.get_by_role("button", name="Do it for me").click()
