"""A play in which the messengers post their events to the product instead of being asked."""

from __future__ import annotations

import socket
from typing import Any

from bot.product import Product
from bot.sandbox.vk.callback import Callback
from tests.plays.play import Play

SECRET, CODE = "s3cr3t_-s3cr3t", "c0de"
TELEGRAM, VK = "/hooks/telegram", "/hooks/vk"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Posting:
    """Where both messengers post to, and how often VK did."""

    def __init__(self, play: Play) -> None:
        self.play = play
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = found.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.callback: Callback | None = None

    def settings(self, **over: Any) -> dict[str, Any]:
        """Groups of settings in which both messengers post."""
        groups: dict[str, Any] = {
            "http": {"port": self.port},
            "telegram": {
                "mode": "webhook",
                "webhook_url": f"{self.url}{TELEGRAM}",
                "webhook_secret": SECRET,
            },
            "vk": {
                "mode": "callback",
                "callback_url": f"{self.url}{VK}",
                "secret": SECRET,
                "confirmation": CODE,
            },
        }
        return {name: {**groups.get(name, {}), **over.get(name, {})} for name in {*groups, *over}}

    async def start(self, **over: Any) -> Product:
        """Start the product; at the first time VK's operator names the address by hand."""
        product = await self.play.start(**self.settings(**over))
        await self.play.until(lambda: self.play.telegram.webhook.url)
        if self.callback is None:
            named = {"secret": SECRET, "confirmation": CODE}
            self.callback = await self.play.vk.callback(f"{self.url}{VK}", **named)
            assert self.callback is not None, "VK could not confirm the address"
        return product
