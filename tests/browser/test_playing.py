"""More that a visitor plays with: topics, albums, people who come, trouble, long quotes."""

from __future__ import annotations

from playwright.async_api import Page, expect

from bot.sandbox.stage import Stage
from tests.browser.hands import phone, say
from tests.sandbox.stage_client import TelegramBot

TEAM = -1001000000001


async def test_topics_are_tabs_with_a_lock_and_a_link_leads_into_one(
    page: Page, bot: TelegramBot
) -> None:
    team = phone(page, "team")
    await team.get_by_role("switch", name="Topics").click()
    await expect(team.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    made = await bot.call("createForumTopic", chat_id=TEAM, name="#1 Anna")
    thread = made["message_thread_id"]
    here = {"chat_id": TEAM, "message_thread_id": thread}
    await bot.call("sendMessage", **here, text="The card")
    link = f'<a href="https://t.me/c/1000000001/{thread}">topic</a>'
    await bot.call("sendMessage", chat_id=TEAM, text=f"#1 → {link}", parse_mode="HTML")
    await expect(team.get_by_text("The card")).to_have_count(0)
    await team.get_by_role("link", name="topic").click()
    await expect(team.get_by_text("The card")).to_be_visible()
    await say(team, "We deliver")
    await expect(team.locator(".mine .text")).to_have_text("We deliver")
    await bot.call("closeForumTopic", **here)
    tab = team.get_by_role("button", name="#1 Anna (closed)")
    await expect(tab).to_have_attribute("aria-current", "true")
    await expect(team.get_by_role("textbox")).to_be_hidden()
    await team.get_by_role("button", name="General").click()
    await expect(team.get_by_text("We deliver")).to_have_count(0)
    await expect(team.get_by_role("textbox")).to_be_visible()


async def test_an_album_is_one_bubble_of_pictures(page: Page) -> None:
    vk = phone(page, "vk")
    team = phone(page, "team")
    for one in (vk, team):
        await one.get_by_role("button", name="Attach").click()
        await one.get_by_role("menuitem", name="Album").click()
        await expect(one.locator(".bubble .album img")).to_have_count(3)
        await expect(one.locator(".bubble")).to_have_count(1)


async def test_clips_voices_and_places_look_as_on_a_phone(page: Page) -> None:
    telegram = phone(page, "telegram")
    await telegram.get_by_role("button", name="Start").click()
    for kind in ("Video", "Video message", "Voice message", "Music", "My location"):
        await telegram.get_by_role("button", name="Attach").click()
        await telegram.get_by_role("menuitem", name=kind, exact=True).click()
    await expect(telegram.get_by_role("link", name="Video, video.mp4, 0:05")).to_be_visible()
    await expect(telegram.locator(".bare .video_note")).to_be_visible()
    await expect(telegram.get_by_role("link", name="Voice message, 0:04 0:04")).to_be_visible()
    await expect(telegram.locator(".attached", has_text="melody.mp3")).to_contain_text("3:00")
    await expect(telegram.locator(".place .map")).to_be_visible()


async def test_a_newcomer_sits_down_and_writes(page: Page) -> None:
    vk = phone(page, "vk")
    await vk.get_by_role("button", name="One more customer").click()
    await expect(vk.get_by_role("radio", name="Rosa")).to_be_checked()
    await say(vk, "Is it in stock?")
    await expect(vk.locator(".mine .text")).to_have_text("Is it in stock?")
    await vk.get_by_role("radio", name="Anna").check()
    await expect(vk.locator(".mine")).to_have_count(0)


async def test_every_customer_with_news_has_a_dot_in_sight(page: Page, bot: TelegramBot) -> None:
    telegram = phone(page, "telegram")
    for name in ("Pablo", "Rosa", "Ivan"):
        if name != "Pablo":
            await telegram.get_by_role("button", name="One more customer").click()
        await telegram.get_by_role("radio", name=name).check()
        await telegram.get_by_role("button", name="Start").click()
        await expect(telegram.get_by_role("textbox")).to_be_visible()
    await telegram.get_by_role("radio", name="Anna").check()
    for update in await bot.updates():
        await bot.call("sendMessage", chat_id=update["message"]["chat"]["id"], text="news")
    dots = telegram.locator(".seats .waiting i")
    await expect(dots).to_have_count(3)
    for dot in await dots.all():
        await expect(dot).to_be_in_viewport(ratio=1)


async def test_trouble_is_made_by_keys_and_counted_down(page: Page, stage: Stage) -> None:
    opener = page.get_by_role("button", name="Trouble")
    await opener.focus()
    await page.keyboard.press("Enter")
    for _ in range(2):
        await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("menuitem", name="Telegram asks to wait")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await expect(page.locator(".tally")).to_contain_text("0 / 200")
    await opener.click()
    await page.get_by_role("menuitem", name="VK is gone").click()
    await expect(opener).to_contain_text("Trouble 5")
    await page.get_by_role("button", name="+5 min").click()
    await expect(opener).to_have_text("Trouble")


async def test_a_long_quote_unfolds_by_tap_and_by_key(page: Page, bot: TelegramBot) -> None:
    long = "\n".join(f"line {number}" for number in range(8))
    quote = f"<blockquote expandable>{long}</blockquote>"
    await bot.call("sendMessage", chat_id=TEAM, text=quote, parse_mode="HTML")
    short = "<blockquote expandable>just this</blockquote>"
    await bot.call("sendMessage", chat_id=TEAM, text=short, parse_mode="HTML")
    team = phone(page, "team")
    unfold = team.get_by_role("button", name="Show all or fold")
    await expect(unfold).to_have_count(1)  # what is short has nothing to unfold
    await expect(unfold).to_have_attribute("aria-expanded", "false")
    await unfold.press("Enter")
    await expect(unfold).to_have_attribute("aria-expanded", "true")
    await team.get_by_text("line 7").click()
    await expect(unfold).to_have_attribute("aria-expanded", "false")
    await expect(team.locator(".about")).to_be_hidden()  # it did not begin a reply


async def test_a_reaction_is_put_under_a_message(page: Page, bot: TelegramBot) -> None:
    await bot.call("sendMessage", chat_id=TEAM, text="#1 Anna")
    team = phone(page, "team")
    await team.locator(".bubble").click()
    await team.get_by_role("button", name="Reaction 🔥").click()
    await expect(team.get_by_role("img", name="Reactions: 🔥")).to_be_visible()


async def test_a_question_opens_the_reply_at_whoever_it_names(page: Page, bot: TelegramBot) -> None:
    team = phone(page, "team")
    forced = {"force_reply": True, "selective": True}
    asking = {"chat_id": TEAM, "parse_mode": "HTML", "reply_markup": forced}
    await bot.call("sendMessage", **asking, text='<a href="tg://user?id=202">Dasha</a>: when?')
    await expect(team.get_by_text("Dasha: when?")).to_be_visible()
    await expect(team.locator(".about")).to_be_hidden()  # it is Boris who sits here
    await bot.call("sendMessage", **asking, text='<a href="tg://user?id=201">Boris</a>: how much?')
    await expect(team.locator(".about")).to_contain_text("Boris: how much?")
    await say(team, "1,200")
    await expect(team.locator(".mine .quoted")).to_contain_text("Boris: how much?")
    await expect(team.locator(".about")).to_be_hidden()


async def test_a_question_leaves_alone_what_is_being_written(page: Page, bot: TelegramBot) -> None:
    team = phone(page, "team")
    await team.get_by_role("textbox").fill("We del")
    await bot.call(
        "sendMessage", chat_id=TEAM, text="How much?", reply_markup={"force_reply": True}
    )
    await expect(team.get_by_text("How much?")).to_be_visible()
    await expect(team.locator(".about")).to_be_hidden()
