"""The methods about the community itself: its profile, token, members and long poll."""

from __future__ import annotations

from typing import Any

from bot.sandbox.vk.community import PERMISSIONS, Community
from bot.sandbox.vk.errors import ACCESS_DENIED, VkError, bad
from bot.sandbox.vk.parameters import Parameters


def group_profile(community: Community) -> dict[str, Any]:
    """The community as `groups` lists show it."""
    return {
        "id": community.group_id,
        "name": community.name,
        "screen_name": f"club{community.group_id}",
        "is_closed": 0,
        "type": "group",
    }


def get_by_id(community: Community, given: Parameters) -> dict[str, Any]:
    """groups.getById: of this community alone, others do not exist here."""
    asked = given.get("group_ids") or [given.get("group_id") or str(community.group_id)]
    known = {str(community.group_id), f"club{community.group_id}"}
    groups = [group_profile(community)] if known & set(asked) else []
    return {"groups": groups, "profiles": []}


def get_long_poll_server(community: Community, given: Parameters) -> dict[str, str]:
    """groups.getLongPollServer: `ts` is that of the newest event."""
    community.check_group(given["group_id"])
    if not community.events.enabled:
        raise VkError(ACCESS_DENIED, "longpoll for this group is not enabled")
    server = f"{community.base}/wh{community.group_id}"
    return {"key": community.key, "server": server, "ts": str(community.events.last)}


def get_long_poll_settings(community: Community, given: Parameters) -> dict[str, Any]:
    """groups.getLongPollSettings."""
    community.check_group(given["group_id"])
    events = {name: int(on) for name, on in community.events.settings.items()}
    enabled, version = community.events.enabled, community.events.api_version
    return {"is_enabled": enabled, "api_version": version, "events": events}


def set_long_poll_settings(community: Community, given: Parameters) -> int:
    """groups.setLongPollSettings: what is not given stays as it is."""
    community.check_group(given["group_id"])
    if given.get("api_version", "5.199") != "5.199":
        raise bad("api_version", "is not imitated here: only 5.199 is")
    community.events.enabled = given.get("enabled", community.events.enabled)
    community.events.api_version = given.get("api_version", community.events.api_version)
    for name in community.events.settings:
        if name in given:
            community.events.settings[name] = given[name]
    return 1


def set_settings(community: Community, given: Parameters) -> int:
    """groups.setSettings: what is not given stays as it is."""
    community.check_group(given["group_id"])
    community.messages_on = given.get("messages", community.messages_on)
    community.bot_features = given.get("bots_capabilities", community.bot_features)
    return 1


def get_token_permissions(community: Community, _: Parameters) -> dict[str, Any]:
    """groups.getTokenPermissions."""
    granted = {name: mask for name, mask in PERMISSIONS.items() if name in community.permissions}
    named = [{"name": name, "setting": mask} for name, mask in granted.items()]
    return {"mask": sum(granted.values()), "permissions": named}


def get_members(community: Community, given: Parameters) -> dict[str, Any]:
    """groups.getMembers: everybody, or with `filter=managers` those with a role."""
    if given.get("group_id") not in (None, str(community.group_id)):
        raise VkError(ACCESS_DENIED, "the token belongs to another community")
    offset, count = given.get("offset", 0), given.get("count", 1000)
    people = community.people.all()
    if given.get("filter") == "managers":
        roles = [{"id": user.id, "role": user.role} for user in people if user.role]
        return {"count": len(roles), "items": roles[offset : offset + count]}
    return {"count": len(people), "items": [u.id for u in people][offset : offset + count]}
