"""The methods about the addresses to which a community's events are posted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.vk.community import CallbackServer, Community
from bot.sandbox.vk.errors import NOT_FOUND, TOO_MANY_CALLBACKS, VkError, bad
from bot.sandbox.vk.parameters import Parameters

_MOST = 10
_LONGEST_TITLE, _LONGEST_SECRET = 14, 50


def get_code(community: Community, given: Parameters) -> dict[str, str]:
    """groups.getCallbackConfirmationCode: what an address has to answer."""
    community.check_group(given["group_id"])
    return {"code": community.confirmation}


def get_servers(community: Community, given: Parameters) -> dict[str, Any]:
    """groups.getCallbackServers."""
    community.check_group(given["group_id"])
    wanted = given.get("server_ids") or list(community.callbacks)
    servers = [_shape(one) for one in community.callbacks.values() if one.id in wanted]
    return {"count": len(servers), "items": servers}


def add_server(community: Community, given: Parameters) -> dict[str, int]:
    """groups.addCallbackServer: the address is asked for the code at once."""
    community.check_group(given["group_id"])
    _check(given)
    if len(community.callbacks) >= _MOST:
        raise VkError(TOO_MANY_CALLBACKS)
    server = community.add_callback(given["title"], given["url"], given.get("secret_key", ""))
    community.confirm(server)
    return {"server_id": server.id}


def edit_server(community: Community, given: Parameters) -> int:
    """groups.editCallbackServer: the address is asked anew."""
    server = _server(community, given)
    _check(given)
    server.title, server.url = given["title"], given["url"]
    server.secret_key = given.get("secret_key", "")
    community.confirm(server)
    return 1


def get_settings(community: Community, given: Parameters) -> dict[str, Any]:
    """groups.getCallbackSettings: what is reported to an address."""
    server = _server(community, given)
    events = {name: int(on) for name, on in server.settings.items()}
    return {"api_version": server.api_version, "events": events}


def set_settings(community: Community, given: Parameters) -> int:
    """groups.setCallbackSettings: what is not given stays as it is."""
    server = _server(community, given)
    if given.get("api_version", "5.199") != "5.199":
        raise bad("api_version", "is not imitated here: only 5.199 is")
    server.api_version = given.get("api_version", server.api_version)
    server.settings |= {name: given[name] for name in server.settings if name in given}
    return 1


def _server(community: Community, given: Parameters) -> CallbackServer:
    """The one named; without a name the first."""
    community.check_group(given["group_id"])
    number = given.get("server_id", min(community.callbacks, default=0))
    if number not in community.callbacks:
        raise VkError(NOT_FOUND)
    return community.callbacks[number]


def _check(given: Parameters) -> None:
    parts = urlsplit(given["url"])
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad("url", "is invalid")
    if len(given["title"]) > _LONGEST_TITLE:
        raise bad("title", f"should be at most {_LONGEST_TITLE} letters long")
    if len(given.get("secret_key", "")) > _LONGEST_SECRET:
        raise bad("secret_key", f"should be at most {_LONGEST_SECRET} letters long")


def _shape(server: CallbackServer) -> dict[str, Any]:
    return {
        "id": server.id,
        "title": server.title,
        "creator_id": 1,
        "url": server.url,
        "secret_key": server.secret_key,
        "status": server.status,
    }
