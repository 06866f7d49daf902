"""Presses of callback and text buttons, and their one answer."""

from __future__ import annotations

import json

import pytest
from vk_api.keyboard import VkKeyboard

from tests.sandbox.vk_client import ANNA, PABLO, World, world

SNACKBAR = json.dumps({"type": "show_snackbar", "text": "Taken"})
ANSWER = "messages.sendMessageEventAnswer"


async def ask(vk: World) -> int:
    """A message with a callback and a text button; returns its number in the dialog."""
    keyboard = VkKeyboard(inline=True)
    keyboard.add_callback_button("Good", payload={"rate": 5})
    keyboard.add_button("Call me", payload={"call": True})
    await vk.send(ANNA, "How was it?", 1, keyboard=keyboard.get_keyboard())
    return vk.server.dialog(ANNA)[-1].conversation_message_id


async def test_a_press_is_answered_once() -> None:
    async with world() as vk:
        await vk.connect()
        event_id = vk.server.press(ANNA, ANNA, await ask(vk), {"rate": 5})
        event = (await vk.poll())[-1]
        pressed = {"event_id": event_id, "user_id": ANNA, "peer_id": ANNA}
        await vk.call(ANSWER, **pressed, event_data=SNACKBAR)
        assert await vk.refusal(ANSWER, **pressed) == 100
        assert vk.server.answers == {event_id: {"type": "show_snackbar", "text": "Taken"}}
    assert event["type"] == "message_event"
    assert event["object"]["payload"] == {"rate": 5}
    assert (event["object"]["event_id"], event["object"]["conversation_message_id"]) == (
        event_id,
        2,
    )


async def test_a_press_may_be_found_by_its_label_and_answered_with_nothing() -> None:
    async with world() as vk:
        event_id = vk.server.press(ANNA, ANNA, await ask(vk), label="Good")
        await vk.call(ANSWER, event_id=event_id, user_id=ANNA, peer_id=ANNA)
        assert vk.server.answers[event_id] == {}


async def test_an_answer_is_too_late_after_a_minute() -> None:
    async with world() as vk:
        event_id = vk.server.press(ANNA, ANNA, await ask(vk), label="Good")
        vk.clock.now += 60
        late = {"event_id": event_id, "user_id": ANNA, "peer_id": ANNA}
        vk.clock.now += 0.5
        assert await vk.refusal(ANSWER, **late) == 100
        assert vk.server.answers == {}


@pytest.mark.parametrize(
    "data",
    ["Taken", "{}", '{"type":"show_snackbar"}', '{"type":"shout","text":"x"}'],
)
async def test_an_answer_of_no_known_form_is_refused_and_may_be_repeated(data: str) -> None:
    async with world() as vk:
        event_id = vk.server.press(ANNA, ANNA, await ask(vk), label="Good")
        pressed = {"event_id": event_id, "user_id": ANNA, "peer_id": ANNA}
        assert await vk.refusal(ANSWER, **pressed, event_data=data) == 100
        assert await vk.refusal(ANSWER, **pressed, event_data=SNACKBAR) == 0


async def test_a_long_snackbar_is_refused() -> None:
    async with world() as vk:
        event_id = vk.server.press(ANNA, ANNA, await ask(vk), label="Good")
        data = json.dumps({"type": "show_snackbar", "text": "x" * 91})
        pressed = {"event_id": event_id, "user_id": ANNA, "peer_id": ANNA}
        assert await vk.refusal(ANSWER, **pressed, event_data=data) == 100


async def test_an_answer_to_somebody_else_is_refused() -> None:
    async with world() as vk:
        event_id = vk.server.press(ANNA, ANNA, await ask(vk), label="Good")
        assert await vk.refusal(ANSWER, event_id=event_id, user_id=PABLO, peer_id=ANNA) == 100


async def test_a_text_button_writes_its_label_with_its_payload() -> None:
    async with world() as vk:
        await vk.connect()
        assert vk.server.press(ANNA, ANNA, await ask(vk), label="Call me") == ""
        message = (await vk.poll())[-1]["object"]["message"]
    assert (message["text"], message["payload"]) == ("Call me", '{"call":true}')


async def test_a_text_button_without_payload_writes_only_its_label() -> None:
    async with world() as vk:
        await vk.connect()
        keyboard = VkKeyboard()
        keyboard.add_button("Yes")
        await vk.send(ANNA, "Shall we?", 1, keyboard=keyboard.get_keyboard())
        vk.server.press(ANNA, ANNA, 2, label="Yes")
        message = (await vk.poll())[-1]["object"]["message"]
    assert (message["text"], "payload" in message) == ("Yes", False)


async def test_a_button_that_is_not_there_can_only_be_forged() -> None:
    async with world() as vk:
        await vk.connect()
        number = await ask(vk)
        with pytest.raises(KeyError):
            vk.server.press(ANNA, ANNA, number, {"rate": 99})
        vk.server.press(ANNA, ANNA, number, {"rate": 99}, forged=True)
        event = (await vk.poll())[-1]
    assert event["object"]["payload"] == {"rate": 99}
