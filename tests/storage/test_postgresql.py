"""PostgreSQL away for a while, or unfit for good, told apart; long by all the ways of either."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import uvloop
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Post, Priority, plain
from storage import cards, outbox
from storage.cards import Card
from storage.database import Database, DatabaseUnfit
from storage.failures import Unreachable
from storage.outbox import Delivery
from storage.schema import cursors, persons
from tests.databases import Cluster
from tests.postgres import Server
from tests.storage.making import NOW, annas_lead, count, opened, rows, saving


async def test_postgresql_that_ends_our_session_is_out_of_reach_then_back(
    postgres: Cluster,
) -> None:
    url = await postgres.create(migrated=True)
    async with opened(url) as database:
        with pytest.raises(Unreachable):
            await _write_and_lose_the_session(database)
        assert await count(database, persons) == 0
        async with database.write() as connection:
            await connection.execute(persons.insert().values(created_at=NOW))
        assert await count(database, persons) == 1
    await postgres.drop(url)


async def test_postgresql_restarted_keeps_what_was_committed(own_postgres: Server) -> None:
    async with opened(own_postgres.url) as database:
        async with database.write() as connection:
            await connection.execute(sa.text("create table x (a int)"))
        own_postgres.stop()
        with pytest.raises(Unreachable):
            await rows(database, sa.text("select * from x"))
        own_postgres.start()
        assert list(await rows(database, sa.text("select * from x"))) == []


async def test_postgresql_that_only_reads_is_out_of_reach(postgres: Cluster) -> None:
    url = await postgres.create(migrated=True)
    async with opened(f"{url}&default_transaction_read_only=on") as database:
        with pytest.raises(Unreachable, match="read-only"):
            async with database.write() as connection:
                await connection.execute(persons.insert().values(created_at=NOW))
    await postgres.drop(url)


async def test_deadlocked_writers_are_told_to_come_again(postgres: Cluster) -> None:
    url = await postgres.create(migrated=True)
    async with opened(url) as database:
        async with database.write() as connection:
            await connection.execute(cursors.insert(), [{"channel": "a"}, {"channel": "b"}])
        both = asyncio.Barrier(2)

        async def cross(first: str, second: str) -> None:
            async with database.write() as connection:
                update = cursors.update().values(value=first)
                await connection.execute(update.where(cursors.c.channel == first))
                await both.wait()
                await connection.execute(update.where(cursors.c.channel == second))

        ends = await asyncio.gather(cross("a", "b"), cross("b", "a"), return_exceptions=True)
        assert sorted(type(end).__name__ for end in ends) == ["NoneType", "Unreachable"]
    await postgres.drop(url)


async def test_a_claim_whose_commit_is_still_on_its_way_is_put_back(postgres: Cluster) -> None:
    url = await postgres.create(migrated=True)
    async with opened(url) as database:
        await annas_lead(database)
        async with saving(database) as session:
            how: dict[str, Any] = {"chat": "1", "key": "1", "priority": Priority.REPLY, "now": NOW}
            await outbox.add(session, "telegram", Post("1", plain("hello")), **how)
        async with database.read() as connection:
            calls, shown = await _to_be_made(connection)
        assert calls
        assert shown
        async with database.write() as connection:
            await outbox.claim(connection, calls, NOW)
            await cards.claim(connection, shown, NOW)
            put_back = [
                asyncio.create_task(_in_a_transaction(database, outbox.unclaim, calls)),
                asyncio.create_task(_in_a_transaction(database, cards.unclaim, shown)),
            ]
            while sum(one.done() for one in put_back) + await _held_up(database) < len(put_back):
                pass  # until both wait for this transaction, or did not wait
        await asyncio.gather(*put_back)
        async with database.read() as connection:
            assert await _to_be_made(connection) == (calls, shown)
    await postgres.drop(url)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"database": "none"}, "does not exist"),
        ({"username": "gleb"}, "gleb"),
        ({"query": {"nonsense": "1"}}, "nonsense"),
    ],
)
async def test_postgresql_that_will_never_have_us_is_told(
    postgres: Cluster, change: dict[str, object], words: str
) -> None:
    url = sa.make_url(await postgres.create(migrated=False))
    query = {**url.query, **change.pop("query", {})}  # type: ignore[dict-item]
    changed = url.set(query=query, **change)  # type: ignore[arg-type]
    async with opened(changed.render_as_string(hide_password=False)) as database:
        with pytest.raises(DatabaseUnfit, match=words):
            await database.open()
    await postgres.drop(url.render_as_string(hide_password=False))


async def test_options_of_libpq_are_understood(postgres: Cluster) -> None:
    url = await postgres.create(migrated=False)
    options = "sslmode=disable&application_name=dialead"
    async with opened(f"{url}{'&' if '?' in url else '?'}{options}") as database:
        await database.open()
        (found,) = await rows(database, sa.text("show application_name"))
        assert found[0] == "dialead"
    await postgres.drop(url)


async def test_a_session_ends_in_time_unless_the_url_asks_for_something_else(
    postgres: Cluster,
) -> None:
    url = await postgres.lend()
    asked = "show idle_in_transaction_session_timeout"
    more = "&" if "?" in url else "?"
    for option, expected in (
        ("sslmode=disable", "8s"),
        ("idle_in_transaction_session_timeout=1min", "1min"),
        ("options=-c%20idle_in_transaction_session_timeout%3D0", "0"),
    ):
        async with opened(f"{url}{more}{option}") as database:
            assert [row[0] for row in await rows(database, sa.text(asked))] == [expected]
    await postgres.take_back(url)


async def test_who_moves_everything_may_stand_still_meanwhile(postgres: Cluster) -> None:
    url = await postgres.lend()
    asked = sa.text("show idle_in_transaction_session_timeout")
    async with opened(url) as database:
        async with database.migrating() as connection:
            assert (await connection.execute(asked)).scalar() == "0"
        async with database.write() as connection:
            assert (await connection.execute(asked)).scalar() == "8s"
    await postgres.take_back(url)


async def test_a_session_ended_for_standing_still_is_to_come_again(postgres: Cluster) -> None:
    url = await postgres.lend()
    async with opened(url) as database:
        with pytest.raises(Unreachable):
            async with database.write() as connection:  # the words may reach us, or the end alone
                await connection.execute(sa.text("do $$ begin raise sqlstate '25P03'; end $$"))
    await postgres.take_back(url)


async def test_nobody_listening_is_out_of_reach() -> None:
    async with opened("postgresql://anna:secret@127.0.0.1:1/dialead") as database:
        with pytest.raises(Unreachable) as to_open:
            await database.open()
        with pytest.raises(Unreachable) as to_read:
            async with database.read():
                pass
    words = str(to_open.value)
    assert words.startswith("127.0.0.1:1: Connect")  # how it goes on is the event loop's matter
    assert words == str(to_read.value)


async def test_another_encoding_is_refused(postgres: Cluster) -> None:
    url = await postgres.create(migrated=False, encoding="SQL_ASCII")
    async with opened(url) as database:
        with pytest.raises(DatabaseUnfit, match=r"database\.encoding found=SQL_ASCII"):
            await database.open()
    await postgres.drop(url)


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_way_to_postgresql_that_breaks_unseen_is_found_out(
    own_postgres: Server, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:
        found = runner.run(_watched(own_postgres.folder))
    assert found == {
        "SO_KEEPALIVE": 1,
        "TCP_KEEPIDLE": 5,
        "TCP_KEEPINTVL": 2,
        "TCP_KEEPCNT": 3,
        "TCP_USER_TIMEOUT": 10_000,
    }


async def _write_and_lose_the_session(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(persons.insert().values(created_at=NOW))
        pid = (await connection.execute(sa.text("select pg_backend_pid()"))).scalar()
        await rows(database, sa.text(f"select pg_terminate_backend({pid})"))
        await connection.execute(sa.select(1))


async def _to_be_made(
    connection: AsyncConnection,
) -> tuple[Sequence[Delivery], Sequence[Card]]:
    """The calls and cards that may be made now."""
    calls = await outbox.waiting(connection, "telegram", busy=(), now=NOW, limit=9)
    return calls, await cards.wanted(connection, "telegram", busy=(), now=NOW, limit=9)


async def _in_a_transaction(database: Database, change: Callable[..., Any], found: Any) -> None:
    async with database.write() as connection:
        await change(connection, found)


async def _held_up(database: Database) -> int:
    """How many of this database's sessions wait for a lock."""
    waiting = "datname = current_database() and wait_event_type = 'Lock'"
    found = await rows(database, sa.text(f"select 1 from pg_stat_activity where {waiting}"))
    return len(found)


async def _watched(folder: Path) -> dict[str, int]:
    """What is set on a connection over TCP to the server in a folder."""

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(folder / ".s.PGSQL.5432")
        await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))

    async with await asyncio.start_server(forward, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with (
            opened(f"postgresql://dialead@127.0.0.1:{port}/postgres?sslmode=disable") as database,
            database.own_connection() as connection,
        ):
            raw: Any = await connection.get_raw_connection()
            way = raw.driver_connection._transport.get_extra_info("socket")
            found = {"SO_KEEPALIVE": way.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)}
            for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT"):
                if hasattr(socket, name):
                    found[name] = way.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
            return found


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while some := await reader.read(2**16):
        writer.write(some)
    writer.close()
