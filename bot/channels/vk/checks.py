"""What is right and wrong with the community's token and with how its events come in."""

from __future__ import annotations

from typing import Any

from bot.channels import clock
from bot.channels.vk import callback_checks
from bot.channels.vk.api import VERSION, Api
from bot.channels.vk.callback import Callback
from bot.channels.vk.errors import VkError, usual_form
from bot.channels.vk.reported import Reported
from bot.messages import Failure, Finding

RIGHTS = ("messages", "manage", "photos", "docs")


async def find(api: Api, name: str, group_id: int, callback: Callback | None) -> list[Finding]:
    """One finding a matter, in the order in which an operator would mend them. Raises nothing.

    Events come to the `callback`, or by long poll without one.
    """
    try:
        group = own_group(await api.call("groups.getById", {}))
    except VkError as error:
        return [_unanswered(error)]
    findings = [Finding(True, "check.vk.token"), *clock.compared(name, *api.dated)]
    findings.append(_own(group, group_id))
    if not findings[-1].ok:
        return findings
    rights = await _rights(api)
    # Without the right to read messages nobody tells whether they are on.
    messages = await _messages(api, group_id) if rights.ok else []
    findings += [rights, *messages]
    if callback is not None:
        return [*findings, *await callback_checks.find(api, callback)]
    return [*findings, *await _long_poll(api, group_id)]


def own_group(answer: Any) -> dict[str, Any]:
    """The token's own community; the answer's form depends on the API version."""
    groups = answer.get("groups") if isinstance(answer, dict) else answer
    found = groups[0] if isinstance(groups, list) and groups else {}
    return found if isinstance(found, dict) else {}


def _unanswered(error: VkError) -> Finding:
    refused = error.failure is Failure.TOKEN
    return Finding(
        False,
        "check.vk.token_refused" if refused else "check.vk.silent",
        {"reason": str(error)},
    )


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


async def _messages(api: Api, group_id: int) -> list[Finding]:
    """Whether messages are on; VK tells no community's key whether a bot's abilities are."""
    try:
        await api.call("messages.getConversations", {"group_id": group_id, "count": 1})
    except VkError as error:
        if error.failure is not Failure.RIGHTS:
            return [_unanswered(error)]
        return [Finding(False, "check.vk.messages_off", mend="messages")]
    return [
        Finding(True, "check.vk.messages"),
        Finding(True, "check.vk.abilities_unseen", mend="abilities"),
    ]


async def _switch_messages_on(api: Api, group_id: int) -> Finding:
    """Both: where messages were off, a bot's abilities were too."""
    switched = {"messages": True, "bots_capabilities": True}
    await api.call("groups.setSettings", {"group_id": group_id, **switched})
    return Finding(True, "check.vk.messages_switched")


async def _switch_abilities_on(api: Api, group_id: int) -> Finding:
    await api.call("groups.setSettings", {"group_id": group_id, "bots_capabilities": True})
    return Finding(True, "check.vk.abilities_switched")


async def _long_poll(api: Api, group_id: int) -> list[Finding]:
    method = "groups.getLongPollSettings"
    try:
        settings = await api.call(method, {"group_id": group_id})
        with usual_form(method):
            enabled, found = bool(settings["is_enabled"]), Reported.of(settings)
    except VkError as error:
        return [Finding(False, "check.vk.longpoll_unknown", {"reason": str(error)})]
    if not enabled:
        return [Finding(False, "check.vk.longpoll_off", mend="longpoll")]
    return [
        Finding(
            not found.old,
            "check.vk.longpoll_old" if found.old else "check.vk.longpoll",
            {"version": found.version},
            mend="longpoll" if found.old else "",
        ),
        Finding(
            not found.missing,
            "check.vk.events_off" if found.missing else "check.vk.events",
            {"missing": ", ".join(found.missing)},
            mend="longpoll" if found.missing else "",
        ),
    ]


async def _set_long_poll(api: Api, group_id: int) -> Finding:
    """What is reported already goes on being reported, whatever VK makes of what is not named."""
    method = "groups.getLongPollSettings"
    settings = await api.call(method, {"group_id": group_id})
    with usual_form(method):
        wanted = Reported.of(settings).wanted
    given = {"group_id": group_id, "enabled": True, "api_version": VERSION, **wanted}
    await api.call("groups.setLongPollSettings", given)
    return Finding(True, "check.vk.longpoll_set", {"version": VERSION})


MENDS = {
    "messages": _switch_messages_on,
    "abilities": _switch_abilities_on,
    "longpoll": _set_long_poll,
}
"""What can be mended, by its name in a finding."""
