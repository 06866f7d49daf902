"""`main.py report`: any report that the bot gives, written as it is made."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO
from zoneinfo import ZoneInfo

import typer

from bot.domain.sources import named
from bot.drawing.child import NotDrawn, picture, workbook
from bot.messages import characters
from bot.operations.dead import decide
from bot.operations.errors import Failed, Wrong
from bot.reports import REPORTS, as_json, as_sheet, as_workbook, digest_text, text
from bot.reports.basis import Basis
from bot.reports.digest import Digest, digest
from bot.reports.digest_table import counts
from bot.reports.period import Period, WrongPeriod, asked
from bot.reports.table import Row, Table
from config.hours import working_hours
from config.settings import Settings
from config.teams import DeskSettings, bots_of, desks_of, through
from config.texts import load
from storage.failures import in_words
from storage.file import keep_private
from storage.session import Session

DIGEST = "digest"
NAMES = (DIGEST, *REPORTS)
_USUAL = timedelta(days=29)  # before the last day, when no first one is named


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; days as they were written, "" for none."""

    name: str
    since: str = ""
    until: str = ""
    form: str = "text"
    desk: str = ""  # of one desk only


async def deliver(settings: Settings, wanted: Wanted, now: datetime, output: Path | None) -> None:
    """Write a report to standard output, or whole to a file; the product may run meanwhile.

    Raises Wrong, Failed when it can't be drawn or written, and DatabaseUnfit when there is no
    database of this version.
    """
    period = _period(settings, wanted, now)
    if output is None and wanted.form in _FOR_FILES and sys.stdout.isatty():
        raise Wrong("report.for_a_file", name=wanted.name, form=wanted.form)
    basis = _basis(settings, wanted, now)
    with _opened(output) as out:
        try:
            await decide(settings.database_url, partial(_write, wanted, period, basis, out))
        except NotDrawn:
            raise Failed("report.not_drawn") from None


