"""Every kind of content goes from the page to the bot, and what the bot shows comes back."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from bot.sandbox.stage import Stage
from tests.sandbox.stage_client import ANNA, BORIS, TEAM, VK_ANNA, Page, TelegramBot, open_page


def file(kind: str, name: str = "") -> dict[str, str]:
    return {"kind": kind, "data": b64encode(f"invented {kind}".encode()).decode(), "name": name}


async def heard(telegram: TelegramBot) -> dict[str, Any]:
    """The newest message that the bot hears of."""
    return dict((await telegram.updates())[-1]["message"])


@pytest.mark.parametrize(
    "kind", ["photo", "video", "video_note", "voice", "audio", "document", "sticker"]
)
async def test_anna_sends_every_kind_of_file(page: Page, telegram: TelegramBot, kind: str) -> None:
    await page.do(do="attach", person=ANNA, chat=ANNA, files=[file(kind)])
    assert kind in await heard(telegram)
    (message,) = await page.until(lambda: page.chats.get(ANNA, {}).values())
    assert [medium["kind"] for medium in message["media"]] == [kind]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("photo", "photo"),
        ("video", "video"),
        ("voice", "audio_message"),
        ("audio", "doc"),
        ("document", "doc"),
        ("sticker", "sticker"),
    ],
)
async def test_on_vk_a_file_goes_as_what_vk_has_for_it(
    stage: Stage, page: Page, kind: str, shown: str
) -> None:
    await page.do(do="attach", person=VK_ANNA, chat=VK_ANNA, files=[file(kind)])
    attachments = stage.vk.events[-1]["object"]["message"]["attachments"]
    assert [one["type"] for one in attachments] == [shown]


async def test_an_album_is_one_on_telegram_and_on_vk(
    stage: Stage, page: Page, telegram: TelegramBot
) -> None:
    album = {"files": [file("photo"), file("photo"), file("video")], "text": "My windows"}
    await page.do(do="attach", person=ANNA, chat=ANNA, **album)
    parts = [update["message"] for update in await telegram.updates()]
    assert len({part["media_group_id"] for part in parts}) == 1
    assert [part.get("caption") for part in parts] == ["My windows", None, None]
    await page.do(do="attach", person=VK_ANNA, chat=VK_ANNA, **album)
    message = stage.vk.events[-1]["object"]["message"]
    assert [one["type"] for one in message["attachments"]] == ["photo", "photo", "video"]


async def test_a_forwarded_message_says_whose_it_was(
    stage: Stage, page: Page, telegram: TelegramBot
) -> None:
    await page.do(do="attach", person=BORIS, chat=TEAM, files=[file("photo")], text="The plan")
    plan = await page.shows(TEAM, "The plan")
    await page.do(do="forward", person=BORIS, chat=TEAM, message=plan["id"])
    message = await heard(telegram)
    assert message["forward_origin"]["sender_user"]["first_name"] == "Boris"
    assert (message["caption"], "photo" in message) == ("The plan", True)
    await page.write(VK_ANNA, VK_ANNA, "How much?")
    asked = await page.shows(VK_ANNA, "How much?")
    await page.do(do="forward", person=VK_ANNA, chat=VK_ANNA, message=asked["id"])
    await page.until(lambda: len(page.chats[VK_ANNA]) == 2)
    assert list(page.chats[VK_ANNA].values())[-1]["forwarded"] == "Anna"


async def test_a_reaction_is_given_and_taken_back(page: Page, telegram: TelegramBot) -> None:
    sent = await telegram.call("sendMessage", chat_id=-1001000000001, text="#1")
    mark = {"person": BORIS, "chat": TEAM, "message": sent["message_id"]}
    await page.do(do="react", **mark, emoji="👍")
    await page.until(lambda: page.chats[TEAM][sent["message_id"]].get("reactions") == ["👍"])
    await page.do(do="react", **mark, emoji="")
    await page.until(lambda: "reactions" not in page.chats[TEAM][sent["message_id"]])


async def test_the_group_becomes_a_forum_with_topics_and_plain_again(
    page: Page, telegram: TelegramBot
) -> None:
    await page.do(do="topics", on=True)
    await page.until(lambda: page.heads[TEAM]["forum"])
    where = {"chat_id": -1001000000001}
    made = await telegram.call("createForumTopic", **where, name="#1 Anna")
    thread = {"message_thread_id": made["message_thread_id"]}
    await page.write(BORIS, TEAM, "In here", thread=made["message_thread_id"])
    assert (await page.shows(TEAM, "In here"))["thread"] == made["message_thread_id"]
    await telegram.call("closeForumTopic", **where, **thread)
    closed = {"id": made["message_thread_id"], "name": "#1 Anna", "icon": "", "closed": True}
    await page.until(lambda: page.heads[TEAM]["topics"] == [closed])
    refused = await page.write(BORIS, TEAM, "Late", thread=made["message_thread_id"])
    assert refused["error"] == "impossible"
    await page.do(do="topics", on=False)
    await page.until(lambda: not page.heads[TEAM]["forum"])
    assert page.heads[TEAM]["topics"] == []


async def test_people_come_and_every_page_sees_them(
    stage: Stage, page: Page, telegram: TelegramBot
) -> None:
    for phone in ("telegram", "vk", "team"):
        await page.do(do="invite", phone=phone)
    await page.until(lambda: page.heads.get("vk:1501"))
    async with open_page(stage) as other:
        names = {one["id"]: [s["name"] for s in one["seats"]] for one in other.hello["phones"]}
    assert (names["telegram"][-1], names["vk"][-1], names["team"][-1]) == ("Rosa", "Ivan", "Olga")
    team = page.chats[TEAM].values
    came = await page.until(lambda: [one for one in team() if one.get("service") == "joined"])
    assert [one["name"] for one in came] == ["Olga"]
    assert "error" not in await page.write("telegram:502", TEAM, "I am new here")
    assert "error" not in await page.write("vk:1501", "vk:1501", "Hello")
    for _ in range(6):
        last = await page.do(do="invite", phone="vk")
    assert last["error"] == "impossible"
