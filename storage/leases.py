"""Several processes on one PostgreSQL: which of them live, and who alone does what only one may.

A process lives as long as it says so, and as PostgreSQL serves its connection. What it held
is free when it does not; the number of the lease, its fence, lets the database refuse what an
earlier holder writes who does not know yet. SQLite is for one process, which holds everything.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, Lease
from storage.failures import UNREACHABLE, in_our_words
from storage.schema import Instant, leases, processes

NOBODY = 0  # the number of a process that is not among the others yet, or not any more
LASTS = timedelta(seconds=10)  # what one says of itself, until it says it again
_PATIENCE = 1.0  # seconds for leaving
_BACKEND = sa.func.pg_backend_pid()
_UNTIL = sa.func.clock_timestamp() + sa.cast(LASTS, sa.Interval)


class Presence:
    """One process among others, on a connection of its own."""

    def __init__(self, connection: AsyncConnection, number: int, mark: str) -> None:
        """`number` is never given to another process, `mark` is that of our settings."""
        self.number = number
        self._connection = connection
        self._mark = mark

    async def beat(self) -> bool:
        """Say that we live, and bury who does not; False when we were taken for dead ourselves."""
        with in_our_words():
            lives = await self._connection.execute(
                processes.update().where(processes.c.id == self.number).values(until=_UNTIL)
            )
            await self._connection.execute(sa.delete(processes).where(_dead()))
        return bool(lives.rowcount)

    async def unlike(self) -> frozenset[int]:
        """The processes that work by other settings than we do."""
        others = sa.select(processes.c.id).where(processes.c.mark.not_in(("", self._mark)))
        with in_our_words():
            return frozenset((await self._connection.execute(others)).scalars())


@asynccontextmanager
async def present(
    database: Database, heard: Callable[[str], None], mark: str
) -> AsyncIterator[Presence]:
    """Be one of the processes on a PostgreSQL; what we hold is free at the end, however it comes.

    `heard` is called with a table's name when anybody wrote something into it that wants work.
    `mark` is the same for processes whose settings are.
    """
    async with database.own_connection() as connection:
        with in_our_words():
            await _listen(connection, heard)
            row = processes.insert().values(backend=_BACKEND, until=_UNTIL, mark=mark)
            number = (await connection.execute(row.returning(processes.c.id))).scalar_one()
        presence = Presence(connection, number, mark)
        try:
            await presence.beat()
            yield presence
        finally:
            await database.finish(_leave(connection, number))


async def take(database: Database, name: str, process: int) -> Lease | None:
    """The lease of this name, unless another process that lives has it."""
    row = insert(leases).values(name=name, process=process, fence=1)
    free = leases.c.process.not_in(sa.select(processes.c.id))
    taken = row.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"process": process, "fence": leases.c.fence + 1},
        where=sa.or_(free, leases.c.process == process),
    ).returning(leases.c.fence)
    async with database.write() as connection:
        fence = (await connection.execute(taken)).scalar()
    return None if fence is None else Lease(name, fence)


async def _leave(connection: AsyncConnection, number: int) -> None:
    """Leave at once what we hold; else it is free when we are silent for too long."""
    if connection.invalidated:
        return
    with suppress(*UNREACHABLE), in_our_words():
        async with asyncio.timeout(_PATIENCE):
            await connection.execute(sa.delete(processes).where(processes.c.id == number))


async def keep(database: Database, lease: Lease, process: int) -> bool:
    """Have it on, as another process, if nobody took it meanwhile; whether that is so."""
    held = leases.update().where(leases.c.name == lease.name, leases.c.fence == lease.fence)
    async with database.write() as connection:
        return bool((await connection.execute(held.values(process=process))).rowcount)


async def anybody_leads(database: Database) -> bool:
    """Whether a process that lives does something that only one may."""
    living = sa.select(processes.c.id).where(sa.not_(_dead()))
    led = sa.select(leases.c.name).where(leases.c.process.in_(living))
    async with database.read() as connection:
        return (await connection.execute(led)).first() is not None


async def marks(database: Database) -> Mapping[str, int]:
    """How many processes that live have a mark of their settings, by the mark."""
    living = sa.select(processes.c.mark, sa.func.count().label("number")).where(
        sa.not_(_dead()), processes.c.mark != ""
    )
    async with database.read() as connection:
        found = await connection.execute(living.group_by(processes.c.mark))
        return {row.mark: row.number for row in found}


async def its_time(database: Database) -> datetime:
    """What time a PostgreSQL has, by which all of them live."""
    async with database.read() as connection:
        now = sa.func.clock_timestamp(type_=Instant())
        return (await connection.execute(sa.select(now))).scalar_one()


def _dead() -> sa.ColumnElement[bool]:
    """Whether a process is silent for too long, or PostgreSQL serves it no more."""
    served = sa.text("select pid from pg_stat_activity").columns(sa.Column("pid", sa.Integer))
    now = sa.func.clock_timestamp(type_=Instant())
    return sa.or_(processes.c.until < now, processes.c.backend.not_in(served))


async def _listen(connection: AsyncConnection, heard: Callable[[str], None]) -> None:
    raw: Any = await connection.get_raw_connection()
    await raw.driver_connection.add_listener("dialead", lambda *told: heard(told[3]))
