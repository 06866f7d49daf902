"""A report, or a digest, as JSON: keys in English, every value by its type.

Moments are ISO 8601 in UTC, durations seconds, amounts minor units with their currency,
shares parts of one; what there is none of is null.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from bot.reports.digest import Digest
from bot.reports.table import Row, Table


async def pieces(table: Table) -> AsyncIterator[str]:
    """The document piece by piece, a row a line, so that it need not fit in memory."""
    head = {
        "report": table.name,
        "title": table.title,
        "period": typed(table.period),
        "counted": table.counted,
        "columns": [typed(column) for column in table.columns],
        "count": table.count,
        "totals": _keyed(table, table.totals),
    }
    yield f'{_dumped(head)[:-1]}, "rows": ['
    between = "\n"
    async for row in table.rows():
        yield between + _dumped(_keyed(table, row))
        between = ",\n"
    yield "\n]}\n"


def of_digest(digest: Digest) -> str:
    """The whole record."""
    found = typed(digest)
    found["rating"]["average"] = typed(digest.rating.average)
    return f"{_dumped({'report': 'digest', **found})}\n"


def typed(value: Any) -> Any:
    """What JSON knows, of any value in a table or a record."""
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Fraction() | Decimal():
            return float(value)
        case Enum():
            return value.value
        case tuple():
            return [typed(one) for one in value]
        case _ if is_dataclass(value):
            return {one.name: typed(getattr(value, one.name)) for one in fields(value)}
        case _:
            return value


def _keyed(table: Table, row: Row) -> dict[str, Any]:
    cells = zip(table.columns, row, strict=True)
    return {column.key: typed(cell) for column, cell in cells}


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
