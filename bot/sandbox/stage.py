"""The sandbox as one thing to start and stop: local messengers, people, the page to play them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.sandbox.cast import BORIS, DASHA, TEAM, VERA, Cast
from bot.sandbox.pages import Pages
from bot.sandbox.scene import Scene
from bot.sandbox.telegram import TelegramServer
from bot.sandbox.vk import VkServer


class Stage:
    """Everything on 127.0.0.1; make one within a running loop, start it once, and stop it.

    `language` (ru, en, es) is the cast's and the page's first; `timezone` is that of
    the page's clock and of "next 09:00".
    """

    def __init__(
        self, language: str = "ru", port: int = 8080, *, timezone: str = "Europe/Moscow"
    ) -> None:
        self.timezone = timezone
        self._scene = Scene(language, ZoneInfo(timezone))
        self._pages = Pages(self._scene)
        self._port = port

    async def start(self) -> None:
        """Open the messengers and the page; port 0 takes a free one. OSError when it is taken."""
        try:
            await self._scene.start()
            await self._pages.start(self._port)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close the page, end the product (SIGTERM, after 5 s SIGKILL), close the messengers."""
        await self._pages.stop()
        await self._scene.stop()

    async def run(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Run the product as a child process, `env` added to our environment.

        The page shows how it is, kills and restarts it. OSError when it cannot start.
        Until both messengers have heard from it once, people cannot act: VK would not
        keep for it what they write.
        """
        await self._scene.child.run(argv, env)

    async def settled(self) -> None:
        """Returns once both messengers have heard from the product, or it has ended."""
        await self._scene.child.settled()

    @property
    def url(self) -> str:
        """The page's address, without a slash at the end."""
        return self._pages.url

    @property
    def telegram(self) -> TelegramServer:
        """The local Telegram."""
        return self._scene.telegram

    @property
    def vk(self) -> VkServer:
        """The local VK."""
        return self._scene.vk

    @property
    def cast(self) -> Cast:
        """Who plays."""
        return self._scene.cast

    @property
    def clock_file(self) -> Path:
        """A file with the seconds by which the sandbox is ahead of real time."""
        return self._scene.clock.file

    @property
    def team_chat(self) -> str:
        """The managers' supergroup, as `telegram:-100…`; the bot is an admin there."""
        return f"telegram:{TEAM}"

    @property
    def managers(self) -> tuple[str, ...]:
        """Boris's and Dasha's accounts, as `telegram:201`; both are in the group."""
        return (f"telegram:{BORIS}", f"telegram:{DASHA}")

    @property
    def supervisor(self) -> str:
        """Vera's account, as `telegram:301`; she has started the bot."""
        return f"telegram:{VERA}"
