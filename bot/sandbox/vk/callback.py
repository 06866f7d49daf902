"""The Callback API: posts events in order to an address of the product."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from bot.sandbox.vk.community import Community

_PATIENCE = aiohttp.ClientTimeout(total=10)


class Callback:
    """One subscribed address; every event after the subscription is posted until it says ok."""

    def __init__(self, community: Community, url: str, secret: str) -> None:
        self.attempts: list[tuple[str, str]] = []  # event_id, and the answer or the error's name
        self._community = community
        self._url = url
        self._secret = secret
        self._delivered = community.events.last
        self._session = aiohttp.ClientSession(timeout=_PATIENCE)
        self._task: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()

    async def confirm(self, code: str) -> bool:
        """Ask the address for its confirmation code; posting starts only when it is right."""
        answer = await self._post({"type": "confirmation", "group_id": self._community.group_id})
        if answer != code:
            return False
        self._task = asyncio.create_task(self._deliver())
        return True

    async def delivered(self) -> None:
        """Returns when every event so far was taken or given up."""
        while self._delivered < self._community.events.last:
            self._idle.clear()
            await self._idle.wait()

    async def close(self) -> None:
        """Stop posting."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._session.close()

    async def _deliver(self) -> None:
        events = self._community.events
        while True:
            self._delivered = max(self._delivered, events.forgotten)
            while self._delivered < events.last:
                await self._deliver_one(events.since(self._delivered)[0])
                self._delivered = max(self._delivered + 1, events.forgotten)
            self._idle.set()
            await events.news()

    async def _deliver_one(self, event: dict[str, Any]) -> None:
        for pause in (*self._community.limits.callback_retries, None):
            answer = await self._post(event)
            self.attempts.append((str(event.get("event_id", "")), answer))
            if answer == "ok" or pause is None:
                return
            await asyncio.sleep(pause)

    async def _post(self, body: dict[str, Any]) -> str:
        secret = {"secret": self._secret} if self._secret else {}
        try:
            async with self._session.post(self._url, json=body | secret) as answer:
                return await answer.text() if answer.ok else f"HTTP {answer.status}"
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__
