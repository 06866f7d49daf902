"""Somebody plays all parts on the page, a long play: the bots see and answer it."""

from __future__ import annotations

import json
from base64 import b64encode

import aiohttp

from bot.sandbox.stage import Stage
from tests.sandbox.stage_client import (
    ANNA,
    BORIS,
    TEAM,
    VERA,
    VK_ANNA,
    VK_GLEB,
    Page,
    TelegramBot,
    VkBot,
    open_page,
)

PNG = b"\x89PNG\r\n\x1a\ninvented"
CARD = {"inline_keyboard": [[{"text": "Take", "callback_data": "take:1", "style": "primary"}]]}


async def test_the_page_learns_who_plays(page: Page) -> None:
    seats = {phone["id"]: [s["name"] for s in phone["seats"]] for phone in page.hello["phones"]}
    assert seats == {
        "telegram": ["Anna", "Pablo"],
        "vk": ["Anna", "Gleb"],
        "team": ["Boris", "Dasha", "Vera"],
        "supervisor": ["Vera"],
    }
    assert page.heads[TEAM]["members"] == 3
    assert not page.heads[ANNA]["started"]
    assert page.heads[VERA]["started"]


async def test_anna_starts_and_writes_and_the_bot_hears_it(
    page: Page, telegram: TelegramBot
) -> None:
    await page.do(do="start", person=ANNA, chat=ANNA, payload="ad_7")
    await page.write(ANNA, ANNA, "Hello <b>you</b>")
    await page.shows(ANNA, "Hello <b>you</b>")
    heard = [update["message"]["text"] for update in await telegram.updates()]
    assert heard == ["/start ad_7", "Hello <b>you</b>"]
    assert page.heads[ANNA]["started"]


async def test_a_card_is_shown_with_its_styles_and_button(
    page: Page, telegram: TelegramBot
) -> None:
    text = "<b>#1 Anna</b> · new\n<blockquote>Hi 🙂 <i>there</i></blockquote>"
    await telegram.call(
        "sendMessage", chat_id=page_id(TEAM), text=text, parse_mode="HTML", reply_markup=CARD
    )
    card = await page.shows(TEAM, "#1 Anna · new\nHi 🙂 there")
    assert card["text"] == [
        {"text": "#1 Anna", "marks": ["bold"]},
        {"text": " · new\n"},
        {"text": "Hi 🙂 ", "marks": ["blockquote"]},
        {"text": "there", "marks": ["blockquote", "italic"]},
    ]
    assert card["keyboard"] == [[{"label": "Take", "look": "primary", "data": "take:1"}]]
    assert card["bot"]


async def test_boris_presses_and_only_his_page_sees_the_answer(
    stage: Stage, page: Page, telegram: TelegramBot
) -> None:
    card = await telegram.call("sendMessage", chat_id=page_id(TEAM), text="#1", reply_markup=CARD)
    press = {"person": BORIS, "chat": TEAM, "message": card["message_id"], "data": "take:1"}
    done = await page.do(do="press", **press)
    (query,) = [update["callback_query"] for update in await telegram.updates()]
    assert (query["from"]["first_name"], query["data"]) == ("Boris", "take:1")
    async with open_page(stage) as other:
        answer = {"callback_query_id": query["id"], "text": "Yours", "show_alert": True}
        await telegram.call("answerCallbackQuery", **answer)
        await page.until(lambda: page.answers)
        assert page.answers[done["press"]] == {
            "press": done["press"],
            "text": "Yours",
            "alert": True,
        }
        await other.write(VERA, VERA, "still here")
        assert other.answers == {}


async def test_an_edited_card_and_a_deleted_one_change_on_the_page(
    page: Page, telegram: TelegramBot
) -> None:
    where = {"chat_id": page_id(TEAM)}
    first = await telegram.call("sendMessage", **where, text="#1 new")
    second = await telegram.call("sendMessage", **where, text="#2 new")
    await page.shows(TEAM, "#2 new")
    await telegram.call("editMessageText", **where, message_id=first["message_id"], text="#1 taken")
    assert (await page.shows(TEAM, "#1 taken"))["edited"]
    await telegram.call("deleteMessage", **where, message_id=second["message_id"])
    await page.until(lambda: second["message_id"] not in page.chats[TEAM])


async def test_a_reply_quotes_and_an_own_message_can_be_edited_and_deleted(page: Page) -> None:
    await page.write(VERA, TEAM, "Who takes it?")
    question = await page.shows(TEAM, "Who takes it?")
    await page.write(BORIS, TEAM, "I do", reply_to=question["id"])
    reply = await page.shows(TEAM, "I do")
    assert reply["reply"] == {
        "id": question["id"],
        "name": "Vera",
        "text": "Who takes it?",
        "media": [],
    }
    mine = {"person": BORIS, "chat": TEAM, "message": reply["id"]}
    await page.do(do="edit", **mine, text="Done")
    assert (await page.shows(TEAM, "Done"))["edited"]
    refused = await page.do(do="delete", person=VERA, chat=TEAM, message=reply["id"])
    assert refused["error"] == "impossible"
    await page.do(do="delete", **mine)
    await page.until(lambda: reply["id"] not in page.chats[TEAM])


