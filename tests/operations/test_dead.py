"""`main.py dead` lists what was set aside, puts it back or drops it, and says what it did."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC
from pathlib import Path

import pytest

from bot.messages import Outgoing, Post, Priority, Raw
from config.texts import load
from handlers.dead import asked
from storage import dead, inbox, outbox
from storage.database import Database
from storage.outbox import Outcome
from storage.schema import inbox as inbox_table
from storage.schema import outbox as outbox_table
from tests import warm
from tests.cast import ANNA, TEAM
from tests.storage.making import NOW, asking, saving


async def commanded(url: str, *words: str) -> tuple[int, str, str]:
    """`main.py dead` with these words: its exit code, what it told, what it complained of."""
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "TEAM__LANGUAGE": "en"}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *warm.command(), "dead", *words, env=env, cwd="/", stdout=pipe, stderr=pipe
    )
    told, complained = await process.communicate()
    return process.returncode or 0, told.decode(), complained.decode()


async def set_aside(database: Database) -> int:
    """An event of Anna's that can't be understood; its number."""
    await inbox.accept(database, "telegram", [Raw("1", {"text": "+7 900 000-00-00"})], "", NOW)
    (arrival,) = await inbox.unrouted(database, 10)
    async with database.write() as connection:
        await inbox.set_aside(connection, {arrival.id: "malformed: KeyError"}, NOW)
    return arrival.id


async def failed(
    database: Database, outgoing: Outgoing, reason: str, priority: Priority = Priority.CARD
) -> int:
    """A call that failed for good; its number."""
    async with saving(database) as session:
        number = await outbox.add(
            session,
            "telegram",
            outgoing,
            chat=outgoing.chat,
            key=outgoing.chat,
            priority=priority,
            now=NOW,
        )
    delivery = await outbox.by_id(asking(database), number)
    assert delivery is not None
    async with database.write() as connection:
        await outbox.record(connection, [Outcome(delivery, "failed", reason)], NOW)
    return number


async def test_a_database_with_nothing_set_aside_says_so(
    database: Database, database_url: str
) -> None:
    assert await commanded(database_url) == (0, "Nothing is set aside\n", "")
    code, told, complained = await commanded(database_url, "retry", "7", "call:1")
    assert (code, told) == (2, "")
    assert complained == "Nothing was done. Not set aside: 7, call:1\n"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("bury 1", "main.py dead retry 12"),
        ("retry", "main.py dead retry 12"),
        ("list 1", "main.py dead retry 12"),
        ("retry 1 99", "Not set aside: 99"),
        ("drop card:1", "Not set aside: card:1"),
    ],
)
async def test_wrong_words_change_nothing_and_are_told_how_to_be_right(
    database: Database, words: str, told: str
) -> None:
    assert await set_aside(database) == 1
    async with saving(database) as session:
        answer = await asked(session, load("en"), UTC, NOW, words.split(), "main.py dead")
    assert not answer.ok
    assert told in answer.text
    assert [one.number for one in await dead.found(asking(database))] == [1]


async def test_what_is_listed_names_no_words_and_comes_back_when_retried(
    database: Database, database_url: str
) -> None:
    number = await set_aside(database)
    post = await failed(database, Post(str(TEAM), ()), "refused")
    code, told, _ = await commanded(database_url, "list")
    lines = told.splitlines()
    assert (code, lines[0]) == (0, "2 set aside")
    assert lines[1] == f"{number} · telegram · Mar 2, 12:30 · 1 try · malformed: KeyError"
    assert lines[2].startswith(f"call:{post} · telegram · ")
    assert "900" not in told
    assert await commanded(database_url, "retry", str(number), f"call:{post}") == (
        0,
        "2 are tried again\n",
        "",
    )
    (arrival,) = await inbox.unrouted(database, 10)
    assert (arrival.id, arrival.attempts) == (number, 0)
    async with database.read() as connection:
        (call,) = await outbox.waiting(connection, "telegram", busy=(), now=NOW, limit=10)
    assert (call.id, call.attempts) == (post, 0)


async def test_what_is_dropped_loses_its_words_for_good(
    database: Database, database_url: str
) -> None:
    await set_aside(database)
    await failed(database, Post(str(TEAM), ()), "KeyError at send.py:7")
    assert (await commanded(database_url, "drop", "all"))[:2] == (0, "2 were dropped\n")
    assert (await commanded(database_url, "retry", "all"))[:2] == (0, "Nothing is set aside\n")
    assert await dead.found(asking(database)) == []
    async with database.read() as connection:
        (event,) = await connection.execute(inbox_table.select())
        (call,) = await connection.execute(outbox_table.select())
    assert (event.state, event.body, event.reason) == ("dropped", {}, "malformed: KeyError")
    assert (call.state, call.payload["text"]) == ("dropped", [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_only_what_nobody_else_is_told_of_is_set_aside(database: Database) -> None:
    reply = Post(str(ANNA), ())
    await failed(database, reply, "blocked", Priority.REPLY)
    await failed(database, reply, "refused", Priority.REPLY)
    await failed(database, Post(str(TEAM), ()), "gone", Priority.DIGEST)
    ours = await failed(database, reply, "KeyError at send.py:7", Priority.REPLY)
    digest = await failed(database, Post(str(TEAM), ()), "refused", Priority.DIGEST)
    assert [one.number for one in await dead.found(asking(database))] == [ours, digest]


async def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    code, _, complained = await commanded(f"sqlite:///{file}")
    assert code == 1
    assert "There is no database" in complained
    assert not file.exists()


async def test_a_database_without_its_tables_names_the_remedy(empty_url: str) -> None:
    database = Database(empty_url)
    await database.open()
    await database.close()
    code, _, complained = await commanded(empty_url)
    assert code == 1
    assert "main.py migrate" in complained
