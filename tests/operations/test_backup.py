"""`main.py backup`: a copy made while the product writes, whole, private, and never half of one."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.backup import back_up
from storage.database import Database, DatabaseUnfit
from storage.schema import accounts, leads, messages, persons
from tests import warm
from tests.storage.making import NOW


@pytest.fixture
async def database(tmp_path: Path, migrated_file: Path) -> AsyncIterator[Database]:
    """A migrated SQLite file, opened."""
    file = tmp_path / "dialead.db"
    shutil.copy(migrated_file, file)
    opened = Database(f"sqlite:///{file}")
    await opened.open()
    yield opened
    await opened.close()


async def wrote(database: Database, number: int) -> None:
    """A customer with a lead of one message, in one transaction."""
    async with database.write() as connection:
        person = {"id": number, "created_at": NOW}
        await connection.execute(persons.insert(), person)
        account = {"id": number, "channel": "telegram", "platform_id": str(number)}
        await connection.execute(
            accounts.insert(), {**account, "person": number, "created_at": NOW}
        )
        lead = {"id": number, "account": number, "person": number, "desk": "main"}
        await connection.execute(leads.insert(), {**lead, "channel": "telegram", "created_at": NOW})
        said = {"account": number, "lead": number, "direction": "in", "author": "customer"}
        where = {"chat": f"telegram:{number}", "message_id": "1", "text": "Hello", "at": NOW}
        await connection.execute(messages.insert(), {**said, **where})


def url(database: Database) -> str:
    """Its address as in the settings."""
    return database.url.render_as_string()


def commanded(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`main.py backup` with nothing else in the environment."""
    return subprocess.run(
        [*warm.command(), "backup", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "TEAM__LANGUAGE": "en", **environ},
        capture_output=True,
        text=True,
    )


async def test_a_copy_made_while_the_product_writes_is_whole(
    database: Database, tmp_path: Path
) -> None:
    for number in range(1, 200):
        await wrote(database, number)
    copy = tmp_path / "copy.db"
    writing = asyncio.gather(*(wrote(database, number) for number in range(200, 400)))
    made = await back_up(url(database), copy, lambda _: None)
    await writing
    assert made.leads == made.messages >= 199, "a lead and its message are of one transaction"
    async with database.read() as connection:
        counted = sa.select(sa.func.count()).select_from(leads)
        assert (await connection.execute(counted)).scalar() == 399, "nobody had to wait in vain"
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("select count(*) from leads").fetchone() == (made.leads,)


async def test_the_product_starts_on_a_copy(database: Database, tmp_path: Path) -> None:
    await wrote(database, 1)
    await back_up(url(database), tmp_path / "copy.db", lambda _: None)
    again = Database(f"sqlite:///{tmp_path}/copy.db")
    await again.open()
    await wrote(again, 2)
    async with again.read() as connection:
        found = await connection.execute(
            sa.text("select count(*) from message_words where message_words match 'hello'")
        )
        assert found.scalar() == 2, "words are found in a copy as well"
    await again.close()


async def test_a_copy_is_one_file_for_its_owner_only(database: Database, tmp_path: Path) -> None:
    await wrote(database, 1)
    await back_up(url(database), tmp_path / "copy.db", lambda _: None)
    (copy,) = tmp_path.glob("copy*")
    assert copy.stat().st_mode & 0o777 == 0o600
    (tmp_path / "moved").mkdir()
    with closing(sqlite3.connect(copy.rename(tmp_path / "moved" / "copy.db"))) as opened:
        assert opened.execute("pragma journal_mode").fetchone() == ("delete",)
        assert opened.execute("select count(*) from leads").fetchone() == (1,)
    assert len(list((tmp_path / "moved").iterdir())) == 1, "to read it makes no file beside it"


async def test_a_stopped_backup_leaves_nothing(database: Database, tmp_path: Path) -> None:
    def stop(_: int) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await back_up(url(database), tmp_path / "copy.db", stop)
    assert not list(tmp_path.glob("copy*"))


async def test_a_damaged_database_gives_no_copy(database: Database, tmp_path: Path) -> None:
    for number in range(1, 100):
        await wrote(database, number)
    await database.truncate_log()
    file = Path(str(database.url.database))
    body = bytearray(file.read_bytes())
    body[len(body) // 2 :] = os.urandom(len(body) - len(body) // 2)
    (tmp_path / "damaged.db").write_bytes(body)
    with pytest.raises(DatabaseUnfit, match=r"backup\.(failed|not_whole) file=.*copy\.db"):
        await back_up(f"sqlite:///{tmp_path}/damaged.db", tmp_path / "copy.db", lambda _: None)
    assert not list(tmp_path.glob("copy*"))


async def test_the_command_tells_what_the_copy_holds(database: Database, tmp_path: Path) -> None:
    await wrote(database, 1)
    done = commanded(tmp_path, "copy.db", DATABASE_URL=url(database))
    assert (done.returncode, done.stdout) == (
        0,
        "copy.db is written and verified: 1 MB, leads: 1, messages: 1\n",
    )


@pytest.mark.parametrize(
    ("target", "environ", "words"),
    [
        ("copy.db", {"DATABASE_URL": "sqlite:///none.db"}, "There is no database none.db yet"),
        ("copy.db", {"DATABASE_URL": "postgresql://h/d"}, "for PostgreSQL use pg_dump"),
        ("there.db", {}, "there.db exists already"),
    ],
)
def test_what_cannot_be_copied_is_told(
    tmp_path: Path, migrated_file: Path, target: str, environ: dict[str, str], words: str
) -> None:
    shutil.copy(migrated_file, tmp_path / "dialead.db")
    (tmp_path / "there.db").write_text("another file")
    done = commanded(tmp_path, target, **environ)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "there.db").read_text() == "another file"


LONG = "c" * 255  # that of the file which becomes the copy is longer


@pytest.mark.parametrize(
    ("target", "language", "words"),
    [
        ("no/such/copy.db", "ru", "Папки no/such нет: создайте её или назовите другую"),
        ("no/such/copy.db", "en", "The folder no/such does not exist: create it, or name another"),
        ("no/such/copy.db", "es", "La carpeta no/such no existe: créela o indique otra"),
        ("dialead.db/copy.db", "en", "The folder dialead.db does not exist: create it, or "),
        (LONG, "en", f"Cannot back up to {LONG}: File name too long"),
    ],
)
def test_where_no_copy_can_be_is_told_in_our_words_only(
    tmp_path: Path, migrated_file: Path, target: str, language: str, words: str
) -> None:
    shutil.copy(migrated_file, tmp_path / "dialead.db")
    done = commanded(tmp_path, target, TEAM__LANGUAGE=language)
    (told,) = done.stderr.splitlines()  # with no line for a progress that nobody sees
    assert (done.returncode, done.stdout) == (1, "")
    assert told.startswith(words)
    assert [one.name for one in tmp_path.iterdir()] == ["dialead.db"]
