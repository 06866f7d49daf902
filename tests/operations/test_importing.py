"""`main.py import` reads clients as people keep them, a long list of ways, and each only once."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import zipfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest
import sqlalchemy as sa
import xlsxwriter

from bot.operations.importing import Fault, country, preview, read_clients, write
from bot.operations.tables import Unreadable
from config.texts import load
from storage.accounts import create
from storage.clients import Known
from storage.database import Database, DatabaseUnfit
from storage.migrate import revision, upgrade_at
from storage.schema import accounts, clients, contacts, persons
from storage.session import Session, flush
from tests import warm
from tests.storage.making import NOW, opened, saving

ROOT = Path(__file__).parents[2]
LIST = """Имя;Телефон;Почта;Telegram;ВК;Заметка
Анна;8 903 123-45-67, +7 916 123-45-67;Anna@Example.org;@anna_test;https://vk.com/id55;любит чай
Пабло;;pablo@example.org;102;;
Борис;12;;;;
Вера;;;;;позвонить

Даша;;нет почты;;@dasha.test;
"""
ANNA = Known("Анна", ("+79031234567", "+79161234567"), ("Anna@example.org",), "@anna_test", "55")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_list_is_read_and_its_faults_are_named_by_line(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "clients.csv"
    path.write_text(LIST, encoding=encoding)
    sheet = read_clients(path, "ru", "RU")
    assert sheet.columns == ("name", "phone", "email", "telegram", "vk")
    assert sheet.unused == ("Заметка",)
    pablo = Known("Пабло", (), ("pablo@example.org",), "102")
    assert sheet.clients == [ANNA, pablo, Known("Даша", vk="@dasha.test")]
    assert [(one.line, one.column, one.what, one.kept) for one in sheet.faults] == [
        (4, "phone", "wrong", False),
        (5, "phone", "nothing", False),
        (7, "email", "wrong", True),
    ]


def test_an_excel_table_is_read_with_phones_as_numbers(tmp_path: Path) -> None:
    pablo, anna = ["Pablo", 34612345678], ["Anna", "612 34 56 79"]
    path = table(tmp_path, [["Nombre", "Teléfono"], [], pablo, anna])
    sheet = read_clients(path, "es", "ES")
    assert sheet.clients == [
        Known("Pablo", ("+34612345678",)),
        Known("Anna", ("+34612345679",)),
    ]


@pytest.mark.parametrize(
    ("timezone", "region"),
    [
        ("Europe/Madrid", "ES"),
        ("Asia/Calcutta", "IN"),
        ("Europe/Kiev", "UA"),
        ("UTC", ""),
        ("Etc/GMT+3", ""),
    ],
)
def test_a_time_zone_tells_its_country(timezone: str, region: str) -> None:
    assert country(timezone) == region


@pytest.mark.parametrize(
    ("phone", "language", "region", "read"),
    [
        ("600 123 456", "en", "ES", "+34600123456"),
        ("600 123 456", "ru", "ES", "+34600123456"),
        ("600 123 456", "en", "RU", ""),
        ("600 123 456", "ru", "", ""),
        ("8 903 123-45-67", "ru", "ES", "+79031234567"),
        ("8 701 123 45 67", "en", "KZ", "+77011234567"),
        ("(415) 392-7741", "en", "ES", "+14153927741"),
        ("4915123456789", "ru", "RU", ""),
        ("+49 1512 3456789", "ru", "RU", "+4915123456789"),
        ("0049 1512 3456789", "ru", "RU", "+4915123456789"),
    ],
)
def test_no_country_is_invented_for_a_phone(
    tmp_path: Path, phone: str, language: str, region: str, read: str
) -> None:
    path = written(tmp_path, f"Phone,Email\n{phone},anna@example.org\n")
    sheet = read_clients(path, language, region)
    assert sheet.clients == [Known("", (read,) if read else (), ("anna@example.org",))]
    told = [] if read else [Fault(2, "phone", "foreign", phone, kept=True)]
    assert sheet.faults == told


@pytest.mark.parametrize(
    ("head", "row", "name"),
    [
        ("Фамилия,Имя,Отчество", "Петрова,Анна,Ивановна", "Анна Ивановна Петрова"),
        ("Apellidos,Nombre", "García García,Pablo", "Pablo García García"),
        ("LAST_NAME,First name", "Petrova,Anna", "Anna Petrova"),
        ("First name,Surname,Name", "Anna,Petrova,Anna Petrova", "Anna Petrova"),
        ("Name,Surname", "Ana,Petrova", "Ana Petrova"),
        ("Primer apellido,Segundo apellido,Nombre", "García,García,Pablo", "Pablo García García"),
        ("ФИО", "Петрова  Анна\x1b[2J", "Петрова Анна [2J"),
    ],
)
def test_parts_of_a_name_are_joined_as_people_say_them(
    tmp_path: Path, head: str, row: str, name: str
) -> None:
    path = written(tmp_path, f"{head},Teléfono 1\n{row},+34612345678\n")
    assert read_clients(path, "es", "ES").clients == [Known(name, ("+34612345678",))]


def test_who_comes_again_counts_once_and_adds_what_is_new(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Name,Phone,Email,VK\nAnna,+34612345678,,\nPablo,+34612345679,,7\n"
        ",+34 612 345 678,anna@example.org,55\n",
    )
    sheet = read_clients(path, "en", "ES")
    anna = Known("Anna", ("+34612345678",), ("anna@example.org",), vk="55")
    assert sheet.clients == [anna, Known("Pablo", ("+34612345679",), vk="7")]
    assert not sheet.left_out
    told = "\n".join(preview(load("en"), sheet))
    assert "Line 4: the same client as in line 2" in told
    assert "Anna · +34612345678 · anna@example.org · VK 55" in told
    assert told.endswith("2 clients")


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"", "import.empty"),
        (b" ;;\n\n", "import.empty"),
        (b"a,b\n1,2\n", "import.no_columns"),
        (b"%PDF-1.7 \x98\xff", "import.no_table"),
        (b"PK\x03\x04 broken", "import.unreadable"),
        (b"\xd0\xcf\x11\xe0 broken", "import.unreadable"),
        (b'phone\n"' + b"7" * 200_000, "import.unreadable"),
        (b"phone" + b",x" * 200, "import.wide"),
        (b"phone\n" + b"1\n" * 200_001, "import.rows"),
        (b"phone\n" + b"\n" * (50 * 2**20), "import.bytes"),
    ],
)
def test_what_is_no_list_is_said(tmp_path: Path, body: bytes, key: str) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(body)
    with pytest.raises(Unreadable) as said:
        read_clients(path, "ru", "RU")
    assert said.value.key == key
    assert load("ru")(said.value.key, **said.value.values)


def test_of_a_heading_without_end_only_the_beginning_is_read(tmp_path: Path) -> None:
    """Any cell of a table may hold a hundred thousand digits."""
    path = written(tmp_path, f"Name;Phone {'1' * 300} of whom\nAnna;+7 903 123-45-67\n")
    assert read_clients(path, "en", "RU").clients == [Known("Anna", ("+79031234567",))]


def test_a_file_that_is_not_there_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as said:
        read_clients(tmp_path / "none.csv", "en", "ES")
    assert said.value.key == "import.missing"
    with pytest.raises(Unreadable) as said:
        read_clients(tmp_path, "en", "ES")
    assert "Is a directory" in load("en")(said.value.key, **said.value.values)


def test_a_zip_bomb_is_refused_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table(tmp_path, [["Phone"], ["+34612345678"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts, parts.open("bomb", "w") as bomb:
        for _ in range(501):
            bomb.write(bytes(2**20))
    monkeypatch.setattr("bot.operations.tables._excel", lambda _: pytest.fail("it was opened"))
    with pytest.raises(Unreadable) as said:
        read_clients(path, "en", "ES")
    assert said.value.key == "import.unpacked"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds to a bound of memory")
def test_a_small_file_that_would_fill_all_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clients.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Phone", "+34612345678"])
    sheet.write(1_048_575, 16_383, "far away")
    book.close()
    assert path.stat().st_size < 10_000
    with pytest.raises(Unreadable) as said:
        read_clients(path, "en", "ES")
    assert said.value.key == "import.unpacked"


def test_the_columns_and_the_sample_that_the_readme_shows_are_read(tmp_path: Path) -> None:
    _, _, told = (ROOT / "README.md").read_text("utf-8").partition("| column | its names")
    names, _, told = told.partition("```csv\n")
    rows = [row.strip("| ").split(" | ")[1] for row in names.split("\n")[2:] if row]
    heads = [head for row in rows for head in re.split("[,;] ", row.partition(":")[0])]
    assert len(heads) > 30
    path = written(tmp_path, ",".join(heads) + "\n")
    assert read_clients(path, "en", "ES").unused == ()
    sheet = read_clients(written(tmp_path, told.partition("```")[0]), "en", "ES")
    assert [client.name for client in sheet.clients] == ["Anna Petrova", "Pablo García"]
    assert sheet.clients[1].phones == ("+34612345679", "+34612345680")
    assert not sheet.faults


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


async def test_what_a_list_tells_of_its_clients_the_second_time_is_kept(database_url: str) -> None:
    phone = ("+34612345678",)
    more = Known("Pablo García", phone, telegram="102", vk="@pablo.new")
    await write(database_url, [Known("Pablo", phone)], NOW, print)
    again = await write(database_url, [more], NOW, print)
    assert (again.new, again.known) == (0, 1)
    async with opened(database_url) as database:
        assert await reached(database) == {("import", *phone), ("telegram", "102")}
        async with database.read() as connection:
            found = list(await connection.execute(sa.select(accounts).order_by(accounts.c.id)))
        assert len({row.person for row in found}) == 1
        assert (found[0].name, found[0].username) == ("Pablo García", "pablo.new")
    await write(database_url, [Known("", phone)], NOW, print)
    async with opened(database_url) as database, database.read() as connection:
        (kept,) = await connection.execute(sa.select(accounts).where(accounts.c.id == found[0].id))
        assert (kept.name, kept.username) == ("Pablo García", "pablo.new"), "nothing new, no loss"


@pytest.mark.parametrize("times", [1, 2])
async def test_a_customer_who_writes_meanwhile_is_neither_lost_nor_doubled(
    database_url: str, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Between what a batch read and its writing, somebody of the list writes to the bot."""
    writing = iter([str(102 + n) for n in range(times)])
    listed = [Known(f"N{n}", (f"+3461234567{n}",), telegram=str(102 + n)) for n in range(5)]
    async with opened(database_url) as product:
        await product.open()

        async def later(database: Database, sessions: Sequence[Session]) -> None:
            for account in islice(writing, 1):
                async with saving(product) as session:
                    await create(session, "telegram", account, now=NOW, name="Pablo")
            await flush(database, sessions)

        monkeypatch.setattr("storage.clients.flush", later)
        done: list[int] = []
        told = await write(database_url, listed, NOW, done.append)
        assert (told.new, told.known, done) == (5, 0, [5])
        assert await count(product, persons) == await count(product, clients) == 5
        assert await count(product, accounts) == 10
        assert await count(product, contacts) == 5
        assert {("telegram", one.telegram) for one in listed} < await reached(product)


