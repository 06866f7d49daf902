"""What `/find` costs; long, as it makes the base too: `python -m tests.bench.find`.

Makes bases of 10,000 and of 200,000 messages (a lead for every four) on SQLite and, where
there is one, PostgreSQL; prints how each looks for words, the median milliseconds of a
whole search at both sizes and their ratio, what the index adds to keeping a message, and
what erasing takes. `--more N` measures a third size.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage import search, words
from storage.database import Database
from storage.schema import accounts, contacts, leads, messages, persons
from storage.search import Wanted
from storage.words import holding, said, words_in
from tests.databases import kinds
from tests.storage.making import NOW, asking

SIZES = (10_000, 200_000)
TIMES = 9
_PER_LEAD = 4  # messages
_AT_ONCE = 20_000  # rows
_VOCABULARY = 20_000  # words, the n-th n times as rare as the first
_LONG = 8  # words of a message

LOOKED_FOR = {
    "a rare word": "rareword77",
    "a word in 1 of 2": "window",
    "its beginning": "win",
    "two common words": "window door",
    "a name": "surname123",
    "a name and a word": "surname123 window",
    "a word nobody wrote": "nowhere",
}


async def filled(database: Database, count: int) -> float:
    """Make so many messages; microseconds that keeping one took, in large transactions."""
    chance = random.Random(count)
    vocabulary = [f"word{number}x" for number in range(_VOCABULARY)]
    weights = [1 / (number + 1) for number in range(_VOCABULARY)]
    customers = count // _PER_LEAD
    rows = range(1, customers + 1)
    at = {"created_at": NOW}
    await _insert(database, persons, ({"id": one, **at} for one in rows))
    await _insert(database, accounts, (_account(one) for one in rows))
    await _insert(database, leads, (_lead(one) for one in rows))
    await _insert(database, contacts, (_contact(one) for one in rows))
    texts = (
        " ".join(
            [
                *chance.choices(vocabulary, weights, k=_LONG),
                chance.choice(("window", "door", "window and door", "")),
                f"rareword{number}" if number % 10 == 7 else "",
            ]
        )
        for number in range(1, count + 1)
    )
    made = [_message(number, text, customers) for number, text in enumerate(texts, 1)]
    began = time.perf_counter()
    await _insert(database, messages, iter(made))
    return (time.perf_counter() - began) / count * 1e6


async def measured(database: Database) -> dict[str, float]:
    """Median milliseconds of each kind of search."""
    since = NOW - timedelta(days=90)
    wanted = {
        name: Wanted(words=tuple(word for word, *_ in words_in(text)))
        for name, text in LOOKED_FOR.items()
    }
    wanted["a phone"] = Wanted(contacts=(("phone", "+34600000123"),))
    found = {}
    for name, one in wanted.items():
        # Each search asks anew: a session remembers what it was told.
        found[name] = await _median(partial(_search, database, one, since))
    return found


async def plan(database: Database) -> str:
    """How the database says it looks for a rare word."""
    query = sa.select(messages.c.id).where(holding(said, ["rareword77"]))
    async with database.write() as connection:
        text = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        how = "explain query plan" if database.sqlite else "explain analyze"
        lines = await connection.exec_driver_sql(f"{how} {text}")
        return "\n".join(f"    {str(tuple(line)[-1])[:120]}" for line in lines)


async def erased(database: Database) -> float:
    """Milliseconds until nothing of a lead's four messages is in the index."""
    began = time.perf_counter()
    async with database.write() as connection:
        await connection.execute(messages.delete().where(messages.c.lead == 5))
    await words.forget(database)
    return (time.perf_counter() - began) * 1000


async def unindexed(database: Database) -> None:
    """Take the index of messages away, to see what keeping costs without it."""
    async with database.write() as connection:
        if database.sqlite:
            for name in ("in", "out", "edited"):
                await connection.exec_driver_sql(f"drop trigger message_words_{name}")
        else:
            await connection.exec_driver_sql("drop index ix_messages_words")


async def _search(database: Database, wanted: Wanted, since: datetime) -> None:
    await search.find(asking(database), wanted, since, 20)


def _account(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "channel": "telegram",
        "platform_id": str(number),
        "person": number,
        "name": f"Anna Surname{number}",
        "username": f"user{number}",
        "created_at": NOW,
    }


def _lead(number: int) -> dict[str, Any]:
    state = "taken" if number % 50 == 0 else "rejected"
    return {
        "id": number,
        "account": number,
        "person": number,
        "desk": "main",
        "channel": "telegram",
        "state": state,
        "created_at": NOW,
    }


def _contact(number: int) -> dict[str, Any]:
    return {"id": number, "account": number, "kind": "phone", "value": f"+34{600000000 + number}"}


def _message(number: int, text: str, customers: int) -> dict[str, Any]:
    lead = number % customers + 1
    return {
        "id": number,
        "account": lead,
        "lead": lead,
        "direction": "in",
        "author": "customer",
        "chat": f"telegram:{lead}",
        "message_id": str(number),
        "text": text,
        "at": NOW,
    }


async def _insert(database: Database, table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    while chunk := [row for _, row in zip(range(_AT_ONCE), rows, strict=False)]:
        async with database.write() as connection:
            await connection.execute(table.insert(), chunk)


async def _median(ask: Callable[[], Awaitable[Any]]) -> float:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


@asynccontextmanager
async def _base(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def _figures(url: str, size: int) -> dict[str, float]:
    async with _base(url) as database:
        kept = await filled(database, size)
        if not database.sqlite:
            async with database.write() as connection:
                await connection.exec_driver_sql("analyze")
        print(f"  {size:,} messages:\n{await plan(database)}", flush=True)
        found = await measured(database)
        found["erasing a lead"] = await erased(database)
        found["keeping 1000 messages"] = kept
        return found


async def _bare(url: str, size: int) -> float:
    async with _base(url) as database:
        await unindexed(database)
        return await filled(database, size)


def _report(sizes: tuple[int, ...], figures: list[dict[str, float]], bare: float) -> None:
    heads = "".join(f"{f'{size:,}':>12}" for size in sizes)
    print(f"  {'ms':<26}{heads}{'ratio':>9}")
    for name in figures[0]:
        values = [one[name] for one in figures]
        row = "".join(f"{value:>12.2f}" for value in values)
        print(f"  {name:<26}{row}{values[-1] / values[0]:>9.1f}")
    print(f"  {'  the same with no index':<26}{bare:>12.2f}", flush=True)


async def _all(sizes: tuple[int, ...]) -> None:
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        async for kind, fresh in kinds(Path(folder)):
            print(kind)
            figures = [await _figures(await fresh(), size) for size in sizes]
            _report(sizes, figures, await _bare(await fresh(), sizes[0]))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--more", type=int, default=0, help="messages of a third base")
    more = parser.parse_args().more
    sizes = (*SIZES, more) if more else SIZES
    asyncio.run(_all(sizes))


if __name__ == "__main__":
    main()
