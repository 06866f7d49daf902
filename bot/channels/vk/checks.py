"""What is right and wrong with the community's token and its long poll."""

from __future__ import annotations

from typing import Any

from bot.channels.vk.api import Api
from bot.channels.vk.errors import VkError, usual_form
from bot.messages import Finding

EVENTS = (
    "message_new",
    "message_edit",
    "message_reply",
    "message_event",
    "message_allow",
    "message_deny",
)


async def find(api: Api, group_id: int) -> list[Finding]:
    """One finding a matter, in the order in which an operator would mend them. Raises nothing."""
    try:
        group = _group(await api.call("groups.getById", {}))
    except VkError as error:
        return [Finding(False, "check.vk.token", {"reason": str(error)})]
    findings = [Finding(True, "check.vk.token"), _own(group, group_id)]
    return findings + await _long_poll(api, group_id)


def _group(answer: Any) -> dict[str, Any]:
    """The token's own community; the answer's form depends on the API version."""
    groups = answer.get("groups") if isinstance(answer, dict) else answer
    found = groups[0] if isinstance(groups, list) and groups else {}
    return found if isinstance(found, dict) else {}


def _own(group: dict[str, Any], group_id: int) -> Finding:
    values = {
        "name": str(group.get("name", "")),
        "group_id": str(group_id),
        "actual": str(group.get("id", "")),
    }
    return Finding(group.get("id") == group_id, "check.vk.group", values)


async def _long_poll(api: Api, group_id: int) -> list[Finding]:
    method = "groups.getLongPollSettings"
    try:
        settings = await api.call(method, {"group_id": group_id})
        with usual_form(method):
            enabled, version = bool(settings["is_enabled"]), str(settings.get("api_version", ""))
            missing = [name for name in EVENTS if not settings["events"].get(name)]
    except VkError as error:
        return [Finding(False, "check.vk.longpoll", {"reason": str(error)})]
    return [
        Finding(enabled, "check.vk.longpoll", {"version": version}),
        Finding(not missing, "check.vk.events", {"missing": ", ".join(missing)}),
    ]
