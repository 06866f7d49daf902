"""What a digest costs in a large base: `python -m tests.bench.digest`.

Makes bases of 10,000 and of 1,000,000 leads with the same last day (200 leads) on SQLite
and, where there is one, PostgreSQL; prints the median milliseconds of that day's digest at
both sizes, their ratio, and how the database looks for what was missed. `--sizes A,B`
takes others.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from bot.domain.hours import Hours
from bot.reports.basis import Basis
from bot.reports.digest import digest
from bot.reports.period import Period
from config.texts import load
from storage import reports
from storage.database import Database
from storage.reports import Happened
from tests.databases import kinds
from tests.storage.making import CHAT, NOW, asking

SIZES = (10_000, 1_000_000)
TIMES = 15
_DAY = timedelta(days=1)
_OF_THE_DAY = 200  # leads
_AT_ONCE = 100_000  # rows
_PERIOD = Period(NOW - _DAY, NOW, NOW - 2 * _DAY, NOW - _DAY)
_BASIS = Basis(
    load("en"), UTC, Hours({}, lambda _: frozenset(), UTC), CHAT, lambda source: source, NOW
)

Rows = Iterator[tuple[Any, ...]]


def tables(size: int) -> dict[str, tuple[str, Rows]]:
    """Per table its columns and rows; those that are referred to come first."""
    everybody = range(1, _OF_THE_DAY + 2)
    leads = "id account person desk channel source state responsible reason "
    leads += "created_at taken_at answered_at closed_at"
    return {
        "staff": ("id name created_at", ((n, f"Boris {n}", NOW) for n in range(1, 6))),
        "persons": ("id created_at", ((n, NOW) for n in everybody)),
        "accounts": (
            "id channel platform_id person created_at",
            iter([(1, "telegram", "1", 1, NOW)]),
        ),
        "leads": (leads, (_lead(n, size) for n in range(1, size + 1))),
        "touches": ("lead at actor staff kind data", _touches(size)),
        "deadlines": ("lead kind due_at done_at", _deadlines(size)),
    }


def _created(number: int, size: int) -> datetime:
    """The day's leads come last, those before one every ten minutes."""
    if number > size - _OF_THE_DAY:
        return NOW - _DAY + timedelta(minutes=5 * (number - size + _OF_THE_DAY))
    return NOW - 2 * _DAY - timedelta(minutes=10 * (size - _OF_THE_DAY - number))


def _lead(number: int, size: int) -> tuple[Any, ...]:
    at, fresh = _created(number, size), number > size - _OF_THE_DAY
    waits = fresh and number % 2 == 0
    person = number - size + _OF_THE_DAY + 1 if fresh else 1
    minute = timedelta(minutes=1)
    state = "taken" if waits else "converted" if number % 3 else "rejected"
    closed_at = None if waits else at + 4 * minute
    taken = (number % 5 + 1, "Expensive" if state == "rejected" else "", at)
    return (
        *(number, 1, person, "main", "telegram", f"site {number % 7}", state),
        *taken,
        *(at + 2 * minute, at + 3 * minute, closed_at),
    )


def _touches(size: int) -> Rows:
    for number in range(1, size + 1):
        at, by = _created(number, size), number % 5 + 1
        yield number, at, "customer", None, "created", "{}"
        yield number, at + timedelta(minutes=2), "staff", by, "take", f'{{"to": {by}}}'
        yield number, at + timedelta(minutes=3), "staff", by, "answered", "{}"


def _deadlines(size: int) -> Rows:
    for number in range(1, size + 1):
        at = _created(number, size)
        due = at + timedelta(minutes=1 + number % 4)
        yield number, "take", due, at + timedelta(minutes=2)
        yield number, "first_reply", due, at + timedelta(minutes=3)


async def measured(url: str, size: int) -> float:
    """Median milliseconds of the day's digest."""
    database = Database(url)
    await database.open()
    try:
        taken = []
        for _ in range(TIMES):
            session, began = asking(database), time.perf_counter()
            found = await digest(session, _PERIOD, _BASIS)
            taken.append((time.perf_counter() - began) * 1000)
            assert found.counts.received == _OF_THE_DAY
        print(f"  {size:,} leads: {statistics.median(taken):.1f} ms", flush=True)
        await _show_parts(database)
        await _show_plan(database)
        return statistics.median(taken)
    finally:
        await database.close()


async def _show_plan(database: Database) -> None:
    """Of the dearest query: deadlines of the leads that came in."""
    statement = (
        "select count(distinct leads.id) from leads join deadlines on deadlines.lead = leads.id "
        "where leads.created_at >= '{}' and leads.created_at < '{}' "
        "and deadlines.done_at > deadlines.due_at"
    ).format(*(f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" for at in (NOW - _DAY, NOW)))
    how = "explain query plan" if database.sqlite else "explain"
    async with database.read() as connection:
        for line in await connection.exec_driver_sql(f"{how} {statement}"):
            print(f"    {str(tuple(line)[-1])[:120]}")


async def _show_parts(database: Database) -> None:
    """What each query of it takes."""
    since, until = _PERIOD.since, _PERIOD.until
    session = asking(database)
    parts: dict[str, Callable[[], Awaitable[Any]]] = {
        **{one.value: partial(reports.count, session, one, since, until) for one in Happened},
        "open": partial(reports.open_at, session, until),
        "open a day before": partial(reports.open_at, session, since),
        "taken by whom": partial(reports.took, session, since, until, NOW),
        "missed": partial(reports.missed, session, since, until, NOW),
    }
    for name, ask in parts.items():
        began = time.perf_counter()
        await ask()
        print(f"    {name}: {(time.perf_counter() - began) * 1000:.1f} ms", flush=True)


def _fill_sqlite(path: str, size: int) -> None:
    """As SQLAlchemy writes moments."""

    def kept(value: Any) -> Any:
        return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value

    with sqlite3.connect(path) as connection:
        for table, (columns, rows) in tables(size).items():
            names = columns.split()
            marks = ", ".join("?" * len(names))
            connection.executemany(
                f"insert into {table} ({', '.join(names)}) values ({marks})",
                (tuple(map(kept, row)) for row in rows),
            )
        connection.execute("analyze")


async def _fill_postgresql(url: str, size: int) -> None:
    connection = await asyncpg.connect(url)
    try:
        for table, (columns, rows) in tables(size).items():
            names = columns.split()
            while chunk := [row for _, row in zip(range(_AT_ONCE), rows, strict=False)]:
                await connection.copy_records_to_table(table, records=chunk, columns=names)
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()


async def _all(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async for kind, fresh in kinds(Path(folder)):
            print(kind)
            found = [await _one(await fresh(), size) for size in sizes]
            print(f"  ratio {found[-1] / found[0]:.2f}", flush=True)


async def _one(url: str, size: int) -> float:
    if url.startswith("sqlite:///"):
        await asyncio.to_thread(_fill_sqlite, url.removeprefix("sqlite:///"), size)
    else:
        await _fill_postgresql(url, size)
    return await measured(url, size)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="leads, as 10000,50000")
    sizes = [int(one) for one in parser.parse_args().sizes.split(",")]
    asyncio.run(_all(sizes))


if __name__ == "__main__":
    main()
