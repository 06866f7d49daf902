"""The stage for tests of the local Telegram: a server, the real client, a clock, the cast."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.sandbox.telegram import Limits, TelegramServer

ANNA, PABLO, BORIS, DASHA, VERA, GLEB = 101, 102, 201, 202, 301, 401
TEAM = -1001000000001
FORUM = -1001000000002
PLAIN = -5001


class Clock:
    """A clock that stands until it is moved; Unix seconds."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True)
class Stage:
    """What a test plays on."""

    server: TelegramServer
    bot: Bot
    clock: Clock

    async def updates(self, **options: Any) -> list[Any]:
        """Everything that waits, confirmed at once."""
        updates = await self.bot.get_updates(**options)
        if updates:
            await self.bot.get_updates(offset=updates[-1].update_id + 1)
        return updates


def client(server: TelegramServer) -> Bot:
    """The real client, pointed at the server."""
    api = TelegramAPIServer.from_base(server.url)
    return Bot(server.token, session=AiohttpSession(api=api))


async def close(bot: Bot) -> None:
    """Close a client without its quarter of a second for TLS."""
    session = await bot.session.create_session()  # type: ignore[attr-defined]
    await session.close()


@asynccontextmanager
async def stage(limits: Limits | None = None, **options: Any) -> AsyncIterator[Stage]:
    """A server with the cast: customers have started the bot, the team has its chats."""
    clock = Clock()
    server = TelegramServer(limits=limits or Limits.none(), clock=clock, **options)
    for user_id, name in (
        (ANNA, "Anna"),
        (PABLO, "Pablo"),
        (BORIS, "Boris"),
        (DASHA, "Dasha"),
        (VERA, "Vera"),
        (GLEB, "Gleb"),
    ):
        server.add_user(user_id, name)
    for user_id in (ANNA, PABLO):
        server.started(user_id)
    team: dict[str, Any] = {"admins": [VERA], "members": [BORIS, DASHA]}
    server.add_group(TEAM, "Sales", **team)
    server.add_group(FORUM, "Sales by topic", forum=True, **team)
    server.add_group(PLAIN, "Old sales", supergroup=False, **team)
    await server.start()
    bot = client(server)
    try:
        yield Stage(server, bot, clock)
    finally:
        await close(bot)
        await server.stop()


def keyboard(*labels: str, **more: Any) -> InlineKeyboardMarkup:
    """One row of buttons whose data are their labels."""
    row = [InlineKeyboardButton(text=label, callback_data=label, **more) for label in labels]
    return InlineKeyboardMarkup(inline_keyboard=[row])
