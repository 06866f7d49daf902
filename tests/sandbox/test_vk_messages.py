"""Sending, editing and deleting through the real vk_api."""

from __future__ import annotations

import asyncio
import json

import vk_api
from vk_api.keyboard import VkKeyboard, VkKeyboardColor
from vk_api.requests_pool import VkRequestsPool

from bot.sandbox.vk import Limits
from tests.sandbox.vk_client import ANNA, BORIS, GLEB, GROUP, PABLO, World, world


def keyboard() -> VkKeyboard:
    made = VkKeyboard(inline=True)
    made.add_callback_button("Take", VkKeyboardColor.PRIMARY, {"take": 12})
    made.add_line()
    made.add_openlink_button("Site", "https://example.com")
    return made


def texts(vk: World, peer: int = ANNA) -> list[str]:
    return [message.text for message in vk.server.dialog(peer)]


async def test_the_bot_answers_with_buttons_and_anna_sees_them() -> None:
    async with world() as vk:
        sent = await vk.send(ANNA, "Hi!", 11, keyboard=keyboard().get_keyboard())
        shown = vk.server.dialog(ANNA)[-1]
    assert (shown.id, shown.author, shown.text) == (sent, -GROUP, "Hi!")
    assert shown.keyboard is not None
    action = shown.keyboard["buttons"][0][0]["action"]
    assert (action["label"], action["payload"]) == ("Take", '{"take":12}')


async def test_a_regular_keyboard_stays_until_an_empty_one_comes() -> None:
    async with world() as vk:
        regular = VkKeyboard()
        regular.add_button("Phone", payload={"ask": "phone"})
        regular.add_line()
        regular.add_location_button()
        await vk.send(ANNA, "Your phone?", 1, keyboard=regular.get_keyboard())
        held = vk.server.keyboard(ANNA)
        await vk.send(ANNA, "Thanks", 2, keyboard=VkKeyboard.get_empty_keyboard())
        assert vk.server.keyboard(ANNA) is None
    assert held is not None
    assert held["buttons"][0][0]["action"]["label"] == "Phone"


async def test_a_repeated_random_id_shows_one_message() -> None:
    async with world() as vk:
        first = await vk.send(ANNA, "once", 77)
        second = await vk.send(ANNA, "once", 77)
        other_dialog = await vk.send(PABLO, "once", 77)
        assert (texts(vk), texts(vk, PABLO)) == (["hello", "once"], ["hola", "once"])
    assert first == second != other_dialog


async def test_random_id_zero_never_dedupes() -> None:
    async with world() as vk:
        await vk.send(ANNA, "again", 0)
        await vk.send(ANNA, "again", 0)
        assert texts(vk) == ["hello", "again", "again"]


async def test_a_random_id_is_forgotten_after_the_hour() -> None:
    async with world() as vk:
        first = await vk.send(ANNA, "tick", 5)
        vk.clock.now += 3599
        within = await vk.send(ANNA, "tick", 5)
        vk.clock.now += 1
        after = await vk.send(ANNA, "tick", 5)
        assert texts(vk) == ["hello", "tick", "tick"]
    assert within == first != after


async def test_a_random_id_is_forgotten_behind_many_messages() -> None:
    async with world(limits=Limits(random_id_messages=2)) as vk:
        first = await vk.send(ANNA, "tick", 5)
        vk.server.write(ANNA, "one")
        vk.server.write(ANNA, "two")
        still = await vk.send(ANNA, "tick", 5)
        vk.server.write(ANNA, "three")
        after = await vk.send(ANNA, "tick", 5)
    assert still == first != after


async def test_of_many_recipients_each_has_a_result_or_an_error() -> None:
    async with world() as vk:
        peers = f"{ANNA},{GLEB},{PABLO}"
        results = await vk.call("messages.send", peer_ids=peers, message="News", random_id=3)
        assert texts(vk, GLEB) == []
    assert [result["peer_id"] for result in results] == [ANNA, GLEB, PABLO]
    assert [result.get("error", {}).get("code") for result in results] == [None, 901, None]
    assert results[2]["conversation_message_id"] == 2


async def test_a_chat_tells_numbers_only_to_peer_ids() -> None:
    async with world() as vk:
        chat = vk.server.add_chat("Team", [ANNA, PABLO])
        plain = await vk.call("messages.send", peer_id=chat, message="one", random_id=1)
        [told] = await vk.call("messages.send", peer_ids=chat, message="two", random_id=2)
        number = told["conversation_message_id"]
        edited = {"peer_id": chat, "conversation_message_id": number, "message": "three"}
        await vk.call("messages.edit", **edited)
        assert texts(vk, chat) == ["", "one", "three"]
    assert (plain, told["message_id"], number) == (0, 0, 3)


