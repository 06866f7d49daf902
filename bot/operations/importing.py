"""`main.py import`: clients of a CSV or Excel file, kept once; long by what lists may hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from babel.core import get_global

from bot.domain.contacts import normalised_email, normalised_phone
from bot.messages import kind_of
from bot.operations.errors import Wrong
from bot.operations.tables import Unreadable, read_rows
from config.settings import Settings
from config.teams import channels_of
from config.texts import Texts
from storage.clients import FIRST, Known, Remembered, remember
from storage.migrate import current_at

_HEADS = {  # lower case, without accents and numbers at the end
    "full": "name, full name, client, customer, contact, фио, клиент, контакт, полное имя,"
    " nombre completo, cliente, contacto",
    "given": "first name, firstname, given name, имя, nombre, nombres",
    "middle": "middle name, patronymic, отчество, segundo nombre",
    "surname": "surname, last name, lastname, family name, фамилия, apellido, apellidos,"
    " primer apellido, segundo apellido, apellido paterno, apellido materno",
    "phone": "phone, phones, phone number, mobile, mobile phone, tel, тел, телефон, телефоны,"
    " мобильный, мобильный телефон, номер, номер телефона, telefono, telefonos, movil, celular",
    "email": "email, emails, e-mail, mail, email address, почта, эл. почта, электронная почта,"
    " correo, correo electronico",
    "telegram": "telegram, tg, телеграм, телеграмм",
    "vk": "vk, вк, вконтакте, vkontakte",
}
_NAMES = ("full", "given", "middle", "surname")  # in the order in which they are said
_REACHED = ("phone", "email", "telegram", "vk")
_NAME = 100  # characters
_HEAD = 200  # characters looked at
_VALUES = 50  # phones and the like of one client
_SHOWN = 20  # faults, and columns not used
_VALUE = 40  # characters of one that is told
_LEAST = 7  # digits of what may be a number of another country


@dataclass(frozen=True, slots=True)
class Fault:
    """What is told of a line; `column` and `what` are parts of keys of the texts.

    `value` is what stands there, for a line that comes again the number of the first.
    `kept` tells whether the rest of the line is taken.
    """

    line: int
    column: str
    what: str
    value: str = ""
    kept: bool = False


@dataclass(slots=True)
class Sheet:
    """What a file holds: clients to remember, and what could not be read, by line."""

    columns: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    clients: list[Known] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def left_out(self) -> bool:
        """Whether there are lines of which nothing is taken."""
        return not all(fault.kept for fault in self.faults)


def country(timezone: str) -> str:
    """The country of a time zone, ES for Europe/Madrid; "" when it has none."""
    zone = get_global("zone_aliases").get(timezone, timezone)
    found = str(get_global("zone_territories").get(zone, ""))
    return "" if found in ("ZZ", "001") else found


def read_clients(path: Path, language: str, region: str) -> Sheet:
    """The clients in a CSV or Excel file, each once; who comes again adds what is new.

    Phones without a country are of `region` (ISO 3166 or ""), else of the language's first
    country. A line of which nothing can be read is left out. Raises Unreadable.
    """
    rows = read_rows(path, language)
    _, head = next(rows)
    columns = [_COLUMN.get(_folded(cell), "") for cell in head]
    if not set(columns) & set(_REACHED):
        raise Unreadable("import.no_columns")
    named = dict.fromkeys("name" if one in _NAMES else one for one in columns if one)
    unused = (_clean(cell)[:_VALUE] for cell, one in zip(head, columns, strict=True) if not one)
    sheet = Sheet(tuple(named), tuple(filter(None, unused)))
    seen: dict[str, tuple[int, int]] = {}
    for line, row in rows:
        cells = _cells(columns, row)
        if any(cells.values()):
            _take(sheet, seen, line, _checked(cells, language, region), _name(cells))
    return sheet


def preview(texts: Texts, sheet: Sheet) -> Iterator[str]:
    """What would be remembered, line by line."""
    names = ", ".join(texts(f"import.column.{one}") for one in sheet.columns)
    yield texts("import.columns", columns=names)
    if sheet.unused:
        more = ", …" if len(sheet.unused) > _SHOWN else ""
        yield texts("import.unused", columns=", ".join(sheet.unused[:_SHOWN]) + more)
    for fault in sheet.faults[:_SHOWN]:
        yield _told(texts, fault)
    if len(sheet.faults) > _SHOWN:
        yield texts.plural("leads.more", len(sheet.faults) - _SHOWN)
    for client in sheet.clients[:5]:
        handles = (("telegram", client.telegram), ("vk", client.vk))
        told = [f"{texts(f'import.column.{one}')} {handle}" for one, handle in handles if handle]
        yield "  " + " · ".join(filter(None, (client.name, *client.phones, *client.emails, *told)))
    yield texts.plural("import.found", len(sheet.clients))


def channels_meant(settings: Settings, named: Sequence[str]) -> Mapping[str, str]:
    """By messenger of which channel a list's ids are; the first one's where none is named.

    Raises Wrong for what is no channel, and for two of one messenger.
    """
    meant = {kind_of(name): name for name in named}
    known = [one.name for one in channels_of(settings)]
    if len(meant) < len(named) or not set(named) <= set(known):
        raise Wrong("import.channel", names=", ".join(known))
    return {**FIRST, **meant}


async def write(
    database_url: str,
    found: Sequence[Known],
    now: datetime,
    done: Callable[[int], object],
    channels: Mapping[str, str] = FIRST,
) -> Remembered:
    """Remember them; `done` is told how many more are through.

    The product may run meanwhile. DatabaseUnfit when there is no database of this version.
    """
    async with current_at(database_url) as database:
        return await remember(database, found, now, done, channels)


def _told(texts: Texts, fault: Fault) -> str:
    column = texts(f"import.column.{fault.column}")
    outcome = texts("import.kept" if fault.kept else "import.left_out")
    words = {"column": column, "value": fault.value, "outcome": outcome}
    return texts(f"import.fault.{fault.what}", line=fault.line, **words)


def _folded(head: str) -> str:
    """A heading as the table has it: Teléfono 2, First_name and EMAIL: are known as well."""
    head = head[:_HEAD]  # to look for its end takes the square of its length
    plain = unicodedata.normalize("NFKD", _clean(head.replace("_", " ")).lower())
    return re.sub(
        r"[\s\d:*.#№]+\Z", "", "".join(one for one in plain if one.isalnum() or one in " -.:*#№")
    )


def _clean(cell: str) -> str:
    """Without what could move a terminal's cursor or hide in a name."""
    return " ".join("".join(one if one.isprintable() else " " for one in cell).split())


