"""The methods that read conversations, messages and members of chats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.sandbox.vk.community import Community
from bot.sandbox.vk.dialogs import Dialog, Message, authors
from bot.sandbox.vk.errors import bad
from bot.sandbox.vk.methods.groups import group_profile
from bot.sandbox.vk.parameters import Parameters
from bot.sandbox.vk.people import Standing

_MOST = 200
_FILTERS = ("all", "archive", "important", "unanswered", "unread")


def get_conversations(community: Community, given: Parameters) -> dict[str, Any]:
    """messages.getConversations: the most recent first."""
    community.check_group(given.get("group_id"))
    wanted = given.get("filter", "all")
    if wanted not in _FILTERS:
        raise bad("filter", "is unknown")
    found = [d for d in community.dialogs.newest_first() if _passes(d, wanted)]
    if "start_message_id" in given:
        found = [d for d in found if d.visible()[-1].id <= given["start_message_id"]]
    offset = given.get("offset", 0)
    if offset < 0:
        raise bad("offset", "should not be negative")
    page = found[offset : offset + _count(given)]
    items = [{"conversation": d.shape(), "last_message": d.visible()[-1].shape()} for d in page]
    unread = sum("unread_count" in d.shape() for d in found)
    answer = {"count": len(found), "items": items, "unread_count": unread}
    return answer | _extended(community, given, [d.peer_id for d in page])


def get_conversations_by_id(community: Community, given: Parameters) -> dict[str, Any]:
    """messages.getConversationsById: those asked for that exist."""
    community.check_group(given.get("group_id"))
    dialogs = [community.dialogs.find(peer) for peer in given["peer_ids"]]
    items = [dialog.shape() for dialog in dialogs if dialog is not None]
    return {"count": len(items), "items": items} | _extended(community, given, given["peer_ids"])


def get_history(community: Community, given: Parameters) -> dict[str, Any]:
    """messages.getHistory: newest first, or with `rev` oldest first."""
    community.check_group(given.get("group_id"))
    peer_id = given.get("peer_id", given.get("user_id"))
    if peer_id is None:
        raise bad("peer_id", "is undefined")
    dialog = community.dialogs.get(peer_id)
    messages = dialog.visible()
    page = _page(messages if given.get("rev") else messages[::-1], given)
    answer = {"count": len(messages), "items": [message.shape() for message in page]}
    if given.get("extended"):
        answer["conversations"] = [dialog.shape()]
    return answer | _extended(community, given, authors(page))


def get_by_id(community: Community, given: Parameters) -> dict[str, Any]:
    """messages.getById: by message ids, or by numbers in one conversation."""
    community.check_group(given.get("group_id"))
    if "cmids" in given:
        if "peer_id" not in given:
            raise bad("peer_id", "is undefined")
        return _by_number(community, given, given["cmids"])
    if "message_ids" not in given:
        raise bad("message_ids", "is undefined")
    return _found(community, given, map(community.dialogs.message, given["message_ids"]))


def get_by_conversation_message_id(community: Community, given: Parameters) -> dict[str, Any]:
    """messages.getByConversationMessageId."""
    community.check_group(given.get("group_id"))
    return _by_number(community, given, given["conversation_message_ids"])


def get_conversation_members(community: Community, given: Parameters) -> dict[str, Any]:
    """messages.getConversationMembers: of a chat that the community is in."""
    chat = community.chat(given["peer_id"])
    items = [{"member_id": m, "is_admin": admin} for m, admin in chat.members.items()]
    items.append({"member_id": -community.group_id, "is_admin": False})
    offset = given.get("offset", 0)
    page = items[offset : offset + given.get("count", _MOST)]
    people = community.people.profiles(chat.members, given.get("fields", ()))
    groups = [group_profile(community)]
    return {"count": len(items), "items": page, "profiles": people, "groups": groups}


def is_allowed(community: Community, given: Parameters) -> dict[str, int]:
    """messages.isMessagesFromGroupAllowed."""
    community.check_group(given["group_id"])
    user = community.people.find(str(given["user_id"]))
    return {"is_allowed": int(user is not None and user.standing is Standing.OPEN)}


def _passes(dialog: Dialog, wanted: str) -> bool:
    if wanted == "unread":
        return "unread_count" in dialog.shape()
    if wanted == "unanswered":
        return not dialog.visible()[-1].outgoing
    return wanted == "all"


def _count(given: Parameters) -> int:
    count = int(given.get("count", 20))
    if not 0 <= count <= _MOST:
        raise bad("count", f"should be 0 to {_MOST}")
    return count


def _page(messages: list[Message], given: Parameters) -> list[Message]:
    start = 0
    if given.get("start_message_id", 0) > 0:
        later = (message.id > given["start_message_id"] for message in messages)
        # with `rev` the list climbs, so the start is its first message at or after the id
        older = (message.id < given["start_message_id"] for message in messages)
        start = sum(older) if given.get("rev") else sum(later)
    start = max(0, start + given.get("offset", 0))
    return messages[start : start + _count(given)]


def _by_number(community: Community, given: Parameters, numbers: list[int]) -> dict[str, Any]:
    peer_id = given["peer_id"]
    found = (community.dialogs.numbered(peer_id, number) for number in numbers)
    return _found(community, given, found)


def _found(
    community: Community, given: Parameters, found: Iterable[Message | None]
) -> dict[str, Any]:
    messages = [one for one in found if one is not None and not one.hidden]
    answer = {"count": len(messages), "items": [message.shape() for message in messages]}
    return answer | _extended(community, given, authors(messages))


def _extended(community: Community, given: Parameters, ids: Iterable[int]) -> dict[str, Any]:
    if not given.get("extended"):
        return {}
    people = community.people.profiles(ids, given.get("fields", ()))
    return {"profiles": people, "groups": [group_profile(community)]}
