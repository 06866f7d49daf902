"""The local VK held against the published schema of API 5.199, where that is at hand."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.vk import (
    AudioMessage,
    Document,
    Geo,
    Graffiti,
    Link,
    Market,
    Photo,
    Sticker,
    Video,
    Wall,
)
from bot.sandbox.vk.attachments import Attachable
from bot.sandbox.vk.errors import MESSAGES
from bot.sandbox.vk.methods import METHODS
from tests.sandbox.vk_client import ANNA, PABLO, World, world

SCHEMA = Path(__file__).parents[3] / "shared" / "schemas" / "vk"
pytestmark = pytest.mark.skipif(
    not SCHEMA.is_dir(), reason=f"SKIPPED ALOUD: no VK schema at {SCHEMA}"
)

# in VK's documentation or practice, but missing in its schema
UNPUBLISHED = {
    "messages.edit": {"conversation_message_id"},
    "groups.setLongPollSettings": {
        "lead_forms_new",
        "market_order_new",
        "market_order_edit",
        "wall_schedule_post_new",
        "wall_schedule_post_delete",
    },
}
# carousels are not imitated
LEFT_OUT = {"messages.send": {"template"}, "messages.edit": {"template"}}

UNPUBLISHED_FIELDS = {
    "photo": {"orig_photo", "web_view_token"},
    "doc": {"is_unsafe"},
    "audio_message": {"transcript_state"},
}
TYPES = {
    "photo": "photos/photos_photo",
    "doc": "docs/docs_doc",
    "audio_message": "messages/messages_audio_message",
    "graffiti": "messages/messages_graffiti",
    "sticker": "base/base_sticker",
    "video": "video/video_video",
    "wall": "wall/wall_wallpost_full",
    "market": "market/market_market_item",
    "link": "base/base_link",
}


@cache
def published(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMA / path).read_text())
    return content


def properties(node: dict[str, Any]) -> dict[str, Any]:
    """Every property of an object of the schema, through references and compositions."""
    found: dict[str, Any] = dict(node.get("properties", {}))
    if "$ref" in node:
        found |= properties(resolve(node["$ref"]))
    for part in (*node.get("allOf", ()), *node.get("oneOf", ())):
        found |= properties(part)
    return found


def resolve(reference: str) -> dict[str, Any]:
    path, _, name = reference.partition("#/definitions/")
    definition: dict[str, Any] = published(path.removeprefix("../"))["definitions"][name]
    return definition


def definition(place: str) -> dict[str, Any]:
    folder, _, name = place.partition("/")
    return properties(resolve(f"../{folder}/objects.json#/definitions/{name}"))


def differences(shape: dict[str, Any], place: str) -> tuple[set[str], set[str]]:
    """Fields that the schema does not know, and required ones that are missing."""
    known = definition(place)
    required = {name for name, one in known.items() if one.get("required") is True}
    return set(shape) - set(known), required - set(shape)


def parameters(method: str) -> dict[str, Any] | None:
    content = published(f"{method.partition('.')[0]}/methods.json")["methods"]
    found = [one for one in content if one["name"] == method]
    return {one["name"]: one for one in found[0].get("parameters", [])} if found else None


async def first_object(vk: World) -> dict[str, Any]:
    [event] = await vk.poll()
    body: dict[str, Any] = event["object"]
    return body


@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_method_takes_what_the_schema_says(method: str) -> None:
    known = parameters(method) or {}
    taken = METHODS[method].signature.names
    assert taken - set(known) == UNPUBLISHED.get(method, set())
    assert set(known) - taken <= LEFT_OUT.get(method, set())


@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_method_needs_what_the_schema_says(method: str) -> None:
    known = parameters(method) or {}
    needed = {name for name, one in known.items() if one.get("required") is True}
    assert needed <= METHODS[method].signature.required


def test_error_codes_and_words_are_the_schemas() -> None:
    errors = published("errors.json")["errors"].values()
    words = {one["code"]: one["description"] for one in errors}
    assert {code: words[code] for code in MESSAGES} == MESSAGES


async def test_events_of_messages_have_the_schemas_fields() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.write(ANNA, "hi", ref="a", ref_source="b", attachments=[Geo(1, 2)], payload={})
        body = await first_object(vk)
        sent = await vk.send(ANNA, "Hi!", 1)
        reply = await first_object(vk)
        await vk.call("messages.edit", peer_id=ANNA, message_id=sent, message="Hello!")
        edit = await first_object(vk)
    assert differences(body, "callback/callback_message_object") == (set(), set())
    assert differences(body["client_info"], "callback/callback_info_for_bots") == (set(), set())
    for message in (body["message"], reply, edit):
        assert differences(message, "messages/messages_message") == (set(), set())


async def test_quoted_messages_have_the_schemas_fields() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.write(ANNA, "look", fwd=[1], reply_to=1)
        message = (await first_object(vk))["message"]
    for quoted in (message["reply_message"], message["fwd_messages"][0]):
        assert differences(quoted, "messages/messages_foreign_message") == (set(), set())


async def test_the_other_events_have_the_schemas_fields() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.allow(ANNA)
        allowed = await first_object(vk)
        vk.server.deny(ANNA)
        denied = await first_object(vk)
        vk.server.press(ANNA, ANNA, 1, {}, forged=True)
        pressed = await first_object(vk)
        vk.server.market_order(PABLO)
        ordered = await first_object(vk)
    assert differences(allowed, "callback/callback_message_allow") == (set(), set())
    assert differences(denied, "callback/callback_message_deny") == (set(), set())
    assert differences(pressed, "callback/callback_message_event") == (set(), set())
    unpublished = {"delivery", "recipient"}
    assert differences(ordered, "market/market_order") == (unpublished, set())


async def test_attachments_have_the_schemas_fields() -> None:
    given: list[Attachable] = [
        Photo(b"p"),
        Document(b"d"),
        AudioMessage(b"a"),
        Graffiti(b"g"),
        Sticker(),
    ]
    given += [Video(), Wall(), Market(), Link("https://example.com")]
    async with world() as vk:
        await vk.connect()
        vk.server.write(ANNA, attachments=given)
        shown = (await first_object(vk))["message"]["attachments"]
    for attachment in shown:
        kind = attachment["type"]
        found = differences(attachment[kind], TYPES[kind])
        assert (kind, *found) == (kind, UNPUBLISHED_FIELDS.get(kind, set()), set())


async def test_conversations_have_the_schemas_fields() -> None:
    async with world() as vk:
        [item] = (await vk.call("messages.getConversations", count=1))["items"]
    unknown, missing = differences(item["conversation"], "messages/messages_conversation")
    assert (unknown, missing) == ({"in_read_cmid", "out_read_cmid"}, set())


async def test_long_poll_settings_name_every_kind_of_the_schema() -> None:
    async with world() as vk:
        told = await vk.call("groups.getLongPollSettings", group_id=7)
    _, missing = differences(told["events"], "groups/groups_long_poll_events")
    assert missing == set()


async def test_callback_servers_have_the_schemas_fields() -> None:
    async with world() as vk:
        vk.server.community.add_callback("Dialead", "https://example.org", "s3")
        [told] = (await vk.call("groups.getCallbackServers", group_id=7))["items"]
    assert differences(told, "groups/groups_callback_server") == (set(), set())
