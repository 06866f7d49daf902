"""What a message to be sent consists of, read from parameters as strictly as VK reads them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.sandbox.vk import errors
from bot.sandbox.vk.community import Community
from bot.sandbox.vk.dialogs import Message
from bot.sandbox.vk.errors import VkError, bad
from bot.sandbox.vk.keyboards import parse_keyboard
from bot.sandbox.vk.parameters import Parameters

_KINDS = "photo|video|audio|doc|audio_message|graffiti|wall|market|poll"
_ATTACHMENT = re.compile(rf"({_KINDS})(-?\d+)_(\d+)(?:_(\w+))?")


@dataclass(frozen=True, slots=True)
class Content:
    """Everything of a message but whom it goes to and what it quotes."""

    text: str
    attachments: list[dict[str, Any]]
    keyboard: dict[str, Any] | None
    geo: dict[str, Any] | None
    payload: str | None


def read_content(community: Community, given: Parameters) -> Content:
    """What messages.send and messages.edit have in common; VkError when VK would refuse it."""
    community.check_group(given.get("group_id"))
    text = given.get("message", "")
    if len(text) > community.limits.text:
        raise VkError(errors.TEXT_TOO_LONG)
    attachments = _attachments(community, given.get("attachment", ""))
    geo = _place(given)
    if "sticker_id" in given:
        attachments.append({"type": "sticker", "sticker": {"sticker_id": given["sticker_id"]}})
    forwards = given.get("forward_messages") or _forwards(given)
    if not (text.strip() or attachments or geo or forwards):
        raise bad("message", "is empty or invalid")
    keyboard = _keyboard(community, given.get("keyboard", ""))
    return Content(text, attachments, keyboard, geo, given.get("payload"))


def read_quoted(
    community: Community, peer_id: int, given: Parameters
) -> tuple[Message | None, tuple[Message, ...]]:
    """The message replied to and the messages forwarded, from any of the three parameters."""
    if "reply_to" in given:
        reply = community.dialogs.message(given["reply_to"])
        if reply is None or reply.peer_id != peer_id:
            raise bad("reply_to", "is not a message of this conversation")
        return reply, ()
    if "forward_messages" in given:
        found = [community.dialogs.message(one) for one in given["forward_messages"]]
        return None, _forwardable(community, found)
    return _forward(community, peer_id, _forwards(given))


def _attachments(community: Community, text: str) -> list[dict[str, Any]]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if len(names) > community.limits.attachments:
        raise bad("attachment", f"has more than {community.limits.attachments} items")
    return [_attachment(community, name) for name in names]


def _attachment(community: Community, name: str) -> dict[str, Any]:
    match = _ATTACHMENT.fullmatch(name)
    if match is None:
        raise bad("attachment", "is invalid")
    kind, owner, number, key = match.groups()
    media = community.files.find(kind, int(owner), int(number), key or "")
    if media is None:
        raise bad("attachment", f"{kind}{owner}_{number} is not found or not accessible")
    return media.attachment


def _place(given: Parameters) -> dict[str, Any] | None:
    if ("lat" in given) != ("long" in given):
        raise bad("lat", "and long go together")
    if "lat" not in given:
        return None
    point = {"latitude": given["lat"], "longitude": given["long"]}
    return {"type": "point", "coordinates": point}


def _keyboard(community: Community, raw: str) -> dict[str, Any] | None:
    if not raw:
        return None
    if not community.bot_features:
        raise VkError(errors.BOT_FEATURES_OFF)
    return parse_keyboard(raw, -community.group_id)


def _forwards(given: Parameters) -> dict[str, Any]:
    if "forward" not in given:
        return {}
    try:
        forward = json.loads(given["forward"])
    except ValueError as error:
        raise bad("forward", "is not JSON") from error
    if not isinstance(forward, dict):
        raise bad("forward", "should be an object")
    return forward


def _forward(
    community: Community, peer_id: int, forward: dict[str, Any]
) -> tuple[Message | None, tuple[Message, ...]]:
    if not forward:
        return None, ()
    source = forward.get("peer_id", peer_id)
    numbers = forward.get("conversation_message_ids", [])
    found = [community.dialogs.numbered(source, number) for number in numbers]
    found += [community.dialogs.message(one) for one in forward.get("message_ids", [])]
    messages = _forwardable(community, found)
    if not forward.get("is_reply"):
        return None, messages
    if len(messages) != 1 or source != peer_id:
        raise bad("forward", "is_reply needs one message of the same conversation")
    return messages[0], ()


def _forwardable(community: Community, found: list[Message | None]) -> tuple[Message, ...]:
    if len(found) > community.limits.forwards:
        raise VkError(errors.TOO_MANY_FORWARDS)
    messages = tuple(message for message in found if message is not None)
    if not messages or len(messages) != len(found):
        raise VkError(errors.CANNOT_FORWARD)
    return messages
