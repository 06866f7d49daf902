"""messages.send: to one or to many, each random_id once."""

from __future__ import annotations

from typing import Any

from bot.sandbox.vk.community import Community
from bot.sandbox.vk.dialogs import CHATS, Dialog, Message
from bot.sandbox.vk.errors import VkError, bad
from bot.sandbox.vk.methods.content import Content, read_content, read_quoted
from bot.sandbox.vk.parameters import Parameters

_INT32 = 2**31
_WAYS = ("peer_id", "peer_ids", "user_id", "chat_id", "domain")


def send(community: Community, given: Parameters) -> Any:
    """messages.send: an id, or with peer_ids one result or error for each recipient."""
    random_id = _random_id(given)
    peers = _recipients(community, given)
    content = read_content(community, given)
    if "peer_ids" in given:
        return [_send_or_error(community, peer, content, given, random_id) for peer in peers]
    message = _send_one(community, peers[0], content, given, random_id)
    return 0 if message.peer_id > CHATS else message.id


def _random_id(given: Parameters) -> int:
    if "random_id" not in given:
        raise bad("random_id", "is a required parameter")
    random_id = int(given["random_id"])
    if not -_INT32 <= random_id < _INT32:
        raise bad("random_id", "should be an int32")
    return random_id


def _recipients(community: Community, given: Parameters) -> list[int]:
    ways = [name for name in _WAYS if name in given]
    if len(ways) != 1:
        raise bad("peer_id", "or one of user_id, chat_id, peer_ids should be given, and one alone")
    value = given[ways[0]]
    if ways[0] == "domain":
        user = community.people.find(value)
        return [user.id if user else 0]
    if ways[0] == "chat_id":
        return [CHATS + int(value)]
    return list(value) if ways[0] == "peer_ids" else [int(value)]


def _send_or_error(
    community: Community, peer_id: int, content: Content, given: Parameters, random_id: int
) -> dict[str, Any]:
    try:
        message = _send_one(community, peer_id, content, given, random_id)
    except VkError as error:
        reason = {"code": error.code, "description": error.message}
        return {"peer_id": peer_id, "message_id": 0, "error": reason}
    shown = message.shape()
    number = {"conversation_message_id": message.number}
    return {"peer_id": peer_id, "message_id": shown["id"], **number}


def _send_one(
    community: Community, peer_id: int, content: Content, given: Parameters, random_id: int
) -> Message:
    community.check_peer(peer_id)
    dialog = community.dialogs.open(peer_id)
    repeated = _repeated(community, dialog, random_id)
    if repeated is not None:
        return repeated
    reply, forwarded = read_quoted(community, peer_id, given)
    community.pace.text(peer_id, content.text, community.clock())
    message = community.dialogs.add(
        peer_id,
        -community.group_id,
        community.now,
        text=content.text,
        attachments=content.attachments,
        keyboard=content.keyboard,
        geo=content.geo,
        payload=content.payload,
        reply=reply,
        forwarded=forwarded,
        random_id=random_id,
    )
    _note_sent(dialog, message)
    community.happen("message_reply", message)
    return message


def _repeated(community: Community, dialog: Dialog, random_id: int) -> Message | None:
    earlier = dialog.sent.get(random_id) if random_id else None
    if earlier is None:
        return None
    age, later = community.limits.random_id_age, community.limits.random_id_messages
    forgotten = age is not None and community.clock() - earlier.date >= age
    buried = later is not None and dialog.last_number - earlier.number > later
    return None if forgotten or buried else earlier


def _note_sent(dialog: Dialog, message: Message) -> None:
    dialog.read_in = message.number
    if message.random_id:
        dialog.sent[message.random_id] = message
    if message.keyboard and not message.keyboard["inline"]:
        dialog.keyboard = message.keyboard if message.keyboard["buttons"] else None
