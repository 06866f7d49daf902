"""`main.py import` reads lists of clients as people keep them, and remembers each once."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
import xlsxwriter

from bot.operations.importing import Unreadable, read_clients, write
from storage.clients import Known
from storage.database import Database
from storage.schema import accounts, clients, contacts
from tests.storage.making import NOW, opened

ROOT = Path(__file__).parents[2]
LIST = """Имя;Телефон;Почта;Telegram;ВК;Заметка
Анна;8 903 123-45-67, +7 916 123-45-67;Anna@Example.org;@anna_test;https://vk.com/id55;любит чай
Пабло;;pablo@example.org;102;;
Борис;12;;;;
Вера;;;;;позвонить

Даша;;нет почты;;@dasha.test;
"""
ANNA = Known("Анна", ("+79031234567", "+79161234567"), ("Anna@example.org",), "@anna_test", "55")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_a_list_is_read_and_its_faults_are_named_by_line(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "clients.csv"
    path.write_text(LIST, encoding=encoding)
    sheet = read_clients(path, "ru")
    assert sheet.columns == ("name", "phone", "email", "telegram", "vk")
    assert sheet.clients == [ANNA, Known("Пабло", (), ("pablo@example.org",), "102")]
    assert [(one.line, one.column, one.what) for one in sheet.faults] == [
        (4, "phone", "wrong"),
        (5, "phone", "nothing"),
        (7, "email", "wrong"),
    ]


def test_an_excel_table_is_read_with_phones_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "clients.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Nombre", "Teléfono"])
    sheet.write_row(1, 0, ["Pablo", 34612345678])
    sheet.write_row(2, 0, ["Anna", "612 34 56 79"])
    book.close()
    assert read_clients(path, "es").clients == [
        Known("Pablo", ("+34612345678",)),
        Known("Anna", ("+34612345679",)),
    ]


@pytest.mark.parametrize("body", [b"", b"a,b\n1,2\n", b"PK\x03\x04 broken"])
def test_what_is_no_list_is_said(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / ("clients.xlsx" if body[:2] == b"PK" else "clients.csv")
    path.write_bytes(body)
    with pytest.raises(Unreadable):
        read_clients(path, "ru")
    with pytest.raises(Unreadable):
        read_clients(tmp_path / "none.csv", "ru")


async def test_a_list_that_comes_twice_doubles_nobody(database_url: str) -> None:
    known = [ANNA, Known("Пабло", (), ("pablo@example.org",), "102"), ANNA]
    first = await write(database_url, known, NOW, lambda _: None)
    assert (first.new, first.known) == (2, 0)
    again = await write(database_url, [*known, Known("Даша", ("+79161234569",))], NOW, print)
    assert (again.new, again.known) == (1, 2)
    async with opened(database_url) as database:
        assert await count(database, accounts) == 5  # three listed, a page, a Telegram account
        assert await count(database, clients) == 3
        assert await count(database, contacts) == 6  # a username counts as well


async def test_the_command_previews_and_writes_only_when_told(tmp_path: Path) -> None:
    path, url = tmp_path / "clients.csv", f"sqlite:///{tmp_path}/dialead.db"
    path.write_text(LIST, encoding="utf-8")
    code, told = await commanded(url, str(path))
    assert code == 1, "faults are there"
    assert "Строка 4" in told
    assert "Анна · +79031234567" in told
    assert not (tmp_path / "dialead.db").exists()
    code, told = await commanded(url, str(path), "--yes")
    assert "Записано новых: 2" in told


async def count(database: Database, table: sa.Table) -> int:
    """How many rows there are."""
    async with database.read() as connection:
        found = await connection.execute(sa.select(sa.func.count()).select_from(table))
        return int(found.scalar_one())


async def commanded(url: str, *words: str) -> tuple[int, str]:
    """`main.py import` with these words: its exit code and what it told."""
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": url}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "main.py"),
        "import",
        *words,
        env=env,
        cwd="/",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    return process.returncode or 0, told.decode()