SERVICE = {"BOTS__SERVICE__KIND": "telegram", "BOTS__SERVICE__TOKEN": "2:service"}


async def test_ids_are_of_the_channel_that_is_named(database_url: str) -> None:
    pablo = Known("Пабло", (), ("pablo@example.org",), "102", "55")
    service = {"telegram": "telegram.service", "vk": "vk"}
    await write(database_url, [pablo], NOW, print, service)
    async with opened(database_url) as database:
        assert await reached(database) == {
            ("telegram.service", "102"),
            ("vk", "55"),
            ("import", "pablo@example.org"),
        }


async def test_a_list_that_comes_again_for_a_further_bot_is_of_the_same_people(
    database_url: str,
) -> None:
    known = [ANNA, Known("Пабло", (), ("pablo@example.org",), "102")]
    await write(database_url, known, NOW, print)
    service = {"telegram": "telegram.service", "vk": "vk.shop"}
    for _ in range(2):
        again = await write(database_url, known, NOW, print, service)
        assert (again.new, again.known) == (0, 2)
    async with opened(database_url) as database:
        assert await reached(database) == {
            ("import", "+79031234567"),
            ("import", "pablo@example.org"),
            ("telegram", "102"),
            ("telegram.service", "102"),
            ("vk", "55"),
            ("vk.shop", "55"),
        }
        async with database.read() as connection:
            whose = await connection.execute(sa.select(accounts.c.person).distinct())
            assert len(list(whose)) == 2
        assert await count(database, clients) == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--channel", "service"),
        ("--channel", "telegram.sales"),
        ("--channel", "telegram", "--channel", "telegram.service"),
    ],
)
async def test_a_channel_that_is_none_is_told_with_those_there_are(
    tmp_path: Path, words: Sequence[str]
) -> None:
    path, url = written(tmp_path, LIST), f"sqlite:///{tmp_path}/dialead.db"
    code, told = await commanded(url, str(path), "--yes", *words, **SERVICE)
    assert code == 2
    assert "telegram, vk, telegram.service" in told
    assert not (tmp_path / "dialead.db").exists()