async def test_a_picture_is_served_as_one_and_a_document_only_to_be_saved(
    stage: Stage, page: Page, http: aiohttp.ClientSession
) -> None:
    hostile = b"<script>alert(1)</script>"
    shared = {"person": VERA, "chat": VERA}
    await page.do(do="attach", **shared, files=[file("photo", PNG)], text="Look")
    await page.do(do="attach", **shared, files=[file("document", hostile, "a.html")])
    photo, document = await page.until(lambda: list(page.chats[VERA].values())[1:] and media(page))
    async with http.get(stage.url + photo["url"]) as response:
        assert (response.content_type, await response.read()) == ("image/png", PNG)
    async with http.get(stage.url + document["url"]) as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment")


async def test_anna_shares_her_number_by_the_bots_key(page: Page, telegram: TelegramBot) -> None:
    await page.do(do="start", person=ANNA, chat=ANNA)
    asked = {"keyboard": [[{"text": "My number", "request_contact": True}], ["Later"]]}
    await telegram.call("sendMessage", chat_id=101, text="Phone?", reply_markup=asked)
    await page.until(lambda: page.heads[ANNA]["keyboard"])
    keys = [(key["label"], key["does"]) for row in page.heads[ANNA]["keyboard"] for key in row]
    assert keys == [("My number", "contact"), ("Later", "write")]
    await page.do(do="contact", person=ANNA, chat=ANNA)
    update = (await telegram.updates())[-1]
    assert update["message"]["contact"]["user_id"] == 101


async def test_anna_blocks_the_bot_and_comes_back(page: Page, telegram: TelegramBot) -> None:
    await page.do(do="start", person=ANNA, chat=ANNA)
    await page.do(do="block", person=ANNA, chat=ANNA)
    await page.until(lambda: page.heads[ANNA]["blocked"])
    refused = await page.write(ANNA, ANNA, "Hello?")
    assert refused["error"] == "impossible"
    await page.do(do="unblock", person=ANNA, chat=ANNA)
    await page.until(lambda: not page.heads[ANNA]["blocked"])
    ranks = [
        update["my_chat_member"]["new_chat_member"]["status"]
        for update in await telegram.updates()
        if "my_chat_member" in update
    ]
    assert ranks == ["kicked", "member"]


async def test_a_conversation_on_vk(stage: Stage, page: Page, vk: VkBot) -> None:
    await page.write(VK_ANNA, VK_ANNA, "Can I pay by card?")
    action = {"type": "callback", "label": "Yes", "payload": '{"a": 1}'}
    keyboard = {"inline": True, "buttons": [[{"action": action, "color": "positive"}]]}
    sent = {"peer_id": 1101, "message": "Did it help?", "random_id": 5}
    await vk.call("messages.send", **sent, keyboard=json.dumps(keyboard))
    asked = await page.shows(VK_ANNA, "Did it help?")
    ((button,),) = asked["keyboard"]
    assert (button["label"], button["look"]) == ("Yes", "success")
    pressed = {"message": asked["id"], "data": button["data"]}
    done = await page.do(do="press", person=VK_ANNA, chat=VK_ANNA, **pressed)
    answer = {"event_id": done["press"], "user_id": 1101, "peer_id": 1101}
    data = json.dumps({"type": "show_snackbar", "text": "Thanks!"})
    await vk.call("messages.sendMessageEventAnswer", **answer, event_data=data)
    await page.until(lambda: page.answers)
    assert page.answers[done["press"]]["text"] == "Thanks!"
    event = next(one for one in stage.vk.events if one["type"] == "message_event")
    assert event["object"]["payload"] == {"a": 1}


async def test_keys_under_vks_line_write_their_label_with_a_payload(
    stage: Stage, page: Page, vk: VkBot
) -> None:
    await page.write(VK_GLEB, VK_GLEB, "Hi")
    action = {"type": "text", "label": "Prices", "payload": '"p"'}
    keyboard = json.dumps({"buttons": [[{"action": action}]]})
    await vk.call("messages.send", peer_id=1401, message="?", random_id=6, keyboard=keyboard)
    await page.until(lambda: page.heads[VK_GLEB]["keyboard"])
    ((key,),) = page.heads[VK_GLEB]["keyboard"]
    pressed = {"label": key["label"], "data": key["data"]}
    await page.do(do="key", person=VK_GLEB, chat=VK_GLEB, **pressed)
    message = stage.vk.events[-1]["object"]["message"]
    assert (message["text"], message["payload"]) == ("Prices", '"p"')


async def test_a_customers_words_are_counted_until_the_team_sees_them(
    page: Page, telegram: TelegramBot
) -> None:
    await page.do(do="start", person=ANNA, chat=ANNA)
    await page.write(ANNA, ANNA, "A sofa, please")
    await page.write(VK_GLEB, VK_GLEB, "A chair, please")
    await page.until(lambda: page.head["written"] == 2)
    assert page.head["shown"] == 0
    await telegram.call("sendMessage", chat_id=page_id(TEAM), text="Anna: A sofa, please")
    await page.until(lambda: page.head["shown"] == 1)


async def test_a_second_page_sees_what_was_before(stage: Stage, page: Page) -> None:
    await page.write(BORIS, TEAM, "Good morning")
    async with open_page(stage) as other:
        await other.shows(TEAM, "Good morning")


def page_id(chat: str) -> int:
    return int(chat.partition(":")[2])


def file(kind: str, content: bytes, name: str = "") -> dict[str, str]:
    return {"kind": kind, "data": b64encode(content).decode(), "name": name}


def media(page: Page) -> list[dict[str, str]]:
    return [medium for message in page.chats[VERA].values() for medium in message["media"]]
