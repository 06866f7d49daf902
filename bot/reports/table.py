"""A report as a table with typed columns, from which text, JSON, picture and Excel are made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bot.reports.period import Period


class Kind(StrEnum):
    """What the cells of a column are; any of them may be None, for what there is none of."""

    TEXT = "text"  # str
    WHOLE = "whole"  # int
    DECIMAL = "decimal"  # Decimal
    MONEY = "money"  # Money
    DURATION = "duration"  # timedelta
    MOMENT = "moment"  # an aware datetime, UTC
    SHARE = "share"  # Fraction: 1/4 is 25 %


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of an ISO 4217 currency."""

    minor: int
    currency: str


Cell = str | int | Decimal | Money | timedelta | datetime | Fraction | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the same in every language; `title` is what people read."""

    key: str
    title: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Chart:
    """What a picture shows: the columns of these keys, over the one that names the rows.

    `line` is a share in per cent to be drawn over the bars.
    """

    over: str
    bars: tuple[str, ...]
    line: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows()` begins anew each time, and holds only a few of the `count` rows in memory.

    `totals` has a cell for every column, None where a total says nothing. `counted` says
    in the team's language how it is counted.
    """

    name: str
    title: str
    period: Period
    columns: tuple[Column, ...]
    rows: Callable[[], AsyncIterator[Row]]
    count: int
    totals: Row
    counted: str
    chart: Chart | None = None


def at_once(rows: Sequence[Row]) -> Callable[[], AsyncIterator[Row]]:
    """Rows that are known already, as a table wants them."""

    async def given() -> AsyncIterator[Row]:
        for row in rows:
            yield row

    return given


def share(part: int, of: int) -> Fraction | None:
    """Such a part of so many; None of nothing."""
    return Fraction(part, of) if of else None
