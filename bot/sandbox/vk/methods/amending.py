"""The methods that change what was sent: messages.edit and messages.delete."""

from __future__ import annotations

from typing import Any

from bot.sandbox.vk import errors
from bot.sandbox.vk.community import Community
from bot.sandbox.vk.dialogs import Message
from bot.sandbox.vk.errors import VkError, bad
from bot.sandbox.vk.methods.content import read_content
from bot.sandbox.vk.parameters import Parameters

_FINAL = ("sticker", "audio_message")  # nothing else stands with these, and they have no words


def edit(community: Community, given: Parameters) -> int:
    """messages.edit: text, attachments and keyboard all anew; what is not given is gone."""
    peer_id = given["peer_id"]
    community.check_peer(peer_id)
    message = _message_to_edit(community, peer_id, given)
    if not message.outgoing:
        raise VkError(errors.WRONG_KIND_TO_EDIT)
    if community.clock() - message.date > community.limits.edit_age:
        raise VkError(errors.TOO_OLD_TO_EDIT)
    if any(one["type"] in _FINAL for one in message.attachments):
        raise VkError(errors.WRONG_KIND_TO_EDIT)
    content = read_content(community, given)
    message.amend(content.text, content.attachments, community.now)
    message.keyboard, message.geo = content.keyboard, content.geo
    community.happen("message_edit", message)
    return 1


def delete(community: Community, given: Parameters) -> Any:
    """messages.delete: by id an object of ones, by number in a dialog a list."""
    everybody = given.get("delete_for_all", False)
    if "cmids" not in given:
        ids = given.get("message_ids")
        if not ids:
            raise bad("message_ids", "is undefined")
        found = [community.dialogs.message(one) for one in ids]
        return {str(i): _delete(community, m, everybody) for i, m in zip(ids, found, strict=True)}
    peer_id = given.get("peer_id")
    if peer_id is None:
        raise bad("peer_id", "is undefined")
    results = []
    for number in given["cmids"]:
        done = _delete(community, community.dialogs.numbered(peer_id, number), everybody)
        results.append({"peer_id": peer_id, "conversation_message_id": number, "response": done})
    return results


def _message_to_edit(community: Community, peer_id: int, given: Parameters) -> Message:
    number = given.get("conversation_message_id", given.get("cmid"))
    if number is not None:
        message = community.dialogs.numbered(peer_id, number)
    elif "message_id" in given:
        message = community.dialogs.message(given["message_id"])
    else:
        raise bad("message_id", "or cmid should be given")
    if message is None or message.peer_id != peer_id:
        raise bad("message_id", "is not a message of this conversation")
    return message


def _delete(community: Community, message: Message | None, everybody: bool) -> int:
    if message is None:
        return 0
    if everybody:
        old = community.clock() - message.date > community.limits.edit_age
        if old or not message.outgoing:
            raise VkError(errors.CANNOT_DELETE_FOR_ALL)
        message.deleted = True
    message.hidden = True
    community.changed(message.peer_id)
    return 1
