"""VK's methods for asyncio: a few vk_api instances in daemon threads behind one pace."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import requests
import vk_api

from bot.channels.vk.connections import method_session
from bot.channels.vk.errors import from_exception

VERSION = "5.199"
LINES = 6  # one instance does one call at a time: six reach 20 calls/s at 100 ms a round trip


class Api:
    """Calls of one community token, never more than `per_second` of them in a second."""

    def __init__(self, token: str, api_url: str, proxy: str, per_second: float) -> None:
        self.dated = ("", 0.0)
        """The newest answer's Date, and our clock in Unix seconds when it came."""
        self._pace = Pace(per_second)
        self._idle: asyncio.LifoQueue[vk_api.VkApi] = asyncio.LifoQueue()
        self._lines = [_line(token, api_url, proxy) for _ in range(LINES)]
        for line in self._lines:
            line.http.hooks["response"].append(self._note_date)
            self._idle.put_nowait(line)

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """The method's `response`; lists in `params` go comma-separated, None is left out.

        Raises VkError. When cancelled it returns at once and the call ends unheard.
        """
        line = await self._idle.get()
        try:
            # Only with a free line in hand: calls that wait for a line after their
            # turn would leave in a burst once a slow server recovers.
            await self._pace.turn()
        except asyncio.CancelledError:
            self._idle.put_nowait(line)
            raise
        try:
            return await self._run(line, method, _values(params))
        except Exception as error:
            raise from_exception(error, method) from None

    def close(self) -> None:
        """Drop the connections; calls under way fail."""
        for line in self._lines:
            line.http.close()

    def _note_date(self, response: requests.Response, *_: Any, **__: Any) -> None:
        self.dated = (response.headers.get("Date", ""), time.time())

    async def _run(self, line: vk_api.VkApi, method: str, values: dict[str, Any]) -> Any:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()

        def settle(result: Any, error: Exception | None) -> None:
            self._idle.put_nowait(line)
            if answer.cancelled():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(result)

        def work() -> None:
            result, error = None, None
            try:
                result = line.method(method, values)
            except Exception as failure:  # handed over to the waiting task
                error = failure
            with suppress(RuntimeError):  # the loop has ended: nobody waits
                loop.call_soon_threadsafe(settle, result, error)

        # A daemon thread a call: at 20 calls/s it costs nothing, and unlike an
        # executor's threads it never holds up the interpreter's exit.
        threading.Thread(target=work, name=f"vk {method}", daemon=True).start()
        return await answer


class Pace:
    """Lets callers through one by one, evenly, so that no second holds more than its share."""

    def __init__(self, per_second: float) -> None:
        # A little slower than allowed: the network may bring two calls closer together.
        self._interval = 1.1 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the caller's turn; a cancelled caller's turn is simply lost."""
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + self._interval
        if mine > now:
            await asyncio.sleep(mine - now)


def _line(token: str, api_url: str, proxy: str) -> vk_api.VkApi:
    line = vk_api.VkApi(
        token=token,
        api_version=VERSION,
        session=method_session(api_url, proxy),
        config=_no_file,
    )
    line.RPS_DELAY = 0  # the shared pace is the only one
    line.error_handlers.clear()  # its own answer to error 6 recurses without end
    return line


def _no_file(login: object, filename: str) -> dict[str, Any]:
    """vk_api would look for a user's saved log-in in the working folder."""
    return {}


def _values(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in params.items() if value is not None}


def _value(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ",".join(str(item) for item in value)
    return int(value) if isinstance(value, bool) else value
