"""What `main.py init` asks of Telegram about a new token: whose it is, which groups it is in."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.channels.telegram.client import CALL_SECONDS, Client, as_id
from bot.channels.telegram.content import full_name
from bot.channels.telegram.errors import RefusalError
from bot.channels.telegram.receive import KINDS
from bot.messages import Failure, SendError

_MOST = 100  # updates that one look can see
_GROUPS = ("group", "supergroup")


@dataclass(frozen=True, slots=True)
class Place:
    """A group and, where known, somebody of it: who added the bot, wrote there, or owns it."""

    chat: str
    title: str
    user: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """The groups in sight, newest first; `crowded` when what waits hides later ones."""

    places: tuple[Place, ...] = ()
    crowded: bool = False
    taken: bool = False  # another program takes the updates


class Setup:
    """One token on trial. Every method may raise SendError."""

    def __init__(self, token: str, api_url: str, proxy: str) -> None:
        self._client = Client(token, api_url, proxy)

    async def bot(self) -> tuple[str, str]:
        """The bot's name and username."""
        me = await self._client.ask("getMe")
        return full_name(me), str(me.get("username") or "")

    async def webhook(self) -> str:
        """The host to which updates go, "" where they wait to be polled."""
        url = str((await self._client.ask("getWebhookInfo")).get("url") or "")
        return (urlsplit(url).hostname or "?") if url else ""

    async def remove_webhook(self) -> None:
        """Let updates be polled; those that wait are kept."""
        await self._client.call("deleteWebhook", {"drop_pending_updates": False})

    async def look(self, seconds: float, known: Collection[str]) -> Sight:
        """Groups other than those `known`, waited for as long as `seconds`.

        No update is confirmed: customers' messages wait on for the first start. So only
        the oldest hundred can be seen.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while True:
            left = max(0, math.ceil(until - loop.time()))
            try:
                updates = await self._updates(left)
            except RefusalError as error:
                if error.status == 409:
                    return Sight(taken=True)
                raise
            places = tuple(one for one in _places(updates) if one.chat not in known)
            if places or loop.time() >= until:
                return Sight(places, crowded=len(updates) >= _MOST)
            # What waits is told again at once, so it is not asked for at once.
            await asyncio.sleep(1.0 if updates else 0.0)

    async def group(self, chat: str) -> Place:
        """The group of this number; REFUSED when it is none."""
        found = await self._client.ask("getChat", {"chat_id": as_id(chat)})
        if found.get("type") not in _GROUPS:
            raise SendError(Failure.REFUSED, "getChat: no group")
        return Place(chat, str(found.get("title") or ""), *await self._owner(chat))

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.close()

    async def _updates(self, seconds: int) -> list[dict[str, Any]]:
        asked = {"limit": _MOST, "timeout": seconds, "allowed_updates": KINDS}
        updates = await self._client.call("getUpdates", asked, seconds=seconds + CALL_SECONDS)
        return [one for one in updates if isinstance(one, dict)]

    async def _owner(self, chat: str) -> tuple[str, str]:
        """Who made the group, else an admin who is a person."""
        admins = await self._client.ask_all("getChatAdministrators", {"chat_id": as_id(chat)})
        admins.sort(key=lambda one: one.get("status") != "creator")
        people = (one.get("user") or {} for one in admins)
        return next((_person(user) for user in people if not user.get("is_bot")), ("", ""))


def _places(updates: Sequence[dict[str, Any]]) -> list[Place]:
    """The groups that updates tell of and the bot has not left since, newest first."""
    places: dict[str, Place] = {}
    for kind, body in _bodies(updates):
        chat = body.get("chat") or {}
        if chat.get("type") not in _GROUPS:
            continue
        number = str(chat.get("id"))
        known = places.pop(number, None)
        if _over(kind, body):
            continue
        # Whoever came first is kept: it is who added the bot.
        user, name = (known.user, known.name) if known and known.user else _sender(body)
        places[number] = Place(number, str(chat.get("title") or ""), user, name)
    return list(reversed(places.values()))


def _bodies(updates: Sequence[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for update in updates:
        for kind, body in update.items():
            if isinstance(body, dict):
                yield kind, body


def _over(kind: str, body: dict[str, Any]) -> bool:
    """Whether the bot is out of the group, or the group became another."""
    standing = (body.get("new_chat_member") or {}).get("status")
    left = kind == "my_chat_member" and standing in ("left", "kicked")
    return left or "migrate_to_chat_id" in body


def _sender(body: dict[str, Any]) -> tuple[str, str]:
    user = body.get("from") or {}
    return ("", "") if user.get("is_bot") else _person(user)


def _person(user: dict[str, Any]) -> tuple[str, str]:
    return (str(user["id"]), full_name(user)) if "id" in user else ("", "")
