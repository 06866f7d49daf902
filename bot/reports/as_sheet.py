"""A digest or a report as the sheet that `bot.drawing.picture` draws, in the team's words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from bot.reports.basis import Basis
from bot.reports.digest import Digest, Tally
from bot.reports.digest_text import missed, rated
from bot.reports.pace import Pace
from bot.reports.table import Cell, Chart, Row, Table
from bot.reports.team import ManagerFigures
from bot.reports.text import shown, span_of

_SHOWN = 5  # channels, reasons
_MANAGERS = 8
_ROWS = 16  # of a report
_LISTED = ("lead", "received_at", "manager", "result")  # columns, where no chart is
# Whether more of it is good news, bad news, or neither.
_TILES = {
    "received": 1,
    "taken": 1,
    "answered": 1,
    "converted": 1,
    "rejected": 0,
    "unprocessed": -1,
}

Block = dict[str, Any]


def of_digest(digest: Digest, basis: Basis, title: str) -> str:
    """Counts against the time before, where leads came from, how fast, why not, who."""
    sheet = {
        "title": title,
        "subtitle": span_of(digest.period, basis),
        "blocks": list(_digest_blocks(digest, basis)),
        "note": basis.texts("picture.note") if digest.anything else "",
    }
    return json.dumps(sheet, ensure_ascii=False)


async def of_table(table: Table, basis: Basis) -> str:
    """The first rows of a report, by its chart where it has one."""
    rows: list[Row] = []
    async for row in table.rows():
        rows.append(row)
        if len(rows) == _most(table.chart):
            break
    sheet = {
        "title": table.title,
        "subtitle": span_of(table.period, basis),
        "blocks": list(_table_blocks(table, rows, basis)),
        "note": table.counted,
    }
    return json.dumps(sheet, ensure_ascii=False)


def _digest_blocks(digest: Digest, basis: Basis) -> Iterator[Block]:
    texts = basis.texts
    yield {"kind": "tiles", "tiles": [_tile(digest, name, basis) for name in _TILES]}
    if not digest.anything:
        yield {"kind": "lines", "lines": [texts("digest.nothing")]}
        return
    if digest.channels:
        yield _tallies(texts("picture.channels"), digest.channels)
    known = {"take": digest.to_take.working, "answer": digest.to_answer.working}
    if rows := [
        _pace(name, found, basis) for name, found in known.items() if found.p50 is not None
    ]:
        yield {"kind": "bars", "title": texts("picture.pace"), "rows": rows}
    if reasons := [one for one in digest.reasons if one.name]:
        yield _tallies(texts("report.reasons"), reasons)
    if digest.managers:
        yield _managers(digest.managers[:_MANAGERS], basis)
    if lines := list(_lines(digest, basis)):
        yield {"kind": "lines", "lines": lines}


def _tile(digest: Digest, name: str, basis: Basis) -> Block:
    now, before = getattr(digest.counts, name), getattr(digest.before, name)
    sign = (now > before) - (now < before)
    change = f"{'▲' if sign > 0 else '▼'} {abs(now - before)}" if sign else ""
    tone = {1: "good", -1: "bad", 0: ""}[sign * _TILES[name]]
    label = basis.texts(f"column.{name}")
    return {"label": label, "value": str(now), "change": change, "tone": tone}


def _tallies(title: str, found: Sequence[Tally]) -> Block:
    rows = [
        {"label": one.name, "value": one.count, "shown": str(one.count)} for one in found[:_SHOWN]
    ]
    return {"kind": "bars", "title": title, "rows": rows}


def _pace(name: str, found: Pace, basis: Basis) -> Block:
    p50, p90 = found.p50 or timedelta(), found.p90 or timedelta()
    return {
        "label": basis.texts(f"picture.{name}"),
        "value": p50.total_seconds(),
        "upto": p90.total_seconds(),
        "shown": f"{shown(p50, basis)} · {shown(p90, basis)}",
    }


def _managers(found: Sequence[ManagerFigures], basis: Basis) -> Block:
    texts = basis.texts
    heads = ("taken", "open", "converted")
    return {
        "kind": "table",
        "title": texts("report.managers"),
        "heads": ["", *(texts(f"picture.{one}") for one in heads), texts("picture.answered_in")],
        "rows": [
            [
                one.name,
                *(str(getattr(one, head)) for head in heads),
                _answered_in(one.to_answer.working, basis),
            ]
            for one in found
        ],
    }


def _answered_in(found: Pace, basis: Basis) -> str:
    """The median; of a few the shortest and the longest."""
    if found.p50 is not None:
        return shown(found.p50, basis)
    ends = (shown(one, basis) for one in (*found.few[:1], *found.few[-1:]))
    return " – ".join(dict.fromkeys(ends)) or "—"


def _lines(digest: Digest, basis: Basis) -> Iterator[str]:
    if digest.overdue:
        yield basis.texts("digest.overdue", n=digest.overdue)
    yield from missed(digest, basis)
    yield from rated(digest, basis)


def _most(chart: Chart | None) -> int:
    return 100 if chart and chart.over == "day" else _ROWS


def _table_blocks(table: Table, rows: Sequence[Row], basis: Basis) -> Iterator[Block]:
    if not rows:
        yield {"kind": "lines", "lines": [basis.texts("report.nothing")]}
        return
    if table.chart is None:
        yield _listed(table, rows, basis)
        return
    draw = _columns if table.chart.over == "day" else _bars
    yield draw(table, table.chart, rows, basis)
    if more := table.count - len(rows):
        yield {"kind": "lines", "lines": [basis.texts.plural("report.more", more)]}


def _listed(table: Table, rows: Sequence[Row], basis: Basis) -> Block:
    """The columns that fit; how many more rows there are stands in the title."""
    titles = {one.key: one.title for one in table.columns}
    keys = [one.key for one in table.columns if one.key in _LISTED]
    more = table.count - len(rows)
    return {
        "kind": "table",
        "title": basis.texts.plural("report.more", more) if more else "",
        "heads": [titles[key] for key in keys],
        "rows": [[shown(_of(table, row, key), basis) or "—" for key in keys] for row in rows],
    }


def _columns(table: Table, chart: Chart, rows: Sequence[Row], basis: Basis) -> Block:
    titles = {one.key: one.title for one in table.columns}
    line = [_of(table, row, chart.line) for row in rows] if chart.line else []
    days = [date.fromisoformat(str(_of(table, row, chart.over))) for row in rows]
    block: Block = {
        "kind": "columns",
        "labels": [basis.texts.short_day(day) for day in days],
        "series": [
            {"title": titles[key], "values": [_of(table, row, key) for row in rows]}
            for key in chart.bars
        ],
    }
    if line:
        values = [float(one) if isinstance(one, Fraction) else None for one in line]
        said = [shown(one, basis) for one in line]
        block["line"] = {"title": titles[chart.line], "values": values, "shown": said}
    return block


def _bars(table: Table, chart: Chart, rows: Sequence[Row], basis: Basis) -> Block:
    """Of two counts the second is a part of the first, and stands inside its bar."""
    titles = {one.key: one.title for one in table.columns}
    legend = " · ".join(titles[key] for key in (*chart.bars, *filter(None, (chart.line,))))
    return {
        "kind": "bars",
        "title": legend,
        "rows": [_bar(table, chart, row, basis) for row in rows],
    }


def _bar(table: Table, chart: Chart, row: Row, basis: Basis) -> Block:
    counts = [_of(table, row, key) for key in chart.bars]
    numbers = [one if isinstance(one, int) else 0 for one in counts]
    line = shown(_of(table, row, chart.line), basis) if chart.line else ""
    return {
        "label": shown(_of(table, row, chart.over), basis),
        "value": numbers[-1],
        "upto": numbers[0],
        "shown": " · ".join(filter(None, (*map(str, numbers), line))),
    }


def _of(table: Table, row: Row, key: str) -> Cell:
    return row[[one.key for one in table.columns].index(key)]
