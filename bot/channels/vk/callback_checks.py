"""What is right and wrong with the address that VK posts a community's events to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bot.channels.vk.api import VERSION, Api
from bot.channels.vk.callback import Callback, server_of, trouble
from bot.channels.vk.errors import VkError, usual_form
from bot.channels.vk.reported import Reported
from bot.messages import Finding

MEND = "callback"
"""What can be mended, as a finding names it."""

_TITLE = "Dialead"


async def find(api: Api, callback: Callback) -> list[Finding]:
    """One finding a matter; whether the address can be reached is seen by VK alone."""
    try:
        server = await server_of(api, callback)
        wrong = trouble(server, callback)
        if server is None or wrong:
            return [await _wrong(api, callback, wrong)]
        return _reports(callback, await _settings(api, callback, server))
    except VkError as error:
        return [Finding(False, "check.vk.callback_unknown", {"reason": str(error)})]


async def mend(api: Api, callback: Callback) -> Finding:
    """Name the address in the community's settings, with its secret and what is reported there."""
    server = await server_of(api, callback)
    named = {
        "group_id": callback.group_id,
        "url": callback.url,
        "title": _TITLE,
        "secret_key": callback.secret,
    }
    if server is None:
        method = "groups.addCallbackServer"
        answer = await api.call(method, named)
        with usual_form(method):
            server = {"id": answer["server_id"]}
    elif trouble(server, callback) == "secret":
        await api.call("groups.editCallbackServer", {**named, "server_id": server["id"]})
    wanted = (await _settings(api, callback, server)).wanted
    given = {"group_id": callback.group_id, "server_id": server["id"], "api_version": VERSION}
    await api.call("groups.setCallbackSettings", {**given, **wanted})
    return Finding(True, "check.vk.callback_set", _host(callback))


async def _wrong(api: Api, callback: Callback, wrong: str) -> Finding:
    if wrong == "missing":
        return Finding(False, "check.vk.callback_missing", _host(callback), mend=MEND)
    if wrong == "secret":
        return Finding(False, "check.vk.callback_secret", _host(callback), mend=MEND)
    method = "groups.getCallbackConfirmationCode"
    answer = await api.call(method, {"group_id": callback.group_id})
    with usual_form(method):
        same = answer["code"] == callback.confirmation
    return Finding(
        False,
        "check.vk.callback_unconfirmed" if same else "check.vk.callback_code",
        _host(callback),
    )


def _reports(callback: Callback, found: Reported) -> list[Finding]:
    return [
        Finding(
            not found.old,
            "check.vk.callback_old" if found.old else "check.vk.callback",
            {**_host(callback), "version": found.version},
            mend=MEND if found.old else "",
        ),
        Finding(
            not found.missing,
            "check.vk.callback_events_off" if found.missing else "check.vk.callback_events",
            {"missing": ", ".join(found.missing)},
            mend=MEND if found.missing else "",
        ),
    ]


async def _settings(api: Api, callback: Callback, server: dict[str, Any]) -> Reported:
    method = "groups.getCallbackSettings"
    asked = {"group_id": callback.group_id, "server_id": server["id"]}
    answer = await api.call(method, asked)
    with usual_form(method):
        return Reported.of(answer)


def _host(callback: Callback) -> dict[str, str]:
    return {"host": urlsplit(callback.url).hostname or ""}
