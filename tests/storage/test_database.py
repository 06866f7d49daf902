"""Transactions keep what they promise, on both databases alike."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError

from storage.database import UNREACHABLE, Database
from storage.schema import cursors, deals, leads, persons
from tests.storage.making import NOW, count, opened, rows


async def _bump(database: Database, started: asyncio.Event) -> None:
    """Read a number and write the next, as a careless reader would."""
    async with database.write() as connection:
        await connection.execute(sa.select(persons.c.id).with_for_update())
        query = sa.select(cursors.c.value).where(cursors.c.channel == "n")
        number = int((await connection.execute(query)).scalar_one())
        started.set()
        await connection.execute(
            cursors.update().where(cursors.c.channel == "n").values(value=str(number + 1))
        )


async def test_concurrent_read_modify_writes_keep_all(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(persons.insert().values(created_at=NOW))
        await connection.execute(cursors.insert().values(channel="n", value="0"))
    started = asyncio.Event()
    async with opened(
        str(database.url.render_as_string(hide_password=False))
    ) as other:  # another process
        await asyncio.gather(*(_bump(one, started) for one in [database, other] * 5))
    (found,) = await rows(database, sa.select(cursors.c.value).where(cursors.c.channel == "n"))
    assert found.value == "10"


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.execute(persons.insert(), [{"id": 1, "created_at": NOW}] * 2)
    assert await count(database, persons) == 0


async def test_a_write_whose_waiter_is_cancelled_ends_and_frees_the_file(
    database: Database,
) -> None:
    began, go_on, written = asyncio.Event(), asyncio.Event(), []

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(persons.insert().values(created_at=NOW))
            began.set()
            await go_on.wait()
        written.append("one")

    waiter = asyncio.create_task(database.finish(write()))
    await began.wait()
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    go_on.set()
    await database.close()
    assert written == ["one"]
    assert await count(database, persons) == 1


async def test_a_reader_does_not_see_what_is_not_committed(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(persons.insert().values(created_at=NOW))
        assert await count(database, persons) == 0
    assert await count(database, persons) == 1


async def test_a_reference_to_nothing_is_refused_at_the_end(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.execute(deals.insert().values(id=1, client=77, lead=78, at=NOW))
    assert await count(database, deals) == 0
    async with database.write() as connection:  # and the writer is free again
        await connection.execute(persons.insert().values(created_at=NOW))


async def test_a_reference_may_come_before_its_target(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(persons.insert().values(id=1, root=2, created_at=NOW))
        await connection.execute(persons.insert().values(id=2, created_at=NOW))
    assert await count(database, persons) == 2


async def test_moments_come_back_aware_and_exact(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(persons.insert().values(created_at=NOW))
    (found,) = await rows(database, sa.select(persons.c.created_at))
    assert found.created_at == NOW
    assert found.created_at.tzinfo == NOW.tzinfo
    with pytest.raises(StatementError, match="naive"):
        await rows(
            database, sa.select(persons).where(persons.c.created_at == NOW.replace(tzinfo=None))
        )


async def test_a_number_too_large_is_a_refusal_of_one_statement(database: Database) -> None:
    with pytest.raises(StatementError) as refused:
        async with database.write() as connection:
            await connection.execute(deals.insert().values(client=1, lead=1, at=NOW, amount=2**70))
    assert not isinstance(refused.value, UNREACHABLE)


async def test_reserved_numbers_are_never_handed_out_twice(database: Database) -> None:
    batches = await asyncio.gather(*(database.reserve_ids(leads, 5) for _ in range(6)))
    numbers = [number for batch in batches for number in batch]
    assert len(set(numbers)) == 30


async def test_numbers_follow_those_that_somebody_else_used(database: Database) -> None:
    if not database.sqlite:
        pytest.skip("PostgreSQL's sequences count for all")
    assert list(await database.reserve_ids(persons, 2)) == [1, 2]
    async with database.write() as connection:
        await connection.execute(persons.insert(), [{"id": 40, "created_at": NOW}])
    assert list(await database.reserve_ids(persons, 2)) == [41, 42]
    database.give_back_ids(persons)
    assert list(await database.reserve_ids(persons, 2)) == [41, 42]


async def test_numbers_of_removed_rows_are_not_used_again(database: Database) -> None:
    (number,) = await database.reserve_ids(persons, 1)
    async with database.write() as connection:
        await connection.execute(persons.insert().values(id=number, created_at=NOW))
        await connection.execute(persons.delete())
    database.give_back_ids(persons)
    assert (await database.reserve_ids(persons, 1))[0] > number