async def test_the_command_takes_a_channel(tmp_path: Path, database_url: str) -> None:
    path = written(tmp_path, LIST)
    await commanded(database_url, str(path), "--yes", "--channel", "telegram.service", **SERVICE)
    async with opened(database_url) as database:
        assert ("telegram.service", "102") in await reached(database)


async def reached(database: Database) -> set[tuple[str, str]]:
    """Each account's channel and id."""
    async with database.read() as connection:
        found = await connection.execute(sa.select(accounts.c.channel, accounts.c.platform_id))
        return {(row.channel, row.platform_id) for row in found}


async def test_the_command_previews_and_writes_only_when_told(tmp_path: Path) -> None:
    path, url = tmp_path / "clients.csv", f"sqlite:///{tmp_path}/dialead.db"
    path.write_text(LIST, encoding="utf-8")
    code, told = await commanded(url, str(path))
    assert code == 1
    assert "Строка 4, телефон: «12» не разобрать, строка пропущена" in told
    assert "остальное взято" in told
    assert "Не используются: Заметка" in told
    assert "Анна · +79031234567" in told
    assert "Telegram @anna_test · ВКонтакте 55" in told
    assert told.endswith("повторите команду с --yes\n")
    assert not (tmp_path / "dialead.db").exists()
    await upgrade_at(url)
    code, told = await commanded(url, str(path), "--yes")
    assert code == 1, "lines were left out"
    assert "Записано новых: 3" in told
    code, told = await commanded(url, "none.csv")
    assert (code, told) == (2, "Не найден файл: none.csv\n")


