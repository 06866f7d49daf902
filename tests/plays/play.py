"""A play, long by all one can do in it: the real product between strict local messengers."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.product import Product, answering, open_product
from bot.sandbox.telegram import Limits as TelegramLimits
from bot.sandbox.telegram import TelegramServer
from bot.sandbox.telegram.chats import Message
from bot.sandbox.telegram.world import Answer
from bot.sandbox.vk import Limits as VkLimits
from bot.sandbox.vk import VkServer
from config.settings import Settings
from storage.schema import accounts, cards, inbox, outbox
from tests import leaping
from tests.cast import ANNA, BORIS, DASHA, ELSEWHERE, GLEB, NAMES, PABLO, TEAM, VERA

AWAITED = (
    # What is meant for a later moment is not awaited.
    sa.select(inbox.c.id).where(
        inbox.c.state == "new",
        inbox.c.event_id.not_like("pause:%"),
        inbox.c.event_id.not_like("offer:%"),
        inbox.c.event_id.not_like("feedback:%"),
        inbox.c.event_id.not_like("%:again"),
    ),
    sa.select(outbox.c.id).where(outbox.c.state.in_(("queued", "claimed"))),
    sa.select(cards.c.id).where(cards.c.wanted > cards.c.shown),
)


def _until_noon() -> float:
    """Seconds until a Wednesday's noon in Madrid, when every play begins.

    The hour at which tests are run must not decide what happens in them.
    """
    now = datetime.now(ZoneInfo("Europe/Madrid"))
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    days = (2 - now.weekday()) % 7 or 7
    return ((noon + timedelta(days=days)).astimezone(UTC) - now.astimezone(UTC)).total_seconds()


class Play:
    """Both servers, the product when it runs, and what people do."""

    patience = 60.0  # seconds after which something that should have happened did not

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.database_url = database_url
        self.clock_file = folder / "clock"
        self.clock_file.write_text(str(_until_noon()))
        self.telegram = TelegramServer(limits=TelegramLimits.none(), clock=self.now)
        self.vk = VkServer(limits=VkLimits.none(), clock=self.now)
        self.chat = TEAM
        self.product: Product | None = None
        self._running: asyncio.Task[None] | None = None
        self._stack = contextlib.AsyncExitStack()

    def now(self) -> float:
        """The servers' clock, moved like the product's."""
        return time.time() + self.ahead + leaping.ahead()

    @property
    def ahead(self) -> float:
        """Seconds by which the clock was moved."""
        return float(self.clock_file.read_text()) if self.clock_file.exists() else 0.0

    def move(self, seconds: float) -> None:
        """Move everybody's clock."""
        self.clock_file.write_text(str(self.ahead + seconds))
        if self.product is not None:
            self.product.wake()

    async def open(self) -> None:
        """Start the servers and let the cast come on."""
        await self.telegram.start()
        await self.vk.start()
        for number, name in NAMES.items():
            self.telegram.add_user(number, name)
            self.vk.add_user(number, name, "")
        self.telegram.add_group(TEAM, "Sales", admins=[VERA], members=[BORIS, DASHA])
        self.telegram.add_group(ELSEWHERE, "Elsewhere", members=[GLEB], bot=None)
        for number in (ANNA, PABLO):
            self.telegram.started(number)

    def settings(self, **over: Any) -> Settings:
        """Settings that point at the servers, with groups changed by name."""
        groups: dict[str, Any] = {
            "telegram": {
                "token": self.telegram.token,
                "api_url": self.telegram.url,
                "per_second": 1000,
                "group_per_minute": 10000,
            },
            "vk": {
                "token": self.vk.token,
                "group_id": 7,
                "api_url": self.vk.url,
                "per_second": 1000,
            },
            "team": {
                "chat": f"telegram:{TEAM}",
                "language": "en",
                "timezone": "Europe/Madrid",
                "supervisors": [f"telegram:{VERA}"],
            },
            "http": {"port": 0},
            "rehearsal": {"clock_file": self.clock_file},
            "database_url": self.database_url,
        }
        for name, values in over.items():
            known = groups.get(name)
            groups[name] = {**known, **values} if isinstance(known, dict) else values
        return Settings.model_validate(groups)

    async def start(self, **over: Any) -> Product:
        """Start the product."""
        self.product = await self._stack.enter_async_context(open_product(self.settings(**over)))
        await self._stack.enter_async_context(answering(self.product))
        self._running = asyncio.create_task(self.product.run())
        return self.product

    async def stop(self) -> None:
        """Stop the product as SIGTERM would."""
        if self._running is not None:
            self._running.cancel()
            try:
                with contextlib.suppress(asyncio.CancelledError):
                    await self._running
            finally:
                self._running = None
                self.product = None
                await self._stack.aclose()

    async def close(self) -> None:
        """Stop everything; a failure of the product comes out at the end."""
        try:
            await self.stop()
        finally:
            await self.telegram.stop()
            await self.vk.stop()

    async def until(self, look: Callable[[], Any]) -> Any:
        """What `look` finds once it finds something; a failure of the product is raised at once."""
        async with asyncio.timeout(self.patience):
            while not (found := look()):
                self.check()
                await asyncio.sleep(0.005)
        return found

    def check(self) -> None:
        """Raise what the product failed with, if it did."""
        if self._running is not None and self._running.done():
            self._running.result()

    async def quiet(self) -> None:
        """Wait until nothing is left to be done, to see what did not happen."""
        await self.over(self.telegram.world.updates.pending, *AWAITED)

    async def handled(self) -> None:
        """Wait until every event that came was handled, whatever is still to be sent."""
        await self.over(lambda: [], *AWAITED[:1])

    async def over(
        self, pending: Callable[[], list[Any]], *queries: sa.Select[Any], every: float = 0.01
    ) -> None:
        """Wait until nothing is pending at Telegram, and no query finds anything."""
        async with asyncio.timeout(self.patience):
            while pending() or await self._awaited(*queries):
                await asyncio.sleep(every)

    async def _awaited(self, *queries: sa.Select[Any]) -> bool:
        assert self.product is not None
        async with self.product.database.read() as connection:
            found = await connection.execute(sa.union_all(*queries))
            return found.first() is not None

    async def rows(self, table: sa.Table) -> list[Any]:
        """What the product remembers in one of its tables, in order."""
        assert self.product is not None
        async with self.product.database.read() as connection:
            found = await connection.execute(sa.select(table).order_by(*table.primary_key))
            return list(found)

    async def account(self, who: int, channel: str = "telegram") -> int:
        """The number under which the product knows a customer."""
        known = {(row.channel, row.platform_id): row.id for row in await self.rows(accounts)}
        number: int = known[channel, str(who)]
        return number

    # --- looking ---

    def team(self, words: str = "") -> list[Message]:
        """What the team's chat shows now, as far as it has these words."""
        return [one for one in self.telegram.shown(self.chat) if words in one.text]

    def private(self, user: int, words: str = "") -> list[Message]:
        """What somebody's private chat with the bot shows of the bot."""
        return [one for one in self.telegram.shown(user) if one.from_bot and words in one.text]

    async def card(self, number: int = 1, words: str = "") -> Message:
        """The card of a lead once it shows these words."""
        found = await self.until(
            lambda: [
                one
                for one in self.team(f"#{number} ")
                if one.from_bot and one.text[:8].find(f"#{number} ") > 0 and words in one.text
            ]
        )
        assert len(found) == 1, f"lead {number} has {len(found)} cards"
        card: Message = found[0]
        return card

    # --- doing ---

    async def press(self, who: int, number: int, label: str) -> str:
        """Press a button of a lead's card; what the presser is told."""
        card = await self.until(lambda: self._with_button(number, label))
        shown = next(one for one in card.labels if label in one)
        query = self.telegram.press(who, self.chat, card.id, label=shown)
        return str((await self.until(lambda: self.telegram.answers.get(query))).text)

    async def forge(self, who: int, data: str, *, chat: int = 0, message: int = 1) -> Answer:
        """Press a button that is not there, or not theirs; what the presser is told."""
        query = self.telegram.press(who, chat or self.chat, message, data, forged=True)
        told: Answer = await self.until(lambda: self.telegram.answers.get(query))
        return told

    async def reply(self, who: int, number: int, text: str, **attached: Any) -> int:
        """Write under a lead's card in the team's chat; the message's id."""
        card = await self.card(number)
        return self.telegram.write(who, self.chat, text, reply_to=card.id, **attached)

    async def heard(self, user: int, words: str) -> Message:
        """What a customer on Telegram got with these words."""
        found: list[Message] = await self.until(lambda: self.private(user, words))
        return found[-1]

    async def shown(self, words: str) -> Message:
        """What the bot posted in the team's chat with these words."""
        found = await self.until(lambda: [m for m in self.team(words) if m.from_bot])
        newest: Message = found[-1]
        return newest

    def _with_button(self, number: int, label: str) -> Message | None:
        found = self.team(f"#{number} ")
        # Its own card before others that name it; another lead's card is never meant.
        for one in sorted(found, key=lambda one: f"#{number} " not in one.text[:8]):
            of = _OF_A_LEAD.match(one.text)
            if of is not None and int(of[1]) != number:
                continue
            if one.from_bot and any(label in shown for shown in one.labels):
                return one
        return None


_OF_A_LEAD = re.compile(r"\S+ #(\d+) ")  # how a card begins


@asynccontextmanager
async def a_play(folder: Path, database_url: str) -> AsyncIterator[Play]:
    """A play on a fresh database, closed at the end."""
    async with opened(Play(folder, database_url)) as play:
        yield play


@asynccontextmanager
async def opened(play: Play) -> AsyncIterator[Play]:
    """A play whose servers are open, closed at the end."""
    await play.open()
    try:
        yield play
    finally:
        await play.close()


@asynccontextmanager
async def another(play: Play, *, leads: bool = False, **over: Any) -> AsyncIterator[Product]:
    """One more process beside a play's product; it only helps, unless it `leads`."""
    async with open_product(play.settings(**over), leads=leads) as product:
        running = asyncio.create_task(product.run())
        try:
            yield product
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
