"""The methods by which the community reacts: answers to presses, marks, leaving a chat."""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.vk import errors
from bot.sandbox.vk.community import Community
from bot.sandbox.vk.dialogs import CHATS
from bot.sandbox.vk.errors import VkError, bad
from bot.sandbox.vk.parameters import Parameters

_SNACKBAR = 90  # characters
_ACTIVITIES = ("typing", "audiomessage", "file", "photo", "video")


def answer_press(community: Community, given: Parameters) -> int:
    """messages.sendMessageEventAnswer: once, within the minute, to the one who pressed."""
    press = community.presses.get(given["event_id"])
    same = press and (press.user_id, press.peer_id) == (given["user_id"], given["peer_id"])
    if press is None or not same:
        raise bad("event_id", "is unknown for this user and peer")
    if press.answered or community.clock() - press.at > community.limits.press_age:
        raise bad("event_id", "is answered or expired")
    data = _event_data(given.get("event_data", ""))
    press.answered = True
    community.answers[given["event_id"]] = data
    community.changed(press.peer_id)
    return 1


def mark_as_read(community: Community, given: Parameters) -> int:
    """messages.markAsRead: everything in a dialog, or up to a message."""
    community.check_group(given.get("group_id"))
    if "peer_id" not in given:
        raise bad("peer_id", "is undefined")
    dialog = community.dialogs.get(given["peer_id"])
    upto = given.get("up_to_cmid", dialog.last_number)
    dialog.read_in = max(dialog.read_in, min(upto, dialog.last_number))
    community.changed(dialog.peer_id)
    return 1


def set_activity(community: Community, given: Parameters) -> int:
    """messages.setActivity: the community types."""
    peer_id = given.get("peer_id", given.get("user_id"))
    if peer_id is None:
        raise bad("peer_id", "is undefined")
    if given.get("type", "typing") not in _ACTIVITIES:
        raise bad("type", "is unknown")
    community.check_peer(peer_id)
    return 1


def remove_chat_user(community: Community, given: Parameters) -> int:
    """messages.removeChatUser: the community leaves, or as an admin removes somebody."""
    chat = community.chat(CHATS + given["chat_id"])
    member = given.get("member_id", given.get("user_id"))
    if member == -community.group_id:
        chat.present = False
    elif member not in chat.members:
        raise VkError(errors.NOT_IN_CHAT)
    else:
        raise VkError(errors.ACCESS_DENIED)
    community.changed(chat.peer_id)
    return 1


def _event_data(raw: str) -> dict[str, Any]:
    if not raw:
        return {}
    try:
        data = json.loads(raw)
    except ValueError as error:
        raise bad("event_data", "is not JSON") from error
    needed = {"show_snackbar": "text", "open_link": "link", "open_app": "app_id"}
    kind = data.get("type") if isinstance(data, dict) else None
    if kind not in needed or not data.get(needed[kind]):
        raise bad("event_data", "has no known type or lacks its value")
    if len(str(data.get("text", ""))) > _SNACKBAR or len(raw) > 1000:
        raise bad("event_data", f"text is over {_SNACKBAR} characters")
    return dict(data)
