"""Keyboards that VK would refuse, and those at the limits that it takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.vk.errors import VkError
from bot.sandbox.vk.keyboards import parse_keyboard
from tests.sandbox.vk_client import ANNA, world


def button(label: Any = "Take", kind: str = "callback", **more: Any) -> dict[str, Any]:
    return {"action": {"type": kind, "label": label, **more}, "color": "primary"}


def inline(*rows: Any, **flags: Any) -> dict[str, Any]:
    return {"inline": True, "buttons": list(rows), **flags}


LINK = {"action": {"type": "open_link", "label": "Site", "link": "https://example.com"}}
LOCATION = {"action": {"type": "location"}}

TAKEN = {
    "ten inline buttons": inline([button()] * 5, [button()] * 5),
    "six inline rows": inline(*[[button()]] * 6),
    "forty regular buttons": {"buttons": [[button()] * 4] * 10},
    "a label of forty letters": inline([button("ж" * 40)]),
    "a payload of 255 bytes": inline([button(payload=json.dumps("x" * 253))]),
    "a link": inline([LINK]),
    "a location in its own row": {"buttons": [[button()], [LOCATION]]},
    "no buttons at all": {"buttons": [], "one_time": True},
    "a payload of nothing": inline([button(payload=None)]),
}

REFUSED = {
    "no object": [],
    "no buttons": {"inline": True},
    "an empty row": inline([]),
    "rows that are no rows": inline({}),
    "eleven inline buttons": inline([button()] * 5, [button()] * 5, [button()]),
    "seven inline rows": inline(*[[button()]] * 7),
    "six in a row": inline([button()] * 6),
    "forty-one regular buttons": {"buttons": [[button()] * 4] * 9 + [[button()] * 5]},
    "eleven regular rows": {"buttons": [[button()]] * 11},
    "inline for one time": inline([button()], one_time=True),
    "a number for a flag": {"buttons": [], "one_time": 1},
    "an unknown field": {"buttons": [], "resize": True},
    "an unknown field in a button": inline([{**button(), "style": "bold"}]),
    "an unknown field in an action": inline([button(url="https://example.com")]),
    "an unknown action": inline([button(kind="shout")]),
    "no action": inline([{"label": "Take"}]),
    "a button of words": inline(["Take"]),
    "no label": inline([button("")]),
    "a blank label": inline([button(" ")]),
    "a long label": inline([button("x" * 41)]),
    "a label that is a number": inline([button(5)]),
    "a payload that is an object": inline([button(payload={"take": 1})]),
    "a payload that is no JSON": inline([button(payload="take")]),
    "a payload of 256 bytes": inline([button(payload=json.dumps("x" * 254))]),
    "a payload of 256 bytes in Russian": inline([button(payload=f'"{"ж" * 127}"')]),
    "an unknown colour": inline([{**button(), "color": "red"}]),
    "a coloured link": inline([{**LINK, "color": "primary"}]),
    "a link to nowhere": inline([{"action": {"type": "open_link", "label": "Site"}}]),
    "a location beside a button": {"buttons": [[button(), LOCATION]]},
}


@pytest.mark.parametrize("keyboard", TAKEN.values(), ids=TAKEN)
def test_taken(keyboard: dict[str, Any]) -> None:
    shown = parse_keyboard(json.dumps(keyboard, ensure_ascii=False), -7)
    assert [len(row) for row in shown["buttons"]] == [len(row) for row in keyboard["buttons"]]


@pytest.mark.parametrize("keyboard", REFUSED.values(), ids=REFUSED)
def test_refused(keyboard: Any) -> None:
    with pytest.raises(VkError) as caught:
        parse_keyboard(json.dumps(keyboard, ensure_ascii=False), -7)
    assert caught.value.code == 911


async def test_an_edit_with_a_bad_keyboard_changes_nothing() -> None:
    async with world() as vk:
        sent = await vk.send(ANNA, "new", 1)
        keyboard = json.dumps(inline([button("x" * 41)]))
        edited = {"peer_id": ANNA, "message_id": sent, "message": "taken", "keyboard": keyboard}
        assert await vk.refusal("messages.edit", **edited) == 911
        assert vk.server.dialog(ANNA)[-1].text == "new"
