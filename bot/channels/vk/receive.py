"""Taking events in by long poll: committed first, only then asked for what follows."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

import aiohttp
import structlog
from python_socks import ProxyError

from bot.channels.vk.api import Api
from bot.channels.vk.errors import VkError
from bot.channels.vk.gap import OVERLAP, fill
from bot.channels.vk.raws import as_raw
from bot.messages import Accept, ChannelRefused, Failure, Raw, SendError, followed_to

WAIT = 25  # seconds that VK holds a poll without news

Sleep = Callable[[float], Awaitable[None]]

_PATIENCE = aiohttp.ClientTimeout(total=WAIT + 15, sock_connect=10)
_LONGEST = 30.0  # seconds between two tries
_HASTY = 1.0  # seconds; an empty answer that came sooner is a fault, or polling would spin
_FAITH = 4  # faults in a row, then the server is asked for anew
_WRITTEN = ("message_new", "message_reply", "message_edit")  # a type may be anything, also a list
_REFUSED = {7, 15, 100}  # VK's answers where the long poll is off or another group's

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where events are committed: VK's `ts`, and the Unix time up to which none is missing.

    Both by VK's clock. There is no `ts` before the first poll.
    """

    ts: str
    seen: int

    @classmethod
    def read(cls, cursor: str) -> Position:
        """From a cursor, `ts@time`."""
        return cls(cursor.partition("@")[0], followed_to(cursor) or 0)

    def __str__(self) -> str:
        return f"{self.ts}@{self.seen}"


