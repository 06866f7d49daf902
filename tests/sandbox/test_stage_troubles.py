"""Trouble made from the page begins, is told, and ends; the tally says what is missing."""

from __future__ import annotations

import aiohttp
import pytest

from bot.sandbox.stage import Stage
from bot.sandbox.tally import Tally
from tests.sandbox.stage_client import ANNA, BORIS, TEAM, Page, TelegramBot, VkBot

TEAM_ID = -1001000000001


async def test_telegram_is_gone_for_a_minute_of_the_sandbox_clock(
    page: Page, telegram: TelegramBot
) -> None:
    await page.do(do="cut", platform="telegram")
    await page.until(lambda: "cut.telegram" in page.head["troubles"])
    with pytest.raises(aiohttp.ClientError):
        await telegram.call("getMe")
    await page.do(do="clock", seconds=61)
    await page.until(lambda: not page.head["troubles"])
    assert (await telegram.call("getMe"))["is_bot"]


async def test_vk_is_gone_and_comes_back(page: Page, vk: VkBot) -> None:
    await page.do(do="cut", platform="vk")
    with pytest.raises(aiohttp.ClientError):
        await vk.call("groups.getById")
    await page.do(do="clock", seconds=61)
    await page.until(lambda: page.head["troubles"] == {})
    await vk.poll()


async def test_telegram_asks_to_wait(
    stage: Stage, page: Page, telegram: TelegramBot, http: aiohttp.ClientSession
) -> None:
    await page.do(do="refuse")
    await page.until(lambda: "refuse" in page.head["troubles"])
    url = f"{stage.telegram.url}/bot{stage.telegram.token}/getMe"
    async with http.get(url) as response:
        assert (response.status, (await response.json())["parameters"]["retry_after"]) == (429, 20)
    await page.do(do="clock", seconds=21)
    await page.until(lambda: page.head["troubles"] == {})
    await telegram.call("getMe")


async def test_a_storm_is_counted_by_its_peoples_names(page: Page, telegram: TelegramBot) -> None:
    await page.do(do="storm")
    await page.until(lambda: page.head["written"] == 200)
    assert page.head["shown"] == 0
    await telegram.call("sendMessage", chat_id=TEAM_ID, text="#1 Rosa 101\n#2 Ivan 102")
    await page.until(lambda: page.head["shown"] == 2)
    for _ in range(4):
        last = await page.do(do="storm")
    assert last["error"] == "impossible"


async def test_replies_are_counted_until_a_customer_has_them(
    page: Page, telegram: TelegramBot
) -> None:
    await page.do(do="start", person=ANNA, chat=ANNA)
    card = await telegram.call("sendMessage", chat_id=TEAM_ID, text="#1 Anna")
    await page.write(BORIS, TEAM, "We deliver", reply_to=card["message_id"])
    await page.write(BORIS, TEAM, "// rich", reply_to=card["message_id"])
    await page.write(BORIS, TEAM, "lunch?")
    await page.until(lambda: page.head["replied"] == 1)
    assert page.head["arrived"] == 0
    await telegram.call("sendMessage", chat_id=101, text="We deliver")
    await page.until(lambda: page.head["arrived"] == 1)


async def test_an_answer_to_a_question_of_the_bots_is_no_reply(
    page: Page, telegram: TelegramBot
) -> None:
    force = {"force_reply": True}
    asked = await telegram.call(
        "sendMessage", chat_id=TEAM_ID, text="Title and amount?", reply_markup=force
    )
    await page.write(BORIS, TEAM, "Windows 1,200", reply_to=asked["message_id"])
    await page.shows(TEAM, "Windows 1,200")
    assert page.head["replied"] == 0


def test_a_reply_of_which_its_manager_was_told_is_not_missing() -> None:
    tally = Tally()
    tally.replies.wrote(TEAM, [(5, "Too late"), (6, "In time")])
    tally.replies.declined(TEAM, [5, 7])
    tally.replies.wrote(TEAM, [(5, "Too late")])
    assert (tally.replies.written, tally.replies.shown) == (1, 0)
    tally.replies.appeared(["In time"])
    assert (tally.replies.written, tally.replies.shown) == (1, 1)
