"""A program: reads a table as lines of JSON, and writes it as an Excel workbook, row by row.

The first line tells `title`, `lines` above the table, `columns` (each a `title` and a
`kind`), `totals` and the time `zone`; each further line is a row. What a customer wrote is
text, never a formula. One row is in memory at a time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from bot.drawing.bounds import bound

_WIDTHS = {"text": 24, "moment": 17, "duration": 12, "money": 14}  # characters
_FORMATS = {
    "whole": "0",
    "decimal": "0.00",
    "share": "0.0%",
    "duration": "[h]:mm:ss",
    "moment": "yyyy-mm-dd hh:mm",
}
_MOST = 32_767  # characters that a cell takes


def written(lines: Iterable[str], file: Path) -> None:
    """The workbook, complete, in a file."""
    found = map(json.loads, lines)
    head = next(found)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(file), options) as book:
        _Table(book, head).write(found)


class _Table:
    """One sheet: what it tells, a frozen header with filters, rows, totals."""

    def __init__(self, book: Workbook, head: dict[str, Any]) -> None:
        self._book = book
        self._head = head
        self._columns = head["columns"]
        self._zone = ZoneInfo(head["zone"])
        self._formats: dict[str, Format] = {}
        self._sheet: Worksheet = book.add_worksheet(_sheet_name(head["title"]))

    def write(self, rows: Iterator[list[Any]]) -> None:
        """From above to below, as a row that was left cannot be written any more."""
        sheet, head = self._sheet, self._head
        for number, column in enumerate(self._columns):
            sheet.set_column(number, number, _WIDTHS.get(column["kind"], 12))
        sheet.write_string(0, 0, head["title"], self._format("", bold=True))
        for number, line in enumerate(head["lines"], 1):
            sheet.write_string(number, 0, line)
        first = len(head["lines"]) + 2
        for number, column in enumerate(self._columns):
            sheet.write_string(first, number, column["title"], self._format("", bold=True))
        last = first
        for row in rows:
            last += 1
            self._row(last, row)
        sheet.freeze_panes(first + 1, 0)
        sheet.autofilter(first, 0, max(last, first + 1), len(self._columns) - 1)
        if any(cell is not None for cell in head["totals"]):
            self._row(last + 2, head["totals"], bold=True)

    def _row(self, number: int, row: list[Any], *, bold: bool = False) -> None:
        for place, (column, cell) in enumerate(zip(self._columns, row, strict=True)):
            if cell is not None:
                self._cell(number, place, column["kind"], cell, bold)

    def _cell(self, row: int, place: int, kind: str, cell: Any, bold: bool) -> None:
        sheet = self._sheet
        if kind == "text":
            sheet.write_string(row, place, cell[:_MOST], self._format("", bold=bold))
        elif kind == "moment":
            at = datetime.fromisoformat(cell).astimezone(self._zone).replace(tzinfo=None)
            sheet.write_datetime(row, place, at, self._format(_FORMATS[kind], bold=bold))
        elif kind == "duration":
            length = timedelta(seconds=cell)
            sheet.write_datetime(row, place, length, self._format(_FORMATS[kind], bold=bold))
        elif kind == "money":
            number, form = _money(cell)
            sheet.write_number(row, place, number, self._format(form, bold=bold))
        else:
            sheet.write_number(row, place, cell, self._format(_FORMATS[kind], bold=bold))

    def _format(self, form: str, *, bold: bool = False) -> Format:
        name = f"{form}{bold}"
        if name not in self._formats:
            known: dict[str, Any] = {"num_format": form} if form else {}
            self._formats[name] = self._book.add_format({**known, "bold": bold})
        return self._formats[name]


def _money(cell: dict[str, Any]) -> tuple[float, str]:
    """An amount in whole units, and how it is shown with its currency."""
    digits = cell["digits"]
    shown = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return cell["minor"] / 10**digits, f'{shown} "{cell["currency"]}"'


def _sheet_name(title: str) -> str:
    """A name as Excel takes them."""
    known = "".join(sign for sign in title if sign not in "[]:*?/\\")
    return known.strip("'")[:31] or "1"


def main(argv: list[str]) -> None:
    """From standard input to the file that is named."""
    bound()
    written(sys.stdin, Path(argv[1]))


if __name__ == "__main__":
    main(sys.argv)
