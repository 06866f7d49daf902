"""`main.py copy`: everything moves to PostgreSQL as it was, or nothing does."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.operations.copy import copied
from bot.operations.errors import Failed
from config.texts import LANGUAGES, load
from storage import moving
from storage.database import Database, DatabaseUnfit
from storage.schema import messages, metadata
from tests.cast import ANNA, BORIS, PABLO
from tests.databases import Cluster
from tests.leaping import leaping
from tests.plays.play import Play, a_play

ROOT = Path(__file__).parents[2]
NEITHER_NOR = "Ünïcode 🙂 \\u0000 <b>&\" 'quoted' \N{REPLACEMENT CHARACTER}"


@pytest.fixture
async def target(postgres: Cluster) -> AsyncIterator[str]:
    """The URL of a PostgreSQL database without any table."""
    url = await postgres.create(migrated=False)
    yield url
    await postgres.drop(url)


@pytest.fixture
async def play(tmp_path: Path, migrated_file: Path, target: str) -> AsyncIterator[Play]:
    """A play on SQLite, once the target is there; its product runs when it is started."""
    del target
    file = tmp_path / "dialead.db"
    file.write_bytes(migrated_file.read_bytes())
    with leaping():
        async with a_play(tmp_path, f"sqlite:///{file}") as opened:
            yield opened


def nothing(_: int) -> None:
    """Nobody looks at the progress."""


async def worked(play: Play) -> None:
    """A little of everything: a lead in work, an answer, a note, a closed one."""
    await play.start()
    play.telegram.write(ANNA, ANNA, NEITHER_NOR)
    await play.press(BORIS, 1, "Take")
    await play.reply(BORIS, 1, "Good afternoon")
    await play.heard(ANNA, "Good afternoon")
    play.vk.write(PABLO, "A door, please")
    await play.card(2)
    await play.press(BORIS, 2, "Reject")
    await play.press(BORIS, 2, "Spam")
    await play.quiet()


async def rows_of(url: str) -> dict[str, list[Any]]:
    """Everything in a database, by table."""
    database = Database(url)
    try:
        async with database.read() as connection:
            return {
                table.name: sorted(map(tuple, await connection.execute(sa.select(table))), key=str)
                for table in metadata.sorted_tables
            }
    finally:
        await database.close()


async def test_the_play_goes_on_as_if_nothing_had_happened(play: Play, target: str) -> None:
    await worked(play)
    await play.stop()
    steps: list[int] = []
    moved = await copied(play.database_url, target, nothing, steps.append)
    assert sum(steps) == 2 * moved.rows
    assert await rows_of(target) == await rows_of(play.database_url)

    play.database_url = target
    await play.start()
    await play.reply(BORIS, 1, "Shall we meet?")
    await play.heard(ANNA, "Shall we meet?")
    play.telegram.write(ANNA, ANNA, "Gladly")
    await play.shown("Gladly")
    await play.press(BORIS, 2, "Reopen")
    await play.press(BORIS, 2, "Take")
    play.telegram.write(PABLO, PABLO, "A window, please")
    await play.card(3, "new")
    await play.quiet()
    assert len(play.team("Gladly")) == 1


async def test_what_runs_is_not_moved(play: Play, target: str) -> None:
    await worked(play)
    with pytest.raises(DatabaseUnfit, match=r"copy\.busy file="):
        await copied(play.database_url, target, nothing, nothing)
    assert not any((await rows_of(target)).values())


async def test_a_target_with_something_in_it_is_refused(play: Play, target: str) -> None:
    await worked(play)
    await play.stop()
    await copied(play.database_url, target, nothing, nothing)
    before = await rows_of(target)
    with pytest.raises(DatabaseUnfit, match=r"copy\.not_empty"):
        await copied(play.database_url, target, nothing, nothing)
    assert await rows_of(target) == before


async def test_what_arrives_otherwise_is_found_and_nothing_stays(
    play: Play, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await worked(play)
    await play.stop()
    true_pages, once = moving._pages, [messages]

    async def spoilt(here: AsyncConnection, table: sa.Table) -> AsyncIterator[list[moving.Row]]:
        async for rows in true_pages(here, table):
            if table in once:
                once.remove(table)
                yield [{**row, "text": "something else"} for row in rows]
            else:
                yield rows

    monkeypatch.setattr(moving, "_pages", spoilt)
    with pytest.raises(DatabaseUnfit, match=r"copy\.differs table=messages row=1"):
        await copied(play.database_url, target, nothing, nothing)
    assert not any((await rows_of(target)).values())


async def test_more_rows_than_go_at_once_all_arrive(
    play: Play, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_AT_ONCE", 2)
    await worked(play)
    await play.stop()
    await copied(play.database_url, target, nothing, nothing)
    assert await rows_of(target) == await rows_of(play.database_url)


@pytest.mark.parametrize(
    ("source", "to", "code", "words"),
    [
        ("sqlite:///none.db", "postgresql://h/d", 1, "There is no database none.db yet"),
        ("postgresql://h/d", "postgresql://h/e", 1, "nothing to move from"),
        ("sqlite:///dialead.db", "sqlite:///other.db", 2, "--to: write postgresql://"),
        ("sqlite:///dialead.db", "nonsense", 2, "--to: write postgresql://"),
        ("sqlite:///dialead.db", "postgresql://h:port/d", 2, "--to: write postgresql://"),
        ("sqlite:///dialead.db", "postgresql://[h/d", 2, "--to: write postgresql://"),
        ("sqlite:///dialead.db", "postgresql://u:p@w/1@h/d", 2, "in the password as %40"),
        ("sqlite:///dialead.db", "postgresql://u:p?w@1@h/d", 2, "in the password as %40"),
        (
            "sqlite:///dialead.db",
            "postgresql://boris:hush@127.0.0.1:1/d",
            1,
            "The server of --to does not answer (127.0.0.1:1: Connection refused): see that it",
        ),
        (
            "sqlite:///dialead.db",
            "postgresql://h/d?sslmode=nonsense",
            1,
            "The server of --to refuses (`sslmode` parameter must be one of: ",
        ),
    ],
)
async def test_what_cannot_be_moved_is_told(
    tmp_path: Path, migrated_file: Path, source: str, to: str, code: int, words: str
) -> None:
    (tmp_path / "dialead.db").write_bytes(migrated_file.read_bytes())
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "main.py"),
        *("copy", "--to", to),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": source, "TEAM__LANGUAGE": "en"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, complained = await process.communicate()
    told = complained.decode()
    assert process.returncode == code
    assert words in told
    assert "Traceback" not in told
    assert "hush" not in told


async def test_a_server_that_lets_nobody_in_is_told_of_the_target(
    tmp_path: Path, migrated_file: Path, target: str
) -> None:
    (tmp_path / "dialead.db").write_bytes(migrated_file.read_bytes())
    none = sa.make_url(target).set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(Failed, match=r"copy\.refused") as caught:
        await copied(f"sqlite:///{tmp_path}/dialead.db", none, nothing, nothing)
    for language in LANGUAGES:
        told = load(language)(caught.value.key, **caught.value.values)
        assert "--to" in told
        assert '"nowhere" does not exist' in told


@pytest.mark.parametrize("seen", [True, False], ids=["--to", "DIALEAD_COPY_TO"])
async def test_the_command_tells_what_it_moved(
    tmp_path: Path, migrated_file: Path, target: str, seen: bool
) -> None:
    """By the environment nobody else on the machine sees the password."""
    (tmp_path / "dialead.db").write_bytes(migrated_file.read_bytes())
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "main.py"),
        *(("copy", "--to", target) if seen else ("copy",)),
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "TEAM__LANGUAGE": "en",
            **({} if seen else {"DIALEAD_COPY_TO": target}),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()
    assert told.decode().startswith("Moved and verified: 0 rows of 0 tables.")
