"""Names of accounts, which VK's events do not carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.channels.vk.api import Api
from bot.channels.vk.errors import usual_form
from bot.messages import Profile, legible

_AT_ONCE = 1000  # accounts in one users.get


async def fetch_profiles(api: Api, users: Sequence[str]) -> dict[str, Profile]:
    """Names by id; communities, unknown and deleted accounts are missing. Raises SendError."""
    people = [user for user in dict.fromkeys(users) if user.isdecimal()]
    found: dict[str, Profile] = {}
    for start in range(0, len(people), _AT_ONCE):
        batch = people[start : start + _AT_ONCE]
        answer = await api.call("users.get", {"user_ids": batch, "fields": "screen_name"})
        with usual_form("users.get"):
            found |= {str(user["id"]): _profile(user) for user in answer if not _is_deleted(user)}
    return found


async def reaches(api: Api, group_id: int, user: str) -> bool:
    """Whether the community may write to somebody. Raises SendError."""
    method = "messages.isMessagesFromGroupAllowed"
    answer = await api.call(method, {"group_id": group_id, "user_id": user})
    with usual_form(method):
        return bool(answer["is_allowed"])


def _profile(user: dict[str, Any]) -> Profile:
    name = legible(f"{user.get('first_name', '')} {user.get('last_name', '')}")
    return Profile(name=name, username=str(user.get("screen_name", "")))


def _is_deleted(user: dict[str, Any]) -> bool:
    return user.get("deactivated") == "deleted"
