"""What the local VK refuses, with which code."""

from __future__ import annotations

from typing import Any

import pytest
from vk_api.keyboard import VkKeyboard

from bot.sandbox.vk import Standing
from tests.sandbox.vk_client import ANNA, GLEB, PABLO, world

SEND = "messages.send"
TEXT = {"message": "x", "random_id": 1}

REFUSED: list[tuple[str, str, dict[str, Any], int]] = [
    ("an unknown method", "messages.shout", {}, 3),
    ("an unknown parameter", SEND, {**TEXT, "user_id": ANNA, "user_ids": ANNA}, 100),
    ("no random_id", SEND, {"user_id": ANNA, "message": "x"}, 100),
    ("a random_id that is no number", SEND, {**TEXT, "user_id": ANNA, "random_id": "a"}, 100),
    ("a random_id beyond int32", SEND, {**TEXT, "user_id": ANNA, "random_id": 2**31}, 100),
    ("no recipient", SEND, TEXT, 100),
    ("two recipients", SEND, {**TEXT, "user_id": ANNA, "peer_id": ANNA}, 100),
    ("a recipient by name", SEND, {**TEXT, "user_id": "anna"}, 100),
    ("over 100 recipients", SEND, {**TEXT, "peer_ids": ",".join(["1"] * 101)}, 100),
    ("no text", SEND, {"user_id": ANNA, "random_id": 1}, 100),
    ("blank text", SEND, {"user_id": ANNA, "random_id": 1, "message": "  "}, 100),
    ("a long text", SEND, {**TEXT, "user_id": ANNA, "message": "x" * 4097}, 914),
    ("somebody who never wrote", SEND, {**TEXT, "user_id": GLEB}, 901),
    ("nobody", SEND, {**TEXT, "user_id": 999}, 936),
    ("another community", SEND, {**TEXT, "peer_id": -5}, 936),
    ("a chat without the bot", SEND, {**TEXT, "chat_id": 5}, 917),
    ("a token of another group", SEND, {**TEXT, "user_id": ANNA, "group_id": 8}, 15),
    ("a word for a boolean", SEND, {**TEXT, "user_id": ANNA, "dont_parse_links": True}, 100),
    ("an unknown photo", SEND, {**TEXT, "user_id": ANNA, "attachment": "photo-7_1"}, 100),
    ("an attachment of no kind", SEND, {**TEXT, "user_id": ANNA, "attachment": "file.jpg"}, 100),
    ("a keyboard of words", SEND, {**TEXT, "user_id": ANNA, "keyboard": "Take"}, 911),
    ("latitude alone", SEND, {**TEXT, "user_id": ANNA, "lat": 55.7}, 100),
    ("a foreign reply", SEND, {**TEXT, "user_id": ANNA, "reply_to": 2}, 100),
    ("lost forwards", SEND, {**TEXT, "user_id": ANNA, "forward_messages": "1,99"}, 921),
    (
        "over 100 forwards",
        SEND,
        {**TEXT, "user_id": ANNA, "forward_messages": ",".join(["1"] * 101)},
        913,
    ),
    ("a forward of words", SEND, {**TEXT, "user_id": ANNA, "forward": "1"}, 100),
    ("an edit of nothing", "messages.edit", {"peer_id": ANNA, "message": "x"}, 100),
    ("an edit of a lost one", "messages.edit", {"peer_id": ANNA, "cmid": 9, "message": "x"}, 100),
    ("an edit of Anna's words", "messages.edit", {"peer_id": ANNA, "cmid": 1, "message": "x"}, 920),
    ("deleting Anna's words", "messages.delete", {"message_ids": 1, "delete_for_all": 1}, 924),
    (
        "an unknown press",
        "messages.sendMessageEventAnswer",
        {"event_id": "0", "user_id": ANNA, "peer_id": ANNA},
        100,
    ),
    ("history of nobody", "messages.getHistory", {"peer_id": 999}, 936),
    ("conversations by the thousand", "messages.getConversations", {"count": 201}, 100),
    ("conversations before the first", "messages.getConversations", {"offset": -1}, 100),
    ("history by the thousand", "messages.getHistory", {"peer_id": ANNA, "count": 201}, 100),
    ("a foreign long poll", "groups.getLongPollServer", {"group_id": 8}, 15),
    ("a long poll of nothing", "groups.getLongPollServer", {}, 100),
    ("an upload for a stranger", "photos.getMessagesUploadServer", {"peer_id": GLEB}, 901),
    ("a document for nobody", "docs.getMessagesUploadServer", {"type": "doc"}, 100),
    ("a photo never uploaded", "photos.saveMessagesPhoto", {"photo": "[{}]", "hash": "0"}, 100),
    ("a document never uploaded", "docs.save", {"file": "doc|0"}, 100),
    ("a program", "execute", {"code": "return 1 + 1;"}, 12),
]


