"""A report in words: the first rows for a chat, all of them for a terminal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from bot.messages import Span, Style, Text
from bot.reports.basis import Basis
from bot.reports.period import Period
from bot.reports.table import Cell, Column, Kind, Money, Row, Table

_SHOWN = 10  # rows in a chat
_WIDEST = 60  # characters of a cell there: who follows a link may write what they like into it
_BRIEF = {  # columns in words; the others are in the file
    "leads": ("lead", "received_at", "channel", "source", "manager", "result", "amount"),
    "managers": ("manager", "open", "taken", "answer_p50", "overdue", "converted", "conversion"),
}
_PLAIN = (Kind.TEXT, Kind.MOMENT, Kind.MONEY)
_NUMBERED = ("lead", "repeat_of")


async def in_chat(table: Table, basis: Basis) -> Text:
    """Title, the first rows, how many more there are, totals, and how it is counted."""
    rows = [row async for row in _first(table)]
    lines = [f"\n{_line(table, row, basis, _WIDEST)}" for row in rows]
    if not rows:
        lines.append(f"\n{basis.texts('report.nothing')}")
    if table.count > len(rows):
        lines.append(f"\n{basis.texts.plural('report.more', table.count - len(rows))}")
    if total := _total(table, basis):
        lines.append(f"\n{total}")
    return (
        Span(f"{table.title} · {span_of(table.period, basis)}", Style.BOLD),
        Span("".join(lines)),
        Span(f"\n{table.counted}", Style.ITALIC),
    )


async def lines(table: Table, basis: Basis) -> AsyncIterator[str]:
    """The same with every row, line by line."""
    yield f"{table.title} · {span_of(table.period, basis)}"
    async for row in table.rows():
        yield _line(table, row, basis)
    if not table.count:
        yield basis.texts("report.nothing")
    if total := _total(table, basis):
        yield total
    yield table.counted


def span_of(period: Period, basis: Basis) -> str:
    """From when to when; whole days by their dates."""
    texts, zone = basis.texts, basis.zone
    since, until = period.since.astimezone(zone), period.until.astimezone(zone)
    last = (period.until - timedelta.resolution).astimezone(zone)
    if since.hour or since.minute or ((until.hour or until.minute) and until < basis.now):
        return f"{texts.datetime(since, zone)} – {texts.datetime(until, zone)}"
    if since.date() == last.date():
        return texts.date(since)
    return f"{texts.date(since)} – {texts.date(last)}"


def shown(cell: Cell, basis: Basis) -> str:
    """One cell as people read it; "" for none."""
    texts = basis.texts
    match cell:
        case None:
            return ""
        case Money():
            return texts.money(cell.minor, cell.currency)
        case timedelta():
            return texts.duration(cell.total_seconds())
        case datetime():
            return texts.datetime(cell, basis.zone)
        case Fraction():
            return texts.percent(cell)
        case Decimal():
            return texts.number(cell)
        case _:
            return str(cell)


async def _first(table: Table) -> AsyncIterator[Row]:
    found = 0
    async for row in table.rows():
        if found == _SHOWN:
            return
        found += 1
        yield row


def _line(table: Table, row: Row, basis: Basis, widest: int | None = None) -> str:
    """What names the row, then its numbers with their words, but for further noughts."""
    names: list[str] = []
    numbers: list[str] = []
    for column, cell in zip(table.columns, row, strict=True):
        if cell is None or column.key not in _BRIEF.get(table.name, (column.key,)):
            continue
        if column.key in _NUMBERED:
            names.append(f"#{cell}")
        elif column.kind in _PLAIN:
            names.append(_bounded(shown(cell, basis), widest))
        elif cell or not numbers:
            numbers.append(_titled(column, cell, basis))
    return " — ".join(filter(None, (" · ".join(names), ", ".join(numbers))))


def _bounded(words: str, widest: int | None) -> str:
    return words if widest is None or len(words) <= widest else f"{words[: widest - 1]}…"


def _total(table: Table, basis: Basis) -> str:
    parts = [
        _titled(column, cell, basis)
        for column, cell in zip(table.columns, table.totals, strict=True)
        if cell and column.key in _BRIEF.get(table.name, (column.key,))
    ]
    return basis.texts("report.total", counts=", ".join(parts)) if parts else ""


def _titled(column: Column, cell: Cell, basis: Basis) -> str:
    if column.key in _NUMBERED:
        return str(cell)  # the total of leads is how many there are
    return f"{column.title[:1].lower()}{column.title[1:]} {shown(cell, basis)}"