def _period(settings: Settings, wanted: Wanted, now: datetime) -> Period:
    """The period that is meant; raises Wrong."""
    desk = _desk(settings, wanted)
    zone = ZoneInfo(desk.team.timezone)
    if wanted.desk not in ("", desk.name):
        desks = ", ".join(one.name for one in desks_of(settings))
        raise Wrong("report.no_desk", name=wanted.desk, names=desks)
    if not wanted.name:
        raise Wrong("report.unnamed", names=", ".join(NAMES))
    if wanted.name not in NAMES:
        raise Wrong("report.unknown", name=wanted.name, names=", ".join(NAMES))
    if wanted.form not in FORMS:
        raise Wrong("report.form", form=wanted.form, forms=", ".join(FORMS))
    try:
        last = wanted.until or now.astimezone(zone).date().isoformat()
        return asked((wanted.since or _usual(last, now, zone), last), now, zone)
    except WrongPeriod as wrong:
        raise Wrong(wrong.key, **wrong.values) from None


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that is there once it is whole."""
    if output is None:
        yield sys.stdout.buffer
        return
    if output.exists() and not output.is_file():
        with _begun(output, output) as way:  # a pipe or a device, in whose place no file may be put
            yield way
        return
    whole = output.resolve()  # in a link's place, as that of /dev/stdout, no file may be put either
    part = whole.with_name(f"{whole.name}.part")
    try:
        part.unlink(missing_ok=True)
        keep_private(str(part))  # it names customers
    except OSError as error:
        raise Failed("report.no_file", file=output, reason=in_words(error)) from None
    try:
        with _begun(part, output) as file:
            yield file
        part.replace(whole)
    finally:
        part.unlink(missing_ok=True)


def _begun(file: Path, output: Path) -> BinaryIO:
    """Open what is to become the output."""
    try:
        return file.open("wb")
    except OSError as error:
        raise Failed("report.no_file", file=output, reason=in_words(error)) from None


def _usual(last: str, now: datetime, zone: ZoneInfo) -> str:
    end = asked((last, last), now, zone).since.astimezone(zone).date()
    return (max(end - _USUAL, date(1970, 1, 1))).isoformat()


def _desk(settings: Settings, wanted: Wanted) -> DeskSettings:
    """The desk that is meant, else the first, by whose clock all of them are told together."""
    desks = desks_of(settings)
    return next((one for one in desks if one.name == wanted.desk), desks[0])


def _basis(settings: Settings, wanted: Wanted, now: datetime) -> Basis:
    desk = _desk(settings, wanted)
    team, zone = desk.team, ZoneInfo(desk.team.timezone)
    return Basis(
        # What programs read is the same whatever language the team speaks.
        texts=load("en" if wanted.form == "json" else team.language),
        zone=zone,
        hours=working_hours(desk.hours.week, desk.hours.holidays, zone),
        chat=through(bots_of(settings, desk.name), team.chat),
        source=lambda source: named(source, settings.leads.sources),
        now=now,
        reasons=frozenset(_reasons(settings, wanted)),
    )


def _reasons(settings: Settings, wanted: Wanted) -> Iterator[str]:
    """To reject, by the settings of each desk that is told of."""
    for desk in desks_of(settings):
        if wanted.desk in ("", desk.name):
            yield from desk.reject_reasons or load(desk.team.language).under("reason.")


async def _write(
    wanted: Wanted,
    period: Period,
    basis: Basis,
    out: BinaryIO,
    session: Session,
) -> None:
    found: Table | Digest
    session.desk = wanted.desk
    if wanted.name == DIGEST:
        found = await digest(session, period, basis)
    else:
        found = _told(await REPORTS[wanted.name](session, period, basis))
    await FORMS[wanted.form](found, basis, out)


def _told(table: Table) -> Table:
    """The same, telling how far its rows are."""

    async def rows() -> AsyncIterator[Row]:
        written = 0
        async for row in table.rows():
            yield row
            written += 1
            _progress(written, table.count)

    return replace(table, rows=rows)


def _progress(done: int, of: int) -> None:
    """How far it is, now and then, for who looks on."""
    if sys.stderr.isatty() and (done == of or done % 1000 == 0):
        typer.echo(f"\r{done:,} / {of:,}", nl=done == of, err=True)


async def _as_text(found: Table | Digest, basis: Basis, out: BinaryIO) -> None:
    if isinstance(found, Digest):
        title = basis.texts("digest.period", span=text.span_of(found.period, basis))
        out.write(f"{characters(digest_text.told(found, basis, title))}\n".encode())
        return
    async for line in text.lines(found, basis):
        out.write(f"{line}\n".encode())


async def _as_json(found: Table | Digest, basis: Basis, out: BinaryIO) -> None:
    del basis
    if isinstance(found, Digest):
        out.write(as_json.of_digest(found).encode())
        return
    async for piece in as_json.pieces(found):
        out.write(piece.encode())


async def _as_png(found: Table | Digest, basis: Basis, out: BinaryIO) -> None:
    if isinstance(found, Digest):
        title = basis.texts("report.digest")
        out.write(await picture(as_sheet.of_digest(found, basis, title)))
    else:
        out.write(await picture(await as_sheet.of_table(found, basis)))


async def _as_xlsx(found: Table | Digest, basis: Basis, out: BinaryIO) -> None:
    table = counts(found, basis) if isinstance(found, Digest) else found
    async with workbook(as_workbook.lines(table, basis)) as file:
        with file.open("rb") as made:
            copyfileobj(made, out)


# How a report is written; each gets the table, or the digest's record, and writes bytes.
FORMS: dict[str, Callable[[Table | Digest, Basis, BinaryIO], Awaitable[None]]] = {
    "text": _as_text,
    "json": _as_json,
    "png": _as_png,
    "xlsx": _as_xlsx,
}
_FOR_FILES = ("png", "xlsx")  # which a terminal would show as noise