@pytest.mark.parametrize(
    ("method", "params", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
async def test_refused(method: str, params: dict[str, Any], code: int) -> None:
    async with world() as vk:
        before = [message.text for message in vk.server.dialog(ANNA)]
        assert await vk.refusal(method, **params) == code
        assert [message.text for message in vk.server.dialog(ANNA)] == before
        last = vk.server.calls[-1]
    assert (last.outcome, last.applied) == (code, False)


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (Standing.OPEN, 0),
        (Standing.DENIED, 901),
        (Standing.BLACKLISTED, 900),
        (Standing.PRIVATE, 902),
        (Standing.DEACTIVATED, 18),
    ],
)
async def test_a_persons_standing_decides(standing: Standing, code: int) -> None:
    async with world() as vk:
        vk.server.set_standing(ANNA, standing)
        assert await vk.refusal(SEND, user_id=ANNA, **TEXT) == code
        allowed = await vk.call("messages.isMessagesFromGroupAllowed", group_id=7, user_id=ANNA)
    assert allowed == {"is_allowed": int(code == 0)}


async def test_denying_and_writing_again_closes_and_opens() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.deny(ANNA)
        denied = await vk.refusal(SEND, user_id=ANNA, **TEXT)
        vk.server.allow(ANNA, key="promo")
        allowed = await vk.refusal(SEND, user_id=ANNA, **TEXT)
        vk.server.deny(ANNA)
        vk.server.write(ANNA, "still here")
        written = await vk.refusal(SEND, user_id=ANNA, message="y", random_id=2)
        events = [event["type"] for event in await vk.poll()]
    assert (denied, allowed, written) == (901, 0, 0)
    assert events == [
        "message_deny",
        "message_allow",
        "message_reply",
        "message_deny",
        "message_new",
        "message_reply",
    ]


@pytest.mark.parametrize("version", ["", "5.92", "5.198", "6", "x"])
async def test_an_old_version_is_refused(version: str) -> None:
    async with world() as vk:
        assert await vk.refusal("users.get", user_ids=ANNA, v=version) == 8


async def test_a_wrong_or_revoked_token_is_refused() -> None:
    async with world() as vk:
        wrong = await vk.refusal("users.get", user_ids=ANNA, access_token="other")
        vk.server.token = "renewed"
        revoked = await vk.refusal("users.get", user_ids=ANNA)
        renewed = await vk.refusal("users.get", user_ids=ANNA, access_token="renewed")
        assert "renewed" not in repr(vk.server.calls)
    assert (wrong, revoked, renewed) == (5, 5, 0)


async def test_a_token_in_the_header_is_taken() -> None:
    async with world() as vk:
        headers = {"Authorization": "Bearer vk1.sandbox"}
        address = f"{vk.server.url}/method/utils.getServerTime"
        async with vk.http.post(address, data={"v": "5.199"}, headers=headers) as answer:
            assert await answer.json() == {"response": 1_700_000_000}


async def test_a_token_without_a_right_is_told_so() -> None:
    async with world() as vk:
        vk.server.community.permissions.discard("manage")
        assert await vk.refusal("groups.getLongPollServer", group_id=7) == 15
        told = await vk.call("groups.getTokenPermissions")
    assert [one["name"] for one in told["permissions"]] == ["messages", "photos", "docs"]
    assert told["mask"] == 4096 + 4 + 131072


async def test_keyboards_need_the_chat_bot_feature() -> None:
    async with world() as vk:
        vk.server.community.bot_features = False
        empty = VkKeyboard.get_empty_keyboard()
        assert await vk.refusal(SEND, user_id=ANNA, keyboard=empty, **TEXT) == 912


async def test_messages_that_are_off_are_refused_until_switched_on() -> None:
    async with world() as vk:
        vk.server.community.messages_on = False
        assert await vk.refusal("messages.getConversations", count=1) == 15
        assert await vk.refusal(SEND, user_id=ANNA, **TEXT) == 15
        assert await vk.refusal("groups.setSettings", group_id=8, messages=1) == 15
        assert await vk.call("groups.setSettings", group_id=7, messages=1) == 1
        await vk.send(ANNA, "on again", 1)


async def test_settings_that_are_not_named_stay() -> None:
    async with world() as vk:
        vk.server.community.bot_features = False
        await vk.call("groups.setSettings", group_id=7, messages=0)
        await vk.call("groups.setSettings", group_id=7, bots_capabilities=1)
        assert (vk.server.community.messages_on, vk.server.community.bot_features) == (False, True)
        vk.server.community.permissions.discard("manage")
        assert await vk.refusal("groups.setSettings", group_id=7, messages=1) == 15


async def test_an_old_message_cannot_be_edited() -> None:
    async with world() as vk:
        sent = await vk.send(ANNA, "old", 1)
        vk.clock.now += 86_401
        edited = {"peer_id": ANNA, "message_id": sent, "message": "new"}
        assert await vk.refusal("messages.edit", **edited) == 909
        gone = await vk.refusal("messages.delete", message_ids=sent, delete_for_all=1)
    assert gone == 924


async def test_a_lenient_server_only_notes_unknown_parameters() -> None:
    async with world(strict=False) as vk:
        assert await vk.refusal(SEND, user_id=PABLO, colour="red", **TEXT) == 0
        assert vk.server.calls[-1].warnings == ("colour",)


async def test_a_call_without_a_token_is_refused() -> None:
    async with world() as vk:
        address = f"{vk.server.url}/method/users.get"
        async with vk.http.post(address, data={"v": "5.199"}) as answer:
            told = await answer.json()
    assert (answer.status, told["error"]["error_code"]) == (200, 5)
