"""A client's side for the tests of the local VK: the real vk_api, and a plain long poll."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import requests
import vk_api
from requests.adapters import HTTPAdapter

from bot.sandbox.vk import Limits, VkServer

ANNA, PABLO, BORIS, GLEB = 101, 102, 201, 301
GROUP = 7
PATIENCE = 5.0  # seconds before a client gives a call up


class Clock:
    """VK's time, moved by the test."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class LocalAdapter(HTTPAdapter):
    """Sends what is meant for VK to the local server."""

    def __init__(self, url: str, timeout: float) -> None:
        self.url = url
        self.timeout = timeout
        super().__init__()

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = request.url.replace("https://api.vk.ru", self.url)
        return super().send(request, **{**kwargs, "timeout": self.timeout})


@dataclass
class World:
    """A running server with Anna and Pablo, who wrote before, and a client of it."""

    server: VkServer
    vk: Any
    http: aiohttp.ClientSession
    clock: Clock
    ts: str = "0"
    key: str = ""
    address: str = ""
    last: dict[str, Any] = field(default_factory=dict)

    async def call(self, method: str, **params: Any) -> Any:
        """A method through vk_api; raises what vk_api raises."""
        return await asyncio.to_thread(self.vk.method, method, params)

    async def refusal(self, method: str, **params: Any) -> int:
        """The error code that a call meets, 0 for none."""
        try:
            await self.call(method, **params)
        except vk_api.ApiError as error:
            return int(error.code)
        return 0

    async def send(self, user_id: int, text: str, random_id: int, **params: Any) -> Any:
        """messages.send to one person."""
        given = {"user_id": user_id, "message": text, "random_id": random_id}
        return await self.call("messages.send", **given, **params)

    async def connect(self) -> None:
        """Ask for the long poll's server; `ts` is kept if there was one."""
        told = await self.call("groups.getLongPollServer", group_id=GROUP)
        self.address, self.key = told["server"], told["key"]
        self.ts = self.ts or told["ts"]

    async def poll(self, wait: int = 0) -> list[dict[str, Any]]:
        """One check; `last` keeps the answer, `ts` moves on when there was no failure."""
        params = {"act": "a_check", "key": self.key, "ts": self.ts, "wait": str(wait)}
        async with self.http.get(self.address, params=params) as answer:
            self.last = await answer.json(content_type=None)
        if "failed" in self.last:
            return []
        self.ts = self.last["ts"]
        return list(self.last["updates"])


@asynccontextmanager
async def world(
    *, limits: Limits | None = None, timeout: float = PATIENCE, strict: bool = True
) -> AsyncIterator[World]:
    """A started server and a client; everything is closed at the end."""
    clock = Clock()
    server = VkServer(limits=limits or Limits.none(), clock=clock, strict=strict)
    await server.start()
    server.add_user(ANNA, "Anna", "Smirnova", screen_name="anna")
    server.add_user(PABLO, "Pablo", "García")
    server.add_user(GLEB, "Gleb")
    server.write(ANNA, "hello")
    server.write(PABLO, "hola")
    vk = client(server.url, timeout)
    try:
        async with aiohttp.ClientSession() as http:
            yield World(server, vk, http, clock, ts=str(len(server.events)))
    finally:
        vk.http.close()
        await server.stop()


def client(url: str, timeout: float = PATIENCE, token: str = "vk1.sandbox") -> Any:
    """vk_api as a product would set it up: its own pacing and its retry of error 6 are off."""
    vk = vk_api.VkApi(token=token, api_version="5.199")
    vk.RPS_DELAY = 0
    vk.error_handlers.pop(6)
    vk.http.mount("https://", LocalAdapter(url, timeout))
    return vk