async def test_a_chat_that_removed_the_bot_or_that_it_left_is_closed() -> None:
    async with world() as vk:
        chat, left = vk.server.add_chat("A", [ANNA]), vk.server.add_chat("B", [PABLO])
        vk.server.remove_from_chat(chat)
        await vk.call("messages.removeChatUser", chat_id=left - 2_000_000_000, member_id=-GROUP)
        before = len(vk.server.events)
        vk.server.write(PABLO, "is it gone?", peer_id=left)
        codes = [
            await vk.refusal("messages.send", peer_id=peer, message="x", random_id=1)
            for peer in (chat, left, 2_000_000_099)
        ]
        assert len(vk.server.events) == before
    assert codes == [917, 917, 917]


async def test_an_edit_replaces_text_and_keyboard_and_keeps_the_past() -> None:
    async with world() as vk:
        sent = await vk.send(ANNA, "new", 1, keyboard=keyboard().get_keyboard())
        vk.clock.now += 86_400
        assert await vk.call("messages.edit", peer_id=ANNA, message_id=sent, message="taken") == 1
        shown = vk.server.dialog(ANNA)[-1]
    assert (shown.text, shown.earlier, shown.keyboard) == ("taken", ("new",), None)


async def test_a_deleted_message_is_gone_for_everybody_or_for_the_bot_alone() -> None:
    async with world() as vk:
        first, second = await vk.send(ANNA, "one", 1), await vk.send(ANNA, "two", 2)
        everybody = await vk.call("messages.delete", message_ids=first, delete_for_all=1)
        alone = await vk.call("messages.delete", message_ids=second)
        history = await vk.call("messages.getHistory", peer_id=ANNA)
        assert texts(vk) == ["hello", "two"]
    assert (everybody, alone) == ({str(first): 1}, {str(second): 1})
    assert [message["text"] for message in history["items"]] == ["hello"]


async def test_a_reply_by_either_parameter_quotes_the_message() -> None:
    async with world() as vk:
        question = vk.server.write(ANNA, "how much?")
        forward = {"peer_id": ANNA, "conversation_message_ids": [2], "is_reply": 1}
        await vk.send(ANNA, "100", 1, reply_to=question)
        await vk.send(ANNA, "200", 2, forward=json.dumps(forward))
        shown = vk.server.dialog(ANNA)
    assert [message.reply_to for message in shown[-2:]] == [question, question]


async def test_an_admin_of_the_community_answers_beside_the_bot() -> None:
    async with world() as vk:
        await vk.connect()
        await vk.send(ANNA, "I am a bot", 1)
        vk.server.admin_replies(BORIS, ANNA, "and I am Boris")
        by_bot, by_boris = await vk.poll()
    assert [by_bot["type"], by_boris["type"]] == ["message_reply", "message_reply"]
    assert "admin_author_id" not in by_bot["object"]
    assert by_boris["object"]["admin_author_id"] == BORIS
    assert by_boris["object"]["from_id"] == -GROUP


async def test_a_pool_of_requests_runs_as_one_call() -> None:
    async with world() as vk:
        pool = VkRequestsPool(vk.vk)
        good = pool.method("users.get", {"user_ids": ANNA})
        failed = pool.method("messages.send", {"user_id": GLEB, "message": "x", "random_id": 1})
        await asyncio.to_thread(pool.execute)
        methods = [call.method for call in vk.server.calls]
    assert good.result[0]["first_name"] == "Anna"
    assert failed.error["error_code"] == 901
    assert methods == ["users.get", "messages.send", "execute"]


async def test_a_pool_of_one_method_runs_as_a_loop() -> None:
    async with world() as vk:
        pool = VkRequestsPool(vk.vk)
        people = [pool.method("users.get", {"user_ids": one}) for one in (ANNA, PABLO)]
        await asyncio.to_thread(pool.execute)
    assert [one.result[0]["id"] for one in people] == [ANNA, PABLO]


async def test_vk_apis_own_shape_of_an_error_is_kept() -> None:
    async with world() as vk:
        try:
            await vk.send(GLEB, "buy!", 1)
        except vk_api.ApiError as error:
            told = error.error
    assert told["error_code"] == 901
    assert {"key": "method", "value": "messages.send"} in told["request_params"]
    assert "access_token" not in json.dumps(told)
