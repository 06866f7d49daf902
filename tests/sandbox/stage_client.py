"""A page without a browser: it talks to the stage as the real one does, and remembers the news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp

from bot.sandbox.stage import Stage

ANNA, BORIS, VERA, TEAM = "telegram:101", "telegram:201", "telegram:301", "telegram:-1001000000001"
VK_ANNA, VK_GLEB = "vk:1101", "vk:1401"
Found = TypeVar("Found")
Json = dict[str, Any]


class Page:
    """What an open page knows; `refused` are the answers that carried an error."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._last = 0
        self._results: dict[int, Json] = {}
        self.hello: Json = {}
        self.head: Json = {}
        self.heads: dict[str, Json] = {}
        self.chats: dict[str, dict[int, Json]] = {}
        self.answers: dict[str, Json] = {}

    async def until(self, look: Callable[[], Found | None]) -> Found:
        """Read what the stage says until `look()` finds something true."""
        async with asyncio.timeout(10):
            while not (found := look()):
                self._take(await self._socket.receive_json())
        return found

    async def do(self, **deed: Any) -> Json:
        """Ask for a deed; `person` stands for `as`."""
        self._last += 1
        number = self._last
        if "person" in deed:
            deed["as"] = deed.pop("person")
        await self._socket.send_json(deed | {"id": number})
        return await self.until(lambda: self._results.get(number))

    async def say(self, raw: str) -> Json:
        """Send anything at all; its answer has the number 0."""
        self._results.pop(0, None)
        await self._socket.send_str(raw)
        return await self.until(lambda: self._results.get(0))

    async def write(self, person: str, chat: str, text: str, **more: Any) -> Json:
        """A person writes."""
        return await self.do(do="write", person=person, chat=chat, text=text, **more)

    async def shows(self, chat: str, text: str) -> Json:
        """The message whose text is this, once it is there."""
        return await self.until(lambda: self._with(chat, text))

    def _with(self, chat: str, text: str) -> Json | None:
        messages = self.chats.get(chat, {}).values()
        return next((message for message in messages if said(message) == text), None)

    def _take(self, body: Json) -> None:
        if "re" in body:
            self._results[body["re"]] = body
        elif "hello" in body:
            self.hello = body["hello"]
        elif "answer" in body:
            self.answers[body["answer"]["press"]] = body["answer"]
        else:
            self._hear(body["news"])

    def _hear(self, news: Json) -> None:
        self.head = news.get("head", self.head)
        for chat, told in news.get("chats", {}).items():
            self.heads[chat] = told.get("head", self.heads.get(chat, {}))
            known = self.chats.setdefault(chat, {})
            known.update({message["id"]: message for message in told.get("messages", ())})
            for gone in told.get("gone", ()):
                del known[gone]


def said(message: Json) -> str:
    """The words of a message without their styles."""
    return "".join(run["text"] for run in message.get("text", ()))


@asynccontextmanager
async def open_page(stage: Stage) -> AsyncIterator[Page]:
    """Another page that somebody opens."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{stage.url}/talk") as ws:
        page = Page(ws)
        await page.until(lambda: page.heads)
        yield page


class TelegramBot:
    """What a bot says, by plain HTTP."""

    def __init__(self, stage: Stage, session: aiohttp.ClientSession) -> None:
        self._at = f"{stage.telegram.url}/bot{stage.telegram.token}"
        self._session = session

    async def call(self, method: str, **params: Any) -> Any:
        """One call; AssertionError when it is refused."""
        async with self._session.post(f"{self._at}/{method}", json=params) as response:
            body = await response.json()
        assert body["ok"], body
        return body["result"]

    async def updates(self) -> list[Json]:
        """Everything that waits for the bot, once there is anything."""
        return list(await self.call("getUpdates", timeout=10))


class VkBot:
    """What a community says, by plain HTTP."""

    def __init__(self, stage: Stage, session: aiohttp.ClientSession) -> None:
        self._stage = stage
        self._session = session

    async def call(self, method: str, **params: Any) -> Any:
        """One call; AssertionError when it is refused."""
        given = params | {"access_token": self._stage.vk.token, "v": "5.199"}
        url = f"{self._stage.vk.url}/method/{method}"
        async with self._session.post(url, data=given) as response:
            body = await response.json()
        assert "response" in body, body
        return body["response"]

    async def poll(self) -> int:
        """A first long poll; the number of the event that it begins after."""
        found = await self.call("groups.getLongPollServer", group_id=7)
        query = {"act": "a_check", "key": found["key"], "ts": found["ts"], "wait": "0"}
        async with self._session.get(found["server"], params=query) as response:
            body = await response.json(content_type=None)
        assert "updates" in body, body
        return int(found["ts"])
