"""A second team in a play: its own bot, its own community and its own group, in Spanish."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.sandbox.telegram import Limits as TelegramLimits
from bot.sandbox.telegram import TelegramServer
from bot.sandbox.vk import Limits as VkLimits
from bot.sandbox.vk import VkServer
from tests.cast import ANNA, BORIS, GLEB, NAMES, PABLO, VERA
from tests.plays.play import Play

SERVICE = -1001000000002  # the group of the second team
SHOP = 8  # the number of the second community


@asynccontextmanager
async def second_bot(play: Play) -> AsyncIterator[TelegramServer]:
    """A Telegram with another bot in it and the same people, who have all started it."""
    server = TelegramServer(
        "43:service", limits=TelegramLimits.none(), clock=play.now, username="service_bot"
    )
    await server.start()
    for number, name in NAMES.items():
        server.add_user(number, name)
    for number in (ANNA, PABLO, BORIS, VERA):
        server.started(number)
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def second_community(play: Play) -> AsyncIterator[VkServer]:
    """A VK with another community in it and the same people."""
    server = VkServer("vk1.a.shop", SHOP, limits=VkLimits.none(), clock=play.now)
    await server.start()
    for number, name in NAMES.items():
        server.add_user(number, name, "")
    try:
        yield server
    finally:
        await server.stop()


def as_bot(server: TelegramServer, **over: Any) -> dict[str, Any]:
    """Its settings."""
    return {"kind": "telegram", "token": server.token, "api_url": server.url, **over}


def as_community(server: VkServer, **over: Any) -> dict[str, Any]:
    """Its settings."""
    return {"kind": "vk", "token": server.token, "group_id": SHOP, "api_url": server.url, **over}


@asynccontextmanager
async def two_desks(play: Play, *, forum: bool = False, **over: Any) -> AsyncIterator[Play]:
    """The product with two desks; what the second one sees and does.

    Boris manages at both, Gleb at the second alone, Dasha at the first alone; Vera
    supervises both.
    """
    async with second_bot(play) as telegram, second_community(play) as vk:
        play.telegram.started(VERA)
        telegram.add_group(SERVICE, "Servicio", admins=[VERA], members=[BORIS, GLEB], forum=forum)
        desk = {"chat": f"telegram:{SERVICE}", "language": "es"} | over.pop("desk", {})
        await play.start(
            bots={
                "service": as_bot(telegram, desk="service"),
                "shop": as_community(vk, desk="service"),
            },
            desks={"service": desk},
            **over,
        )
        await play.until(lambda: vk.polling and play.vk.polling)
        service = copy.copy(play)
        service.telegram, service.vk, service.chat = telegram, vk, SERVICE
        try:
            yield service
        finally:
            await play.stop()
