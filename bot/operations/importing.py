"""`main.py import`: clients known before, read from CSV or Excel, checked, and remembered once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from python_calamine import CalamineError, load_workbook

from bot.domain.contacts import normalised_email, normalised_phone
from config.texts import Texts
from storage.clients import Known, Remembered, remember
from storage.database import Database
from storage.migrate import upgrade

_HEADS = {
    "name": ("name", "client", "customer", "full name", "имя", "фио", "клиент", "контакт"),
    "phone": ("phone", "phones", "mobile", "tel", "телефон", "телефоны", "мобильный", "номер"),
    "email": ("email", "e-mail", "mail", "почта", "эл. почта", "электронная почта"),
    "telegram": ("telegram", "tg", "телеграм", "телеграмм"),
    "vk": ("vk", "вк", "вконтакте", "vkontakte"),
}
_SPANISH = {
    "name": ("nombre", "cliente", "nombre completo"),
    "phone": ("teléfono", "telefono", "teléfonos", "móvil", "movil", "celular"),
    "email": ("correo", "correo electrónico", "correo electronico"),
}
_COLUMN = {
    head: column
    for heads in (_HEADS, _SPANISH)
    for column, words in heads.items()
    for head in words
}
_NAME = 100  # characters
_ENCODINGS = ("utf-8-sig", "cp1251")


class Unreadable(Exception):
    """The file is no table of clients; the message says why, as the end of a key of the texts."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line; `column` and `what` are parts of keys of the texts."""

    line: int
    column: str
    what: str


@dataclass(slots=True)
class Sheet:
    """What a file holds: clients to remember, and what could not be read, by line."""

    columns: tuple[str, ...] = ()
    clients: list[Known] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_clients(path: Path, language: str) -> Sheet:
    """The clients in a CSV or Excel file; phones without a country are the language's.

    A line with a fault is left out whole. Raises Unreadable.
    """
    rows = _rows(path)
    _, head = next(rows, (0, ()))
    columns = [_COLUMN.get(cell.strip().lower(), "") for cell in head]
    if not set(columns) & {"phone", "email", "telegram", "vk"}:
        raise Unreadable("no_columns")
    sheet = Sheet(tuple(filter(None, columns)))
    for line, row in rows:
        cells = _cells(columns, row)
        if any(cells.values()):
            _take(sheet, line, cells, language)
    return sheet


def preview(texts: Texts, sheet: Sheet, shown: int = 20) -> Iterator[str]:
    """What would be remembered, line by line."""
    names = ", ".join(texts(f"import.column.{one}") for one in sheet.columns)
    yield texts("import.columns", columns=names)
    for fault in sheet.faults[:shown]:
        column = texts(f"import.column.{fault.column}")
        yield texts(f"import.fault.{fault.what}", line=fault.line, column=column)
    if len(sheet.faults) > shown:
        yield texts.plural("leads.more", len(sheet.faults) - shown)
    for client in sheet.clients[:5]:
        yield "  " + " · ".join(filter(None, (client.name, *client.phones, *client.emails)))
    yield texts.plural("import.found", len(sheet.clients))


async def write(
    database_url: str, found: Sequence[Known], now: datetime, done: Callable[[int], object]
) -> Remembered:
    """Remember them; `done` is told how many more are through. DatabaseUnfit as elsewhere."""
    database = Database(database_url)
    try:
        await database.open()
        await upgrade(database)
        return await remember(database, found, now, done)
    finally:
        await database.close()


def _rows(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows with their numbers as the operator's program shows them, from 1."""
    try:
        found = _sheet(path) if path.suffix.lower() in (".xlsx", ".xls", ".ods") else _csv(path)
        yield from enumerate(found, 1)
    except (OSError, CalamineError, csv.Error, UnicodeError) as error:
        raise Unreadable("unreadable") from error


def _sheet(path: Path) -> Iterator[Sequence[str]]:
    with load_workbook(path) as book:
        for row in book.get_sheet_by_index(0).iter_rows():
            yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    """A phone typed into a table as a number comes as 79031234567.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _csv(path: Path) -> Iterator[Sequence[str]]:
    text = _decoded(path.read_bytes())
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:10_000], ",;\t")
    except csv.Error:
        dialect = csv.excel  # one column needs no sign between
    return csv.reader(io.StringIO(text), dialect)


def _decoded(body: bytes) -> str:
    for encoding in _ENCODINGS[:-1]:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode(_ENCODINGS[-1])


def _cells(columns: Sequence[str], row: Sequence[str]) -> dict[str, list[str]]:
    """What each known column holds; several phones may stand in one cell or in several."""
    found: dict[str, list[str]] = {}
    for column, cell in zip(columns, row, strict=False):
        if column == "name":
            found.setdefault(column, []).append(" ".join(cell.split()))
        elif column:
            found.setdefault(column, []).extend(re.split(r"\s*[;,\n|]\s*", cell.strip()))
    return {column: [one for one in values if one] for column, values in found.items()}


def _take(sheet: Sheet, line: int, cells: dict[str, list[str]], language: str) -> None:
    phones = [normalised_phone(one, language) for one in cells.get("phone", ())]
    emails = [normalised_email(one) for one in cells.get("email", ())]
    telegram = [_telegram(one) for one in cells.get("telegram", ())]
    vk = [_vk(one) for one in cells.get("vk", ())]
    checked = {"phone": phones, "email": emails, "telegram": telegram, "vk": vk}
    wrong = [column for column, values in checked.items() if not all(values)]
    if not wrong and not any(checked.values()):
        sheet.faults.append(Fault(line, "phone", "nothing"))
        return
    if wrong:
        sheet.faults += [Fault(line, column, "wrong") for column in wrong]
        return
    name = " ".join(cells.get("name", ()))[:_NAME]
    sheet.clients.append(
        Known(name, _distinct(phones), _distinct(emails), _first(telegram), _first(vk))
    )


def _telegram(raw: str) -> str:
    """An id, or a username with its @; "" for anything else."""
    name = re.sub(r"^(https?://)?(t\.me|telegram\.me)/|^@", "", raw.strip(), flags=re.IGNORECASE)
    if name.isascii() and name.isdigit() and len(name) <= 15:
        return name
    return f"@{name}" if re.fullmatch(r"[A-Za-z]\w{3,31}", name, re.ASCII) else ""


def _vk(raw: str) -> str:
    """An id, or a page's short name with an @; "" for anything else."""
    name = re.sub(r"^(https?://)?(m\.)?vk\.(com|ru)/|^@", "", raw.strip(), flags=re.IGNORECASE)
    number = re.sub(r"^id(?=\d)", "", name)
    if number.isascii() and number.isdigit() and len(number) <= 15:
        return number
    return f"@{name}" if re.fullmatch(r"[A-Za-z][\w.]{2,31}", name, re.ASCII) else ""


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _first(values: Sequence[str]) -> str:
    return values[0] if values else ""
