"""The Callback API: posts events in order to an address of the product."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from bot.sandbox.vk.community import CallbackServer, Community

_PATIENCE = aiohttp.ClientTimeout(total=10)


class Callback:
    """One address; every event after it was confirmed is posted until it says ok."""

    def __init__(self, community: Community, server: CallbackServer) -> None:
        self.attempts: list[tuple[str, str]] = []  # event_id, and the answer or the error's name
        self.server = server
        self._community = community
        self._delivered = community.events.last
        self._session = aiohttp.ClientSession(timeout=_PATIENCE)
        self._asking: asyncio.Task[bool] | None = None
        self._task: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()

    def ask(self) -> None:
        """Ask the address for its confirmation code meanwhile."""
        self._asking = asyncio.create_task(self.confirm(self._community.confirmation))

    async def confirm(self, code: str) -> bool:
        """Ask the address for its confirmation code; posting starts only when it is right."""
        self.server.status = "wait"
        answer = await self._post({"type": "confirmation", "group_id": self._community.group_id})
        self.server.status = "ok" if answer == code else "failed"
        if answer != code:
            return False
        if self._task is None:
            self._task = asyncio.create_task(self._deliver())
        return True

    async def delivered(self) -> None:
        """Returns when every event so far was taken or given up."""
        while self._delivered < self._community.events.last:
            self._idle.clear()
            await self._idle.wait()

    async def close(self) -> None:
        """Stop posting."""
        tasks = [task for task in (self._asking, self._task) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
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
        if not self.server.settings.get(str(event.get("type")), True):
            return
        for pause in (*self._community.limits.callback_retries, None):
            answer = await self._post(event)
            self.attempts.append((str(event.get("event_id", "")), answer))
            if answer == "ok" or pause is None:
                return
            await asyncio.sleep(pause)

    async def _post(self, body: dict[str, Any]) -> str:
        secret = {"secret": self.server.secret_key} if self.server.secret_key else {}
        try:
            async with self._session.post(self.server.url, json=body | secret) as answer:
                return await answer.text() if answer.ok else f"HTTP {answer.status}"
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__
