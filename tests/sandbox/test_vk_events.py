"""What the community hears of people, in the shapes of API 5.199."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.vk import (
    AudioMessage,
    Document,
    Geo,
    Graffiti,
    Link,
    Market,
    Other,
    Photo,
    Sticker,
    Video,
    Wall,
)
from bot.sandbox.vk.attachments import Attachable
from tests.sandbox.vk_client import ANNA, GROUP, PABLO, world


async def test_a_first_message_says_where_anna_came_from() -> None:
    async with world() as vk:
        await vk.connect()
        sent = vk.server.write(ANNA, "hi", ref="spring", ref_source="ads", payload={"a": 1})
        [event] = await vk.poll()
    message = event["object"]["message"]
    assert event["type"] == "message_new"
    assert (message["id"], message["conversation_message_id"]) == (sent, 2)
    assert (message["from_id"], message["peer_id"], message["out"]) == (ANNA, ANNA, 0)
    assert (message["ref"], message["ref_source"]) == ("spring", "ads")
    assert message["payload"] == '{"a":1}'
    assert "callback" in event["object"]["client_info"]["button_actions"]


async def test_an_edit_of_anna_comes_with_the_new_text() -> None:
    async with world() as vk:
        await vk.connect()
        sent = vk.server.write(ANNA, "100", attachments=[b"picture"])
        vk.clock.now += 60
        vk.server.edit(ANNA, sent, "200")
        _, event = await vk.poll()
        [shown] = [one for one in vk.server.dialog(ANNA) if one.id == sent]
    assert (event["type"], event["object"]["text"]) == ("message_edit", "200")
    assert event["object"]["update_time"] == event["object"]["date"] + 60
    assert event["object"]["attachments"][0]["type"] == "photo"
    assert shown.earlier == ("100",)


async def test_only_her_own_words_can_be_edited() -> None:
    async with world() as vk:
        sent = vk.server.write(ANNA, "mine")
        with pytest.raises(KeyError):
            vk.server.edit(PABLO, sent, "yours")


async def test_replies_and_forwards_carry_the_quoted_words() -> None:
    async with world() as vk:
        await vk.connect()
        answer = await vk.send(ANNA, "100 a metre", 1)
        vk.server.write(ANNA, "which metre?", reply_to=answer)
        vk.server.write(ANNA, "look", fwd=[answer])
        _, reply, forward = await vk.poll()
    assert reply["object"]["message"]["reply_message"]["text"] == "100 a metre"
    assert forward["object"]["message"]["fwd_messages"][0]["from_id"] == -GROUP


@pytest.mark.parametrize(
    ("given", "kind", "expected"),
    [
        (Photo(b"p", 2000, 1000), "photo", {"owner_id": ANNA}),
        (Document(b"12345", "plan.pdf"), "doc", {"title": "plan.pdf", "ext": "pdf", "size": 5}),
        (AudioMessage(b"ogg", 7), "audio_message", {"duration": 7}),
        (Graffiti(b"png"), "graffiti", {"owner_id": ANNA}),
        (Sticker(42), "sticker", {"sticker_id": 42}),
        (Video("Cat"), "video", {"title": "Cat"}),
        (Wall("A post"), "wall", {"text": "A post"}),
        (Market("Door", 5_000_00), "market", {"title": "Door"}),
        (Link("https://example.com", "Shop"), "link", {"url": "https://example.com"}),
        (Other("poll", {"question": "?"}), "poll", {"question": "?"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_an_attachment_of_each_kind(
    given: Attachable, kind: str, expected: dict[str, Any]
) -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.write(ANNA, attachments=[given])
        [event] = await vk.poll()
    [attachment] = event["object"]["message"]["attachments"]
    assert attachment["type"] == kind
    assert attachment[kind].items() >= expected.items()


async def test_a_place_stands_beside_the_attachments() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.write(ANNA, attachments=[Geo(55.75, 37.61, "Moscow"), b"photo"])
        [event] = await vk.poll()
    message = event["object"]["message"]
    assert message["geo"]["coordinates"] == {"latitude": 55.75, "longitude": 37.61}
    assert message["geo"]["place"]["title"] == "Moscow"
    assert [one["type"] for one in message["attachments"]] == ["photo"]


async def test_what_anna_sent_can_be_downloaded() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.write(ANNA, attachments=[Document(b"%PDF", "план дома.pdf"), Photo(b"jpeg")])
        [event] = await vk.poll()
        document, photo = event["object"]["message"]["attachments"]
        largest = max(photo["photo"]["sizes"], key=lambda size: size["width"])
        for url, data in ((document["doc"]["url"], b"%PDF"), (largest["url"], b"jpeg")):
            async with vk.http.get(url) as answer:
                assert await answer.read() == data


async def test_a_lead_form_and_an_order_are_events() -> None:
    async with world() as vk:
        await vk.connect()
        lead = vk.server.lead_form(ANNA, [("phone_number", "Phone?", "+7 900 000-00-00")])
        order = vk.server.market_order(PABLO, comment="blue, please", price=990_00)
        form, bought = await vk.poll()
    assert (form["type"], form["object"]["lead_id"]) == ("lead_forms_new", lead)
    assert form["object"]["answers"][0]["key"] == "phone_number"
    assert (bought["type"], bought["object"]["id"]) == ("market_order_new", order)
    assert bought["object"]["total_price"]["amount"] == "99000"


async def test_a_chat_tells_who_invited_the_bot_and_who_is_there() -> None:
    async with world() as vk:
        await vk.connect()
        chat = vk.server.add_chat("Team", [ANNA, PABLO], admins=[ANNA])
        vk.server.write(PABLO, "hi all", peer_id=chat)
        vk.server.set_member(chat, PABLO, present=False)
        invited, said = await vk.poll()
        members = await vk.call("messages.getConversationMembers", peer_id=chat)
    assert invited["object"]["message"]["action"]["member_id"] == -GROUP
    assert (said["object"]["message"]["id"], said["object"]["message"]["peer_id"]) == (0, chat)
    assert [(one["member_id"], one["is_admin"]) for one in members["items"]] == [
        (ANNA, True),
        (-GROUP, False),
    ]


async def test_the_page_hears_of_every_visible_change() -> None:
    async with world() as vk:
        heard: list[int] = []
        end = vk.server.subscribe(heard.append)
        sent = vk.server.write(ANNA, "one")
        vk.server.edit(ANNA, sent, "two")
        await vk.send(PABLO, "hola", 1)
        end()
        vk.server.write(ANNA, "three")
    assert heard == [ANNA, ANNA, PABLO]
