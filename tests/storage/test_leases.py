"""Several processes on one PostgreSQL: each thing is one's own, and free when that one is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.messages import Raw
from storage import dialling, inbox, leases
from storage.database import Database, Lease
from storage.failures import Unreachable
from storage.leases import Presence
from storage.schema import cursors, processes
from tests.databases import Cluster
from tests.storage.making import NOW, opened, rows


@pytest.fixture
async def shared(postgres: Cluster) -> AsyncIterator[str]:
    """The URL of a PostgreSQL database that several processes open."""
    url = await postgres.lend()
    yield url
    await postgres.take_back(url)


@asynccontextmanager
async def two(url: str) -> AsyncIterator[tuple[Database, Presence, Presence]]:
    """Two processes that live."""
    async with (
        opened(url) as database,
        leases.present(database, lambda _: None, "") as one,
        leases.present(database, lambda _: None, "") as other,
    ):
        yield database, one, other


async def take(database: Database, who: Presence) -> Lease | None:
    return await leases.take(database, "telegram", who.number)


async def note(database: Database, words: str) -> None:
    async with database.write() as connection:
        await connection.execute(cursors.insert().values(channel=words, value=""))


async def test_of_two_one_has_it_and_the_other_gets_it_when_that_one_leaves(shared: str) -> None:
    async with opened(shared) as database, leases.present(database, lambda _: None, "") as other:
        async with leases.present(database, lambda _: None, "") as one:
            first = await take(database, one)
            assert first is not None
            assert await take(database, other) is None
        second = await take(database, other)
        assert second is not None
        assert second.fence > first.fence


async def test_what_an_earlier_holder_writes_is_refused(shared: str) -> None:
    async with opened(shared) as database, leases.present(database, lambda _: None, "") as other:
        async with leases.present(database, lambda _: None, "") as one:
            lease = await take(database, one)
            await note(database.under(lease), "while it holds")
        await note(database.under(lease), "nobody else holds it yet")
        newer = await take(database, other)
        with pytest.raises(Unreachable, match="another process has telegram"):
            await note(database.under(lease), "too late")
        await note(database.under(newer), "the new one")
        found = {row.channel for row in await rows(database, sa.select(cursors))}
        assert found == {"while it holds", "nobody else holds it yet", "the new one"}


async def test_nobody_takes_it_while_the_holder_is_writing(shared: str) -> None:
    async with opened(shared) as database, leases.present(database, lambda _: None, "") as other:
        async with leases.present(database, lambda _: None, "") as one:
            lease = await take(database, one)
        async with database.under(lease).write() as connection:
            taking = asyncio.create_task(take(database, other))
            await _until_one_waits_for_a_lock(database)
            assert not taking.done()
            await connection.execute(cursors.insert().values(channel="in time", value=""))
        assert await taking is not None
        assert [row.channel for row in await rows(database, sa.select(cursors))] == ["in time"]


async def test_who_stands_still_while_writing_keeps_nobody_from_taking_it(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two(shared) as (database, one, other), opened(shared) as still:
        lease = await take(database, one)
        with monkeypatch.context() as sooner:
            sooner.setitem(dialling.SESSION, "idle_in_transaction_session_timeout", "100")
            await note(still, "before")
        stands, goes_on = asyncio.Event(), asyncio.Event()
        writing = asyncio.create_task(_stand_still(still.under(lease), stands, goes_on))
        await stands.wait()
        await _kill(database, one)
        await other.beat()
        async with asyncio.timeout(60):
            taken = await take(database, other)
        goes_on.set()
        with pytest.raises(Unreachable):
            await writing
        await note(still.under(taken), "on another connection")
        found = {row.channel for row in await rows(database, sa.select(cursors))}
        assert found == {"before", "on another connection"}


async def test_who_is_silent_for_too_long_is_dead_and_hears_of_it(shared: str) -> None:
    async with two(shared) as (database, one, other):
        await take(database, one)
        assert await other.beat()
        assert await take(database, other) is None
        async with database.write() as connection:
            long_ago = sa.func.clock_timestamp() - sa.cast(timedelta(seconds=1), sa.Interval)
            silent = processes.update().where(processes.c.id == one.number)
            await connection.execute(silent.values(until=long_ago))
        assert await other.beat()
        assert await take(database, other) is not None
        assert not await one.beat()


async def test_each_knows_who_works_by_other_settings_and_lives(shared: str) -> None:
    async with (
        opened(shared) as database,
        leases.present(database, lambda _: None, "a") as one,
        leases.present(database, lambda _: None, "a") as same,
        leases.present(database, lambda _: None, "b") as other,
        leases.present(database, lambda _: None, ""),  # of a version that tells no mark
    ):
        assert await one.unlike() == await same.unlike() == {other.number}
        assert await other.unlike() == {one.number, same.number}
        assert await leases.marks(database) == {"a": 2, "b": 1}
        await _kill(database, other)
        assert await leases.marks(database) == {"a": 2}
        assert await one.beat()
        assert await one.unlike() == frozenset()


async def test_whose_connection_is_gone_is_dead_at_once(shared: str) -> None:
    async with two(shared) as (database, one, other):
        await take(database, one)
        await _kill(database, one)
        assert await other.beat()
        assert await take(database, other) is not None
        with pytest.raises(Unreachable):
            await one.beat()


async def test_each_hears_of_what_anybody_writes(shared: str) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with opened(shared) as database, leases.present(database, heard.put_nowait, ""):
        await inbox.accept(database, "telegram", [Raw("1", {})], "", NOW)
        assert await asyncio.wait_for(heard.get(), 60) == "inbox"
        async with leases.present(database, lambda _: None, ""):
            pass
        assert await asyncio.wait_for(heard.get(), 60) == "processes"


async def test_events_of_one_key_are_never_with_two_processes(shared: str) -> None:
    async with two(shared) as (database, one, other):
        anna, again, pablo = await _arrive(database, "anna", "anna", "pablo")
        assert await _heads(database, one, limit=1) == [anna]
        assert await _heads(database, other) == [pablo]
        assert await _heads(database, other) == [pablo]  # it may ask again for its own
        async with database.write() as connection:
            await inbox.assert_held(connection, [anna], one.number)
            await inbox.done(connection, [anna], NOW)
        assert await _heads(database, other) == [again, pablo]


async def test_what_a_dead_process_held_goes_to_another_and_its_own_end_is_refused(
    shared: str,
) -> None:
    async with two(shared) as (database, one, other):
        [anna] = await _arrive(database, "anna")
        assert await _heads(database, one) == [anna]
        await _kill(database, one)
        await other.beat()
        assert await _heads(database, other) == [anna]
        with pytest.raises(Unreachable, match="another process works on these"):
            async with database.write() as connection:
                await inbox.assert_held(connection, [anna], one.number)


async def test_what_another_is_just_claiming_is_left_out_and_not_waited_for(shared: str) -> None:
    async with two(shared) as (database, one, _):
        anna, pablo = await _arrive(database, "anna", "pablo")
        async with database.write() as connection:
            held = sa.text("select 1 from inbox where id = :id for update")
            await connection.execute(held, {"id": anna})
            assert await _heads(database, one) == [pablo]


async def _stand_still(database: Database, stands: asyncio.Event, goes_on: asyncio.Event) -> None:
    """Between two statements of one transaction."""
    async with database.write() as connection:
        await connection.execute(cursors.insert().values(channel="lost", value=""))
        stands.set()
        await goes_on.wait()
        await connection.execute(cursors.insert().values(channel="lost too", value=""))


async def _arrive(database: Database, *keys: str) -> list[int]:
    raws = [Raw(str(n), {"n": n}) for n in range(len(keys))]
    await inbox.accept(database, "telegram", raws, "", NOW)
    numbers = [arrival.id for arrival in await inbox.unrouted(database, 10)]
    async with database.write() as connection:
        await inbox.route(connection, dict(zip(numbers, keys, strict=True)))
    return numbers


async def _heads(database: Database, who: Presence, limit: int = 10) -> list[int]:
    found = await inbox.heads(database, process=who.number, busy=(), now=NOW, limit=limit)
    return [arrival.id for arrival in found]


async def _kill(database: Database, who: Presence) -> None:
    """End its connection, and wait until PostgreSQL has seen it go."""
    backend = sa.select(processes.c.backend).where(processes.c.id == who.number)
    [row] = await rows(database, backend)
    end = sa.text("select pg_terminate_backend(:pid, 60000)")
    async with database.write() as connection:
        await connection.execute(end, {"pid": row.backend})


async def _until_one_waits_for_a_lock(database: Database) -> None:
    waits = sa.text("select 1 from pg_stat_activity where wait_event_type = 'Lock'")
    async with asyncio.timeout(60):
        while not await rows(database, waits):
            await asyncio.sleep(0)
