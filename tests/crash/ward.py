"""Both local messengers and the product as a child process on one database, to be killed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.sandbox.telegram import Limits as TelegramLimits
from bot.sandbox.telegram import TelegramServer
from bot.sandbox.vk import Limits as VkLimits
from bot.sandbox.vk import VkServer
from storage.database import Database
from tests.cast import BORIS, DASHA, NAMES, TEAM, VERA
from tests.crash.child import Order
from tests.crash.runs import Runs

PATIENCE = 60.0  # seconds after which something that should have happened did not


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a database holds that is not done: rows of the inbox, calls, cards."""

    inbox: int
    outbox: int
    cards: int

    @property
    def nothing(self) -> bool:
        """Whether all is done."""
        return not (self.inbox or self.outbox or self.cards)


class Ward(Runs):
    """The servers, and at most one run of the product."""

    def __init__(self, folder: Path, database_url: str) -> None:
        """`database_url` is of a migrated database."""
        super().__init__()
        self.folder = folder
        self._database_url = database_url
        self._database = Database(database_url)
        self.telegram = TelegramServer(limits=TelegramLimits.none())
        self.vk = VkServer(limits=VkLimits.none())
        self._calls = 0  # of Telegram, before the process was started

    async def open(self) -> None:
        """Start the servers, let the team come on."""
        await self.telegram.start()
        await self.vk.start()
        for number, name in NAMES.items():
            self.telegram.add_user(number, name)
        self.telegram.add_group(TEAM, "Sales", admins=[VERA], members=[BORIS, DASHA])
        self.telegram.started(VERA)

    async def close(self) -> None:
        """Kill what runs, leave the nursery, end the servers."""
        await super().close()
        await self._database.close()
        await self.telegram.stop()
        await self.vk.stop()

    def environment(self, **over: str) -> dict[str, str]:
        """Settings that point at the servers."""
        return {
            "DATABASE_URL": self._database_url,
            "TELEGRAM__TOKEN": self.telegram.token,
            "TELEGRAM__API_URL": self.telegram.url,
            "TELEGRAM__PER_SECOND": "1000",
            "TELEGRAM__GROUP_PER_MINUTE": "100000",
            "VK__TOKEN": self.vk.token,
            "VK__GROUP_ID": "7",
            "VK__API_URL": self.vk.url,
            "VK__PER_SECOND": "1000",
            "TEAM__CHAT": f"telegram:{TEAM}",
            "TEAM__LANGUAGE": "en",
            "TEAM__TIMEZONE": "Europe/Madrid",
            "TEAM__SUPERVISORS": json.dumps([f"telegram:{VERA}"]),
            "DEADLINES__TAKE": "P30D",
            "DEADLINES__FIRST_REPLY": "P30D",
            "HTTP__PORT": "0",
            **over,
        }

    # --- the run ---

    async def start(self, point: str = "", passes: int = 1) -> None:
        """Run the product until it is killed at the `passes`-th pass of `point`, or otherwise."""
        self.begins()
        await self.run(self.order(self.log_file, point, passes))

    def order(self, log: Path, point: str = "", passes: int = 1, **over: str) -> Order:
        """A run that points at the servers and writes its output to `log`."""
        return Order(self.environment(**over), point, passes, str(self.folder / "trace"), str(log))

    @property
    def last_point(self) -> str:
        """The point that the run passed last."""
        trace = self.folder / "trace"
        return trace.read_text().strip() if trace.exists() else ""

    @property
    def log_file(self) -> Path:
        """What the product wrote on its outputs."""
        return self.folder / "log"

    async def until(self, look: Callable[[], Awaitable[Any]]) -> None:
        """Wait until `look` finds something, while the product runs."""
        async with asyncio.timeout(PATIENCE):
            while not await look():
                assert self.runs, f"the product ended: {self.log_file.read_text()[-2000:]}"
                await asyncio.sleep(0.02)

    async def polled(self) -> None:
        """Wait until the process that was started last holds both long polls open."""
        async with asyncio.timeout(PATIENCE):
            while not (self._telegram_polled and self.vk.polling):
                await asyncio.sleep(0.01)

    @property
    def _telegram_polled(self) -> bool:
        calls = self.telegram.calls[self._calls :]
        return any(one.method == "getUpdates" and not one.status for one in calls)

    def begins(self) -> None:
        """A process is started now: what was called before does not count."""
        self._calls = len(self.telegram.calls)

    # --- the database, looked at from outside ---

    async def ask(self, question: str) -> Sequence[Any]:
        """The rows of a query."""
        async with self._database.read() as connection:
            return (await connection.execute(sa.text(question))).all()

    async def waiting(self) -> Waiting:
        """What is not done yet."""
        return Waiting(*[(await self.ask(query))[0][0] for query in _WAITING])


_WAITING = (
    "select count(*) from inbox where ended_at is null",
    "select count(*) from outbox where ended_at is null",
    "select count(*) from cards where wanted > shown and state <> 'failed'",
)


@asynccontextmanager
async def a_ward(folder: Path, database_url: str, kind: type[Ward] = Ward) -> AsyncIterator[Ward]:
    """A ward on a fresh, migrated database, closed at the end."""
    ward = kind(folder, database_url)
    try:
        await ward.open()
        yield ward
    finally:
        await ward.close()