_COLUMN = {_folded(head): column for column, heads in _HEADS.items() for head in heads.split(", ")}


def _cells(columns: Sequence[str], row: Sequence[str]) -> dict[str, list[str]]:
    """What each known column holds; several phones may stand in one cell or in several."""
    found: dict[str, list[str]] = {}
    for column, cell in zip(columns, row, strict=False):
        if column:
            parts = [cell] if column in _NAMES else re.split(r"[;,\n|]", cell)
            found.setdefault(column, []).extend(filter(None, map(_clean, parts)))
    return found


def _name(cells: dict[str, list[str]]) -> str:
    """Name, patronymic, surname; a part that a fuller name has already is not said twice."""
    name = ""
    for column in _NAMES:
        part = " ".join(cells.get(column, ()))
        if part and f" {part} ".casefold() not in f" {name} ".casefold():
            name = f"{name} {part}".strip()
    return name[:_NAME]


def _checked(
    cells: dict[str, list[str]], language: str, region: str
) -> dict[str, list[tuple[str, str]]]:
    """By column, what stands there and what it is once read, "" for nothing."""
    readers: dict[str, Callable[[str], str]] = {
        "phone": lambda raw: normalised_phone(raw, language, region),
        "email": normalised_email,
        "telegram": _telegram,
        "vk": _vk,
    }
    return {
        one: [(raw, readers[one](raw)) for raw in cells.get(one, ())[:_VALUES]] for one in _REACHED
    }


def _take(
    sheet: Sheet,
    seen: dict[str, tuple[int, int]],
    line: int,
    checked: dict[str, list[tuple[str, str]]],
    name: str,
) -> None:
    """Add a line's client; `seen` has the line and the place of those before, by their key."""
    good = {one: tuple(v for _, v in values if v) for one, values in checked.items()}
    kept = any(good.values())
    for column, values in checked.items():
        if wrong := [raw for raw, value in values if not value]:
            sheet.faults.append(_wrong(line, column, wrong, kept))
    if not any(checked.values()):
        sheet.faults.append(Fault(line, "phone", "nothing"))
    if not kept:
        return
    phones, emails = (tuple(dict.fromkeys(good[one])) for one in ("phone", "email"))
    telegram, vk = (next(iter(good[one]), "") for one in ("telegram", "vk"))
    client = Known(name, phones, emails, telegram, vk)
    if client.key in seen:
        first, place = seen[client.key]
        sheet.faults.append(Fault(line, "name", "again", str(first), kept=True))
        sheet.clients[place] = sheet.clients[place].joined(client)
        return
    seen[client.key] = line, len(sheet.clients)
    sheet.clients.append(client)


def _wrong(line: int, column: str, values: Sequence[str], kept: bool) -> Fault:
    foreign = column == "phone" and any(map(_is_national, values))
    told = ", ".join(value[:_VALUE] for value in values[:3])
    return Fault(line, column, "foreign" if foreign else "wrong", told, kept)


def _is_national(phone: str) -> bool:
    return not phone.startswith(("+", "00")) and len(re.findall(r"\d", phone)) >= _LEAST


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