class Receiver:
    """The long poll of one community."""

    def __init__(
        self, api: Api, http: aiohttp.ClientSession, group_id: int, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._api = api
        self._http = http
        self._group_id = group_id
        self._sleep = sleep
        self._server: _Server | None = None
        self._resume = ""  # the ts that follows a gap which is not filled yet
        self._faults = 0  # in a row
        self._answered = False  # VK did, at least once
        self._told_at = 0  # when VK last answered a poll, by its own clock

    async def receive(self, accept: Accept, cursor: str) -> None:
        """Poll until cancelled. Raises ChannelRefused when only a person can help."""
        position = Position.read(cursor)
        while True:
            try:
                position = await self._turn(accept, position)
            except _PollError as error:
                await self._back_off(error.reason, error.prompt)
            except SendError as error:
                await self._back_off(str(error), least=error.retry_after or 0)
            except ChannelRefused:
                raise
            except Exception as error:  # whatever failed, the same events come again
                await self._back_off(type(error).__name__)

    async def _turn(self, accept: Accept, position: Position) -> Position:
        """One step forward; the position that is committed after it."""
        if self._server is None:
            self._server = await self._find_server()
        if not self._answered:
            self._answered = True
            await accept([], "")  # the first poll may last, and VK does answer
        if not position.ts and not position.seen:
            return await _commit(accept, [], Position(self._server.ts, int(time.time())))
        if not position.ts:  # until now events were posted
            self._resume = self._server.ts
        if self._resume:
            return await self._fill_gap(accept, position)
        updates, ts = await self._news(self._server, position.ts)
        # Without updates too, or a gap would be looked for from long ago: VK has no more.
        seen = max([position.seen, self._told_at - OVERLAP, *map(_date, updates)])
        # Without updates too: whoever watches knows that VK answers.
        position = await _commit(accept, [as_raw(one) for one in updates], Position(ts, seen))
        self._faults = 0
        return position

    async def _find_server(self) -> _Server:
        try:
            request = {"group_id": self._group_id}
            found = await self._api.call("groups.getLongPollServer", request)
        except VkError as error:
            _refuse(error)
            raise
        return _Server(str(found["server"]), str(found["key"]), str(found["ts"]))

    async def _fill_gap(self, accept: Accept, position: Position) -> Position:
        """Every conversation's lost messages, then on to where events are to be had again."""
        await fill(self._api, self._group_id, accept, str(position), position.seen)
        position = await _commit(accept, [], Position(self._resume, position.seen))
        self._resume = ""
        return position

    async def _news(self, server: _Server, ts: str) -> tuple[list[Any], str]:
        started = asyncio.get_running_loop().time()
        answer = await self._poll(server, ts)
        if "failed" in answer:
            await self._heed(answer)
        updates, following = answer.get("updates"), str(answer.get("ts", ""))
        if not isinstance(updates, list) or not following:
            raise _PollError("an answer without updates")
        quick = asyncio.get_running_loop().time() - started < _HASTY
        if quick and not updates and following == ts:
            raise _PollError("an empty answer before its time", prompt=True)
        return updates, following

    async def _poll(self, server: _Server, ts: str) -> dict[str, Any]:
        query = {"act": "a_check", "key": server.key, "ts": ts, "wait": str(WAIT)}
        try:
            async with self._http.get(server.url, params=query, timeout=_PATIENCE) as response:
                if response.status != 200:
                    raise _PollError(f"HTTP {response.status}")
                answer = json.loads((await response.read()).decode(errors="replace"))
                self._told_at = _unix(response.headers.get("Date", ""))
        except (aiohttp.ClientError, TimeoutError, OSError, ProxyError, ValueError) as error:
            raise _PollError(type(error).__name__) from None  # its words hold the key
        if not isinstance(answer, dict):
            raise _PollError("an answer that is no object")
        return answer

    async def _heed(self, answer: dict[str, Any]) -> NoReturn:
        """VK's orders: 1 events are lost, here is where to go on; 2 another key; 3 both anew."""
        order = answer["failed"]
        if order == 1 and "ts" in answer:
            self._resume = str(answer["ts"])
        elif order in (1, 3):
            self._server = await self._find_server()
            self._resume = self._server.ts
        else:
            self._server = None
        raise _PollError(f"failed {str(order)[:20]}", prompt=order in (1, 2, 3))

    async def _back_off(self, reason: str, prompt: bool = False, least: float = 0) -> None:
        """Wait longer with every fault in a row; the first order of VK's is obeyed at once."""
        self._faults += 1
        _log.warning("vk_poll_failed", reason=reason, faults=self._faults)
        if self._faults % _FAITH == 0:
            self._server = None
        if prompt and self._faults == 1:
            return
        delay = min(_LONGEST, 0.5 * 2 ** min(self._faults, 10)) * random.uniform(0.5, 1)
        await self._sleep(max(delay, min(least, _LONGEST)))


@dataclass(frozen=True, slots=True)
class _Server:
    url: str
    key: str
    ts: str


class _PollError(Exception):
    """This poll brought nothing; another one may, at once when `prompt`."""

    def __init__(self, reason: str, prompt: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.prompt = prompt


async def _commit(accept: Accept, raws: list[Raw], position: Position) -> Position:
    await accept(raws, str(position))
    return position


def _date(update: Any) -> int:
    """When the event's message was written, 0 for events without one.

    Other things have dates as well: that of a post on the wall may lie ahead, and a gap would
    be looked for from there.
    """
    if not isinstance(update, dict) or update.get("type") not in _WRITTEN:
        return 0
    thing = update.get("object")
    message = thing.get("message", thing) if isinstance(thing, dict) else None
    date = message.get("date") if isinstance(message, dict) else None
    return date if isinstance(date, int) else 0


def _unix(date: str) -> int:
    """HTTP's date, which is in UTC; 0 for none. Ours would hide a gap where our clock is ahead."""
    try:
        return int(parsedate_to_datetime(date).replace(tzinfo=UTC).timestamp())
    except (ValueError, OverflowError):
        return 0


def refuse_token(error: VkError) -> None:
    """Raises ChannelRefused where it is the token that VK refuses."""
    if error.failure is Failure.TOKEN:
        raise ChannelRefused(
            "VK refuses the token: make a new one in the community's settings, "
            "API usage, with access to messages, and put it into the settings"
        ) from None


def _refuse(error: VkError) -> None:
    refuse_token(error)
    if error.code in _REFUSED:
        raise ChannelRefused(
            f"VK gives no long poll ({error}): check vk.group_id, switch Long Poll API on in the "
            "community's settings, API usage, and give the token access to the community"
        ) from None
