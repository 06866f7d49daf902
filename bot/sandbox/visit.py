"""One page that is open: what it was told, what it asks, what it has yet to hear."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox import deeds
from bot.sandbox.deeds import Deed, Refused
from bot.sandbox.scene import Scene
from bot.sandbox.words import labels

Json = dict[str, Any]


class Visit:
    """A WebSocket over which deeds come in and news go out.

    News are `{"news": {"head", "phones", "chats"}}`, of each only what changed since the last;
    a deed is answered by `{"re": id, "press": …}` or `{"re": id, "error", "why"}`.
    """

    def __init__(self, scene: Scene, socket: web.WebSocketResponse) -> None:
        self._scene = scene
        self._socket = socket
        self._changed = set(scene.cast.chats)
        self._bell = asyncio.Event()
        self._bell.set()
        self._head: Json = {}
        self._phones: list[Json] = []
        self._heads: dict[str, Json] = {}
        self._messages: dict[str, dict[int, Json]] = {}
        self._presses: dict[str, str] = {}  # id -> platform, until answered

    async def stay(self) -> None:
        """Serve the page until it is closed."""
        unsubscribe = self._scene.subscribe(self._note)
        try:
            with suppress(ConnectionError):  # closed while we spoke
                await self._socket.send_json({"hello": self._hello()})
                async with asyncio.TaskGroup() as group:
                    telling = group.create_task(self._tell())
                    await self._listen()
                    telling.cancel()
        finally:
            unsubscribe()

    async def _listen(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                answer = await self._hear(message.data)
                with suppress(ConnectionError):
                    await self._socket.send_str(_dumped(answer))

    def _note(self, chat: str) -> None:
        if chat:
            self._changed.add(chat)
        self._bell.set()

    def _hello(self) -> Json:
        scene = self._scene
        self._phones = self._told_phones()
        told = {"language": scene.language, "zone": scene.clock.zone.key, "phones": self._phones}
        return told | {"labels": labels(scene.language), "began": scene.began}

    def _told_phones(self) -> list[Json]:
        return [
            {
                "id": phone.id,
                "platform": phone.platform,
                "seats": [
                    {"as": s.account, "chat": s.chat, "name": s.name, "contact": bool(s.number)}
                    for s in phone.seats
                ],
            }
            for phone in self._scene.cast.phones
        ]

    async def _hear(self, raw: str) -> Json:
        answer: Json = {"re": _number(raw)}
        try:
            deed = deeds.read(raw)
            press = await self._scene.do(deed)
        except Refused as refused:
            return answer | {"error": refused.kind, "why": str(refused)}
        if press:
            self._presses[press] = _platform(deed)
            self._bell.set()
        return answer | {"press": press}

    async def _tell(self) -> None:
        while not self._socket.closed:
            await self._bell.wait()
            self._bell.clear()
            news = self._news()
            answers = self._answers()
            with suppress(ConnectionError):
                if news:
                    await self._socket.send_str(_dumped({"news": news}))
                for answer in answers:
                    await self._socket.send_str(_dumped({"answer": answer}))

    def _news(self) -> Json:
        known = set(self._scene.cast.chats)
        unheard = known - self._messages.keys()  # of those who came after the page was opened
        changed, self._changed = self._changed & known | unheard, set()
        chats = {chat: told for chat in sorted(changed) if (told := self._chat_news(chat))}
        news: Json = {"chats": chats} if chats else {}
        phones = self._told_phones()
        if phones != self._phones:
            self._phones = news["phones"] = phones
        head = self._scene.head()
        if head != self._head:
            self._head = news["head"] = head
        return news

    def _chat_news(self, chat: str) -> Json:
        head, messages = self._scene.chat(chat)
        before = self._messages.get(chat, {})
        news: Json = {}
        if head != self._heads.get(chat):
            self._heads[chat] = news["head"] = head
        if new := [body for number, body in messages.items() if before.get(number) != body]:
            news["messages"] = new
        if gone := [number for number in before if number not in messages]:
            news["gone"] = gone
        self._messages[chat] = messages
        return news

    def _answers(self) -> list[Json]:
        found = []
        for press, platform in list(self._presses.items()):
            answer = self._scene.answer(platform, press)
            if answer is not None:
                del self._presses[press]
                found.append({"press": press, "text": answer.text, "alert": answer.alert})
        return found


def _platform(deed: Deed) -> str:
    return str(getattr(deed, "chat", "")).partition(":")[0]


def _number(raw: str) -> int:
    """The deed's id even when the deed itself is refused."""
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        return 0
    number = given.get("id") if isinstance(given, dict) else 0
    return number if type(number) is int else 0  # True is an int, and no number


def _dumped(body: Json) -> str:
    """JSON that any socket takes, half characters included."""
    return json.dumps(body, ensure_ascii=True, separators=(",", ":"))
