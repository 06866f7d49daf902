"""Taking events in by VK's Callback API: VK posts them to an address, looked after here."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog

from bot.channels.posts import posted_object, same
from bot.channels.vk.api import Api
from bot.channels.vk.errors import VkError, usual_form
from bot.channels.vk.gap import fill
from bot.channels.vk.raws import as_raw
from bot.channels.vk.receive import Position, Sleep, refuse_token
from bot.messages import Accept, ChannelRefused, Posted, PostRefused

LOOK = 60.0
"""Seconds between two looks at how the posts fare."""

_LONGEST = 30.0  # seconds between two tries

_log = structlog.get_logger(__name__)


class Callback:
    """The address of a community, and what VK and the product know each other by."""

    def __init__(self, group_id: int, url: str, secret: str, confirmation: str) -> None:
        self.group_id = group_id
        self.url = url
        self.path = urlsplit(url).path or "/"
        self.secret = secret
        self.confirmation = confirmation

    def admit(self, headers: Mapping[str, str]) -> None:
        """Everybody: VK's secret is in the body."""

    def read(self, body: bytes) -> Posted:
        """The one event of a post, or VK's question whose address this is."""
        event = posted_object(body)
        secret, asks = event.pop("secret", None), event.get("type") == "confirmation"
        # VK knows no secret yet when it first asks; the code is of use to nobody but VK.
        if not (same(secret, self.secret) or (asks and not secret)):
            raise PostRefused(401, "not VK's secret")
        if event.get("group_id") != self.group_id:
            raise PostRefused(403, "another community")
        if asks:
            return Posted(answer=self.confirmation)
        if not isinstance(event.get("type"), str):
            raise PostRefused(400, "no event")
        return Posted((as_raw(event),), "ok")


async def receive(
    api: Api, callback: Callback, accept: Accept, cursor: str, sleep: Sleep = asyncio.sleep
) -> None:
    """Look after the posts until cancelled.

    What VK gave up, after an hour or so, while it did not reach us is looked for in the
    conversations; the cursor is the time of the last good look. Raises ChannelRefused
    when VK refuses the token.
    """
    lookout, faults = _Lookout(api, callback, accept, Position.read(cursor)), 0
    while True:
        try:
            await lookout.look()
            faults = 0
        except ChannelRefused:
            raise
        except Exception as error:  # whatever failed is tried again
            faults += 1
            reason = str(error) if isinstance(error, VkError) else type(error).__name__
            _log.warning("callback_unseen", reason=reason, faults=faults)
        delay = min(_LONGEST, 0.5 * 2 ** min(faults, 10)) * random.uniform(0.5, 1)
        await sleep(delay if faults else LOOK)


async def server_of(api: Api, callback: Callback) -> dict[str, Any] | None:
    """What the community's settings say of the address; None where they do not name it."""
    method = "groups.getCallbackServers"
    answer = await api.call(method, {"group_id": callback.group_id})
    with usual_form(method):
        servers = [one for one in answer["items"] if one["url"] == callback.url]
    return next(iter(servers), None)


def trouble(server: Mapping[str, Any] | None, callback: Callback) -> str:
    """Why nothing is posted: `missing`, `secret` or `unconfirmed`; "" where all is well."""
    if server is None:
        return "missing"
    if not same(server.get("secret_key"), callback.secret):
        return "secret"
    return "" if server.get("status") == "ok" else "unconfirmed"


class _Lookout:
    """The state between two looks: how far events have come in, and whether they still do."""

    def __init__(self, api: Api, callback: Callback, accept: Accept, position: Position) -> None:
        self._api = api
        self._callback = callback
        self._accept = accept
        self._position = position
        self._well = False  # at the last look; before the first nobody knows

    async def look(self) -> None:
        """That events get through is told to whoever watches; what did not is looked for."""
        was_well, self._well = self._well, False
        reason, now, seen = await self._trouble(), int(time.time()), self._position.seen
        if reason:
            _log.warning("callback_unreached", reason=reason, remedy="run main.py check")
        elif seen and not was_well:
            group_id, cursor = self._callback.group_id, str(self._position)
            await fill(self._api, group_id, self._accept, cursor, seen)
        if not reason or not seen:  # events are followed from the first start on
            self._position = Position(self._position.ts, now)
            await self._accept([], str(self._position))
        self._well = not reason

    async def _trouble(self) -> str:
        try:
            return trouble(await server_of(self._api, self._callback), self._callback)
        except VkError as error:
            refuse_token(error)
            if not error.permanent:
                raise
            return ""  # VK answers; a key without the right to manage is not told more
