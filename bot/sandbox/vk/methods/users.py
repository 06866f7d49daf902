"""users.get, and the clock of the servers."""

from __future__ import annotations

from typing import Any

from bot.sandbox.vk.community import Community
from bot.sandbox.vk.parameters import Parameters


def get(community: Community, given: Parameters) -> list[dict[str, Any]]:
    """users.get: by ids or screen names; unknown people are left out."""
    found = [community.people.find(one) for one in given.get("user_ids", [])]
    ids = [user.id for user in found if user is not None]
    return community.people.profiles(ids, given.get("fields", ()))


def get_server_time(community: Community, _: Parameters) -> int:
    """utils.getServerTime."""
    return community.now
