"""Reading back conversations, messages and people."""

from __future__ import annotations

from bot.sandbox.vk import Standing
from tests.sandbox.vk_client import ANNA, BORIS, GLEB, GROUP, PABLO, world


async def test_conversations_come_newest_first_with_their_last_words() -> None:
    async with world() as vk:
        vk.server.write(ANNA, "are you there?")
        found = await vk.call("messages.getConversations", extended=1)
        unread = await vk.call("messages.getConversations", filter="unread", count=1, offset=1)
    peers = [item["conversation"]["peer"]["id"] for item in found["items"]]
    assert (found["count"], peers) == (2, [ANNA, PABLO])
    assert found["items"][0]["last_message"]["text"] == "are you there?"
    assert found["items"][0]["conversation"]["unread_count"] == 2
    assert [person["first_name"] for person in found["profiles"]] == ["Anna", "Pablo"]
    assert (unread["count"], len(unread["items"])) == (2, 1)


async def test_an_answered_or_read_conversation_is_unread_no_more() -> None:
    async with world() as vk:
        await vk.call("messages.markAsRead", peer_id=ANNA)
        await vk.send(PABLO, "hola", 1)
        unread = await vk.call("messages.getConversations", filter="unread")
        unanswered = await vk.call("messages.getConversations", filter="unanswered")
    assert unread["count"] == 0
    assert [item["conversation"]["peer"]["id"] for item in unanswered["items"]] == [ANNA]


async def test_history_is_paged_from_the_newest() -> None:
    async with world() as vk:
        ids = [vk.server.write(ANNA, str(number)) for number in range(5)]
        asked = {"peer_id": ANNA, "count": 2}
        newest = await vk.call("messages.getHistory", **asked)
        older = await vk.call("messages.getHistory", **asked, offset=2)
        start = await vk.call("messages.getHistory", **asked, start_message_id=ids[1])
        newer = await vk.call("messages.getHistory", **asked, start_message_id=ids[1], offset=-2)
        first = await vk.call("messages.getHistory", **asked, rev=1)
    pages = [[m["text"] for m in page["items"]] for page in (newest, older, start, newer, first)]
    assert pages == [["4", "3"], ["2", "1"], ["1", "0"], ["3", "2"], ["hello", "0"]]
    assert newest["count"] == 6


async def test_history_tells_bot_and_admin_apart() -> None:
    async with world() as vk:
        await vk.send(ANNA, "bot", 1)
        vk.server.admin_replies(BORIS, ANNA, "admin")
        history = await vk.call("messages.getHistory", peer_id=ANNA)
    assert [m.get("admin_author_id") for m in history["items"]] == [BORIS, None, None]
    assert [m["out"] for m in history["items"]] == [1, 1, 0]


async def test_messages_are_found_by_id_and_by_number() -> None:
    async with world() as vk:
        sent = await vk.send(ANNA, "found", 1)
        by_id = await vk.call("messages.getById", message_ids=f"{sent},999")
        by_cmid = await vk.call("messages.getById", peer_id=ANNA, cmids=2)
        asked = {"peer_id": ANNA, "conversation_message_ids": "2,77"}
        by_number = await vk.call("messages.getByConversationMessageId", **asked)
        conversations = await vk.call("messages.getConversationsById", peer_ids=f"{ANNA},999")
    assert by_id == by_cmid == by_number
    assert (by_id["count"], by_id["items"][0]["text"]) == (1, "found")
    assert [one["peer"]["id"] for one in conversations["items"]] == [ANNA]


async def test_people_are_told_by_id_or_screen_name() -> None:
    async with world() as vk:
        vk.server.deactivate(GLEB)
        people = await vk.call("users.get", user_ids=f"anna,{GLEB},999", fields="screen_name,sex")
    assert people == [
        {
            "id": ANNA,
            "first_name": "Anna",
            "last_name": "Smirnova",
            "can_access_closed": True,
            "is_closed": False,
            "screen_name": "anna",
            "sex": 0,
        },
        {"id": GLEB, "deactivated": "deleted", "first_name": "DELETED", "last_name": ""},
    ]


async def test_the_community_tells_of_itself_and_its_managers() -> None:
    async with world() as vk:
        vk.server.add_user(BORIS, "Boris", role="administrator")
        mine = await vk.call("groups.getById")
        other = await vk.call("groups.getById", group_id=8)
        managers = await vk.call("groups.getMembers", group_id=GROUP, filter="managers")
        everybody = await vk.call("groups.getMembers", group_id=GROUP, count=1)
    assert [group["id"] for group in mine["groups"]] == [GROUP]
    assert other["groups"] == []
    assert managers["items"] == [{"id": BORIS, "role": "administrator"}]
    assert (everybody["count"], everybody["items"]) == (4, [ANNA])


async def test_typing_is_shown_to_those_who_may_be_written_to() -> None:
    async with world() as vk:
        assert await vk.call("messages.setActivity", peer_id=ANNA, type="typing") == 1
        vk.server.set_standing(ANNA, Standing.PRIVATE)
        assert await vk.refusal("messages.setActivity", peer_id=ANNA, type="typing") == 902


async def test_pablo_reads_what_was_written() -> None:
    async with world() as vk:
        vk.server.switch_events(message_read=True)
        await vk.connect()
        await vk.send(PABLO, "hola", 1)
        vk.server.read(PABLO)
        _, event = await vk.poll()
        [found] = (await vk.call("messages.getConversationsById", peer_ids=PABLO))["items"]
    assert event["object"]["conversation_message_id"] == found["out_read_cmid"] == 2
