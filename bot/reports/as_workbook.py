"""A report as the lines from which `bot.drawing.workbook` makes an Excel file."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from babel.numbers import get_currency_precision

from bot.reports.as_json import typed
from bot.reports.basis import Basis
from bot.reports.table import Cell, Money, Row, Table
from bot.reports.text import span_of


async def lines(table: Table, basis: Basis) -> AsyncIterator[str]:
    """What it is about, then a row a line, so that it need not fit in memory."""
    head = {
        "title": table.title,
        "lines": [span_of(table.period, basis), table.counted],
        "columns": [{"title": one.title, "kind": one.kind.value} for one in table.columns],
        "totals": _cells(table.totals),
        "zone": str(basis.zone),
    }
    yield f"{json.dumps(head, ensure_ascii=False)}\n"
    async for row in table.rows():
        yield f"{json.dumps(_cells(row), ensure_ascii=False)}\n"


def _cells(row: Row) -> list[Any]:
    return [_cell(cell) for cell in row]


def _cell(cell: Cell) -> Any:
    if isinstance(cell, Money):
        return {**typed(cell), "digits": get_currency_precision(cell.currency)}
    return typed(cell)
