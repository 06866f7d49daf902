"""Plays of several products on one PostgreSQL, of which one dies now and then, unannounced."""

from __future__ import annotations

import asyncio
import contextlib
import random
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.messages import FREE
from bot.product import Product, answering, open_product
from config.settings import Settings
from storage.failures import Unreachable
from storage.schema import cards, chats, clients, leads, outbox, processes
from tests.plays.life import Life, recorded
from tests.plays.play import Play

KILLS = 4  # after a start: more would only be more of the same


class Crowd(Play):
    """Its `product` handles nothing and never dies: it takes in what is posted, and looks."""

    patience = 300.0

    def __init__(self, folder: Path, database_url: str, size: int, seed: int) -> None:
        super().__init__(folder, database_url)
        self._size = size
        self._chance = random.Random(seed)
        self._lives: dict[Life, asyncio.Task[None]] = {}
        self._killing: asyncio.Task[None] | None = None
        self._stopped = asyncio.Event()
        self._recorded = contextlib.ExitStack()

    def settings(self, **over: Any) -> Settings:
        """See Play.settings; one call at a time in a group, so that one in doubt is sought."""
        telegram = {"group_per_minute": 119, **over.get("telegram", {})}
        return super().settings(**{**over, "telegram": telegram})

    async def open(self) -> None:
        """See Play.open."""
        await super().open()
        self._recorded.enter_context(recorded())

    async def close(self) -> None:
        """See Play.close."""
        with self._recorded:
            await super().close()

    async def start(self, **over: Any) -> Product:
        """Start all of them, and whoever kills them."""
        opened = open_product(self.settings(**over), leads=False)
        self.product = await self._stack.enter_async_context(opened)
        await self._stack.enter_async_context(answering(self.product))
        for _ in range(self._size):
            await self._begin(over)
        self._stopped.clear()
        self._killing = asyncio.create_task(self._kill(over))
        return self.product

    async def stop(self) -> None:
        """Stop all of them as SIGTERM would."""
        self._stopped.set()
        killing = [] if self._killing is None else [self._killing]
        ended = await asyncio.gather(*killing, return_exceptions=True)
        self._killing, self.product = None, None
        lives, self._lives = self._lives, {}
        for running in lives.values():
            running.cancel()
        ended += await asyncio.gather(*lives.values(), return_exceptions=True)
        for life in lives:
            await life.stack.aclose()
        await self._stack.aclose()
        for failure in ended:
            if isinstance(failure, Exception):
                raise failure

    def check(self) -> None:
        """See Play.check."""
        for running in self._lives.values():
            if running.done():
                running.result()

    async def _begin(self, over: dict[str, Any]) -> None:
        life = Life()
        with life.begins():
            opened = open_product(self.settings(**{**over, "http": {"port": 0}}))
            product = await life.stack.enter_async_context(opened)
            self._lives[life] = asyncio.create_task(product.run())

    async def _kill(self, over: dict[str, Any]) -> None:
        for _ in range(KILLS):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._chance.uniform(0.01, 3.0)):
                    await self._stopped.wait()
                return
            victim = self._chance.choice(list(self._lives))
            while not await self._ended(victim):
                await asyncio.sleep(0.05)
                if self._stopped.is_set():
                    return
            await self._buried()
            await self._begin(over)

    async def _ended(self, victim: Life) -> bool:
        """End it, unless somebody opens a topic or writes to a customer; none begins meanwhile.

        Who dies at that leaves to people what became of it: those are stories of their own.
        """
        assert self.product is not None
        with contextlib.suppress(Unreachable):  # somebody has such a row in hand
            async with self.product.database.write() as connection:
                held = [row.state for query in _ONCE for row in await connection.execute(query)]
                if "claimed" not in held:
                    del self._lives[victim]
                    await victim.end()
        return victim.over

    async def _buried(self) -> None:
        """PostgreSQL has seen the death, so whoever begins next finds free what is free.

        The number that a lead or a client would have got is the next one's: plays count them.
        """
        assert self.product is not None
        async with self.product.database.read() as connection:
            while (await connection.execute(_SERVED)).scalar_one() > len(self._lives):
                await asyncio.sleep(0.01)
            await connection.execute(_COUNT_ON)


_SERVED = (
    sa.select(sa.func.count())
    .select_from(processes)
    .where(sa.text("backend in (select pid from pg_stat_activity)"))
)
_TO_BE_DONE = ("queued", "claimed")
_ONCE = (
    sa.select(cards.c.state)
    .where(
        cards.c.state.in_(_TO_BE_DONE),
        cards.c.topic == "",
        cards.c.chat.in_(sa.select(chats.c.address).where(chats.c.forum)),
    )
    .with_for_update(nowait=True),
    sa.select(outbox.c.state)
    .where(
        outbox.c.state.in_(_TO_BE_DONE),
        outbox.c.priority.not_in(FREE),
        outbox.c.chat.not_like("-%"),
    )
    .with_for_update(nowait=True),
)
_COUNT_ON = sa.select(
    *(
        sa.func.setval(
            f"{table.name}_id_seq",
            sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0) + 1).scalar_subquery(),
            False,
        )
        for table in (leads, clients)
    )
)
