"""What is right and wrong with the community's token and its long poll."""

from __future__ import annotations

from typing import Any

from bot.channels.vk.api import Api
from bot.channels.vk.errors import VkError, usual_form
from bot.messages import Failure, Finding

RIGHTS = ("messages", "manage", "photos", "docs")
OLDEST = (5, 103)  # before that version a new message comes in another shape
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
        return [_unanswered(error)]
    findings = [Finding(True, "check.vk.token"), _own(group, group_id)]
    if not findings[-1].ok:
        return findings
    return [*findings, await _rights(api), *await _long_poll(api, group_id)]


def _unanswered(error: VkError) -> Finding:
    refused = error.failure is Failure.TOKEN
    return Finding(
        False,
        "check.vk.token_refused" if refused else "check.vk.silent",
        {"reason": str(error)},
    )


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
    own = group.get("id") == group_id
    return Finding(own, "check.vk.group" if own else "check.vk.group_other", values)


async def _rights(api: Api) -> Finding:
    method = "groups.getTokenPermissions"
    try:
        answer = await api.call(method, {})
        with usual_form(method):
            granted = {one["name"] for one in answer["permissions"]}
    except VkError as error:
        return _unanswered(error)
    if missing := [name for name in RIGHTS if name not in granted]:
        return Finding(False, "check.vk.rights_missing", {"missing": ", ".join(missing)})
    return Finding(True, "check.vk.rights")


async def _long_poll(api: Api, group_id: int) -> list[Finding]:
    method = "groups.getLongPollSettings"
    try:
        settings = await api.call(method, {"group_id": group_id})
        with usual_form(method):
            enabled, version = bool(settings["is_enabled"]), str(settings["api_version"])
            old = tuple(int(part) for part in version.split(".")) < OLDEST
            missing = [name for name in EVENTS if not settings["events"].get(name)]
    except VkError as error:
        return [Finding(False, "check.vk.longpoll_unknown", {"reason": str(error)})]
    if not enabled:
        return [Finding(False, "check.vk.longpoll_off")]
    return [
        Finding(
            not old,
            "check.vk.longpoll_old" if old else "check.vk.longpoll",
            {"version": version},
        ),
        Finding(
            not missing,
            "check.vk.events_off" if missing else "check.vk.events",
            {"missing": ", ".join(missing)},
        ),
    ]