async def test_where_no_database_is_none_is_made(tmp_path: Path) -> None:
    """It may be the wrong folder; before the first start the words name what makes one."""
    path, url = written(tmp_path, LIST), f"sqlite:///{tmp_path}/none.db"
    code, told = await commanded(url, str(path), "--yes", TEAM__LANGUAGE="en")
    assert code == 1
    assert f"There is no database {tmp_path}/none.db yet" in told
    assert "main.py migrate" in told
    assert "New: " not in told
    assert not (tmp_path / "none.db").exists()


async def test_a_database_is_brought_up_to_date_by_no_list(empty_url: str) -> None:
    """Processes of the version before may run on it."""
    empty = Database(empty_url)
    await empty.open()
    await empty.close()
    with pytest.raises(DatabaseUnfit, match=r"database\.older"):
        await write(empty_url, [ANNA], NOW, print)
    async with opened(empty_url) as database:
        assert await revision(database) is None


def written(folder: Path, text: str) -> Path:
    """A CSV file of this text."""
    path = folder / "clients.csv"
    path.write_text(text, encoding="utf-8")
    return path


def table(folder: Path, rows: Sequence[Sequence[object]]) -> Path:
    """An Excel file of these rows."""
    path = folder / "clients.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


async def count(database: Database, table: sa.Table) -> int:
    """How many rows there are."""
    async with database.read() as connection:
        found = await connection.execute(sa.select(sa.func.count()).select_from(table))
        return int(found.scalar_one())


async def commanded(url: str, *words: str, **settings: str) -> tuple[int, str]:
    """`main.py import` with these words: its exit code and what it told."""
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": url, **settings}
    process = await asyncio.create_subprocess_exec(
        *warm.command(),
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
