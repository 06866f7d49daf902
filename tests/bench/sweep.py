"""What looking for overdue leads costs as a base grows: `python -m tests.bench.sweep`.

Makes bases of 10,000 and of 1,000,000 leads, 2,000 of them open in both, on SQLite and,
where there is one, PostgreSQL. Prints how each finds what is due, the milliseconds of a
look that finds nothing and of a day's reminders at both sizes, and their ratio; raises
AssertionError when a reminder is missing or comes twice. `--large N` is another second size.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.product import Product
from config.settings import Settings
from storage import deadlines as stored
from storage import sweeps
from storage.database import Database
from storage.schema import deadlines, metadata, outbox, touches
from tests.cast import TEAM, VERA
from tests.databases import kinds
from tests.storage.making import NOW, asking

SMALL, LARGE = 10_000, 1_000_000
OPEN = 2_000
DAY = 300  # reminders, which come a few at a time
AT_ONCE = 5
TIMES = 15
_SECOND = timedelta(seconds=1)

# What is open comes last; of it the first are due one after the other, the rest much later.
_MADE = (
    "insert into persons (id, version, created_at) select n, 1, :at from numbers",
    "insert into accounts (id, channel, platform_id, person, name, username, language, reach,"
    " source, ban_reason, created_at) select n, 'telegram', cast(n as text), n, 'Anna', '', '',"
    " 'open', '', '', :at from numbers",
    "insert into leads (id, account, person, desk, channel, source, state, reason, first_words,"
    " version, created_at, closed_at, warmth, queued) select n, n, n, 'main', 'telegram', '',"
    " case when n > :closed then 'new' else 'rejected' end, '', 'Hello', 1, :at,"
    " case when n > :closed then null else :at end, '', '' from numbers",
    "insert into cards (id, lead, chat, wanted, shown, menu, message_id, state, attempts, thread,"
    " topic, titled, \"left\", reason, queued_at) select n, n, :chat, 1, 1, '', cast(n as text),"
    " 'queued', 0, '', '', '', '', '', :at from numbers",
    "insert into deadlines (id, lead, kind, step, due_at, next_at, done_at) select n, n, 'take', 0,"
    " :later, case when n > :closed then :later end, case when n > :closed then null else :at end"
    " from numbers",
    "insert into deadlines (id, lead, kind, step, due_at, next_at, done_at)"
    " select :count + n, n, 'close', 2, :at, null, :at from numbers where n <= :closed",
)
_NUMBERS = {
    True: "with recursive numbers(n) as (select 1 union all select n + 1 from numbers"
    " where n < :count) ",
    False: "with numbers(n) as (select generate_series(1, cast(:count as bigint))) ",
}


async def filled(database: Database, count: int) -> None:
    """So many leads, of which OPEN wait to be taken."""
    values = {
        "count": count,
        "closed": count - OPEN,
        "at": NOW,
        "later": NOW + timedelta(days=30),
        "chat": f"telegram:{TEAM}",
    }
    async with database.write() as connection:
        for statement in _MADE:
            head, _, rest = statement.partition(" select ")
            with_ = _NUMBERS[database.sqlite]
            text = sa.text(f"{head} {with_} select {rest}")
            moments = [sa.bindparam(one, type_=deadlines.c.due_at.type) for one in ("at", "later")]
            used = [one for one in moments if f":{one.key}" in str(text)]
            given = {key: value for key, value in values.items() if f":{key}" in str(text)}
            await connection.execute(text.bindparams(*used), given)
        due = deadlines.update().where(deadlines.c.id == sa.bindparam("b_id"))
        moments_due = [
            {"b_id": count - OPEN + 1 + n, "due_at": _due(n), "next_at": _due(n)}
            for n in range(DAY)
        ]
        await connection.execute(due, moments_due)
    await _tidy(database)


def _due(number: int) -> datetime:
    return NOW + (number // AT_ONCE + 1) * _SECOND


async def _tidy(database: Database) -> None:
    """What databases do by themselves now and then: learn how their tables are, empty logs."""
    if database.sqlite:
        async with database.write() as connection:
            await connection.exec_driver_sql("analyze")
        await database.truncate_log()
        return
    async with database.read() as connection:
        await connection.exec_driver_sql("vacuum analyze")
        await connection.exec_driver_sql("checkpoint")
    async with database.write() as connection:
        for table in metadata.sorted_tables:
            if table.autoincrement_column is not None:
                await connection.exec_driver_sql(
                    f"select setval('{table.name}_id_seq',"
                    f" (select coalesce(max(id), 0) + 1 from {table.name}))"
                )


async def plan(database: Database) -> str:
    """How the database says it finds what is due."""
    async with database.write() as connection:
        text = stored.due_query(NOW, 500).compile(
            dialect=connection.dialect, compile_kwargs={"literal_binds": True}
        )
        how = "explain query plan" if database.sqlite else "explain analyze"
        lines = await connection.exec_driver_sql(f"{how} {text}".replace("%", "%%"))
        return "\n".join(f"    {str(tuple(line)[-1])[:120]}" for line in lines)


async def measured(database: Database) -> dict[str, float]:
    """Milliseconds of each thing."""
    at = NOW
    product = Product(_settings(), database, {}, now=lambda: at)

    async def nothing() -> None:
        assert await sweeps.take_deadlines(database, NOW) == 0

    async def listed() -> None:
        await stored.overdue_leads(asking(database), NOW + timedelta(days=1))

    found = {"a look, nothing due": await _median(nothing)}
    took = []
    async with _living(product):
        for second in range(1, DAY // AT_ONCE + 1):
            at = NOW + second * _SECOND
            began = time.perf_counter()
            assert await sweeps.take_deadlines(database, at) == AT_ONCE
            product.inbox.wake()
            while await product.inbox.step():
                pass
            took.append((time.perf_counter() - began) * 1e3)
    found[f"a look of the day's {len(took)}, {AT_ONCE} reminded"] = statistics.median(took)
    found["the list of all that is late"] = await _median(listed)
    await _check(database)
    return found


@asynccontextmanager
async def _living(product: Product) -> AsyncIterator[None]:
    """One of those that handle events; the only one here, so it gives them their keys, too."""
    living = asyncio.create_task(product.leading.run())
    while not product.leading.lives:
        await asyncio.sleep(0.01)
    product.inbox.route_within(product.database)
    try:
        yield
    finally:
        living.cancel()
        await asyncio.wait([living])


async def _median(work: Callable[[], Awaitable[None]]) -> float:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await work()
        took.append((time.perf_counter() - began) * 1e3)
    return statistics.median(took)


async def _check(database: Database) -> None:
    """Each reminder was decided and is to be sent exactly once."""
    async with database.read() as connection:

        async def count(table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
            query = sa.select(sa.func.count()).select_from(table).where(*where)
            return int((await connection.execute(query)).scalar_one())

        open_ = deadlines.c.done_at.is_(None)
        assert await count(deadlines, open_, deadlines.c.step == 1) == DAY
        assert await count(deadlines, open_, deadlines.c.step == 0) == OPEN - DAY
        assert await count(touches, touches.c.kind == "overdue") == DAY
        assert await count(outbox) == DAY


def _settings() -> Settings:
    return Settings.model_validate(
        {
            "team": {"chat": f"telegram:{TEAM}", "supervisors": [f"telegram:{VERA}"]},
            "telegram": {"token": "1:none"},
        }
    )


async def main(sizes: tuple[int, int]) -> None:
    """Measure both sizes on each database, and compare."""
    found: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        async for kind, fresh in kinds(Path(folder)):
            found[kind] = [await _one(await fresh(), count) for count in sizes]
    for kind, (small, large) in found.items():
        for name in small:
            ratio = large[name] / small[name]
            print(f"{kind}: {name}: {small[name]:.2f} ms, {large[name]:.2f} ms, × {ratio:.2f}")


async def _one(url: str, count: int) -> dict[str, float]:
    database = Database(url)
    await database.open()
    try:
        began = time.perf_counter()
        await filled(database, count)
        print(f"{url.partition(':')[0]}, {count} leads in {time.perf_counter() - began:.0f} s")
        print(await plan(database), flush=True)
        return await measured(database)
    finally:
        await database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=SMALL, help="leads of the first base")
    parser.add_argument("--large", type=int, default=LARGE, help="leads of the second")
    asked = parser.parse_args()
    asyncio.run(main((asked.small, asked.large)))
