"""A program, long by what it can draw: reads a sheet as JSON, writes a PNG to be read on a phone.

A sheet has a `title`, a `subtitle`, `blocks` and a `note`; the kinds of blocks are the
functions in `_BLOCKS`. It is 800 pixels wide, to be looked at at half of that, and as
high as its blocks are. Nothing here is looked up or computed: what is shown is said.
"""

from __future__ import annotations

import io
import json
import sys
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import FancyBboxPatch, Rectangle

from bot.drawing.bounds import bound

WIDTH, _DPI = 800, 200
_EDGE, _GAP = 36, 30  # pixels at the sides, and between blocks
_INSIDE = WIDTH - 2 * _EDGE
_INK, _GREY, _LINE = "#1f2933", "#66727f", "#dde3ea"
_BLUE, _PALE, _TILE = "#2f6fdb", "#c7daf7", "#f3f6fa"
_SERIES = (_BLUE, "#1a8a4b", "#d9822b")
_TONES = {"good": "#1a8a4b", "bad": "#c6372d", "": _GREY}
_SMALLEST = 0.8  # of their size, before words are cut
_MOST = 6000  # pixels of height, which every messenger takes
_READ = 3000  # characters of a note, and of anything that stands on one line

Block = dict[str, Any]


class Sheet:
    """What is drawn so far, from above; all lengths are pixels."""

    def __init__(self, height: int) -> None:
        self.height = height
        self.y = 0.0
        self._figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor="white")
        self._canvas = FigureCanvasAgg(self._figure)
        self._renderer = self._canvas.get_renderer()  # type: ignore[no-untyped-call]
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(height, 0)
        self._axes.axis("off")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 24,
        color: str = _INK,
        bold: bool = False,
        right: bool = False,
        room: float = 0,
    ) -> None:
        """Words on one line, their middle at `y`, a little smaller or cut to fit into `room`."""
        font = _font(size, bold)
        shown = _drawable(words[:_READ], font)
        if room and (wide := self.width(shown, font)) > room:
            font = _font(size * max(room / wide, _SMALLEST), bold)
            shown = self.cut(shown, room + 1, font)
        self._axes.text(
            x,
            y,
            shown,
            fontproperties=font,
            color=color,
            ha="right" if right else "left",
            va="center_baseline",
            parse_math=False,
        )

    def box(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """A filled rectangle."""
        self._axes.add_patch(Rectangle((x, y), max(width, 0), height, color=color, linewidth=0))

    def tile(self, x: float, y: float, width: float, height: float) -> None:
        """A pale field with round corners."""
        style = "round,pad=0,rounding_size=14"
        self._axes.add_patch(
            FancyBboxPatch((x, y), width, height, boxstyle=style, color=_TILE, linewidth=0)
        )

    def line(self, xs: Sequence[float], ys: Sequence[float], color: str) -> None:
        """A line with a mark at each point."""
        self._axes.plot(xs, ys, color=color, linewidth=1.6, marker="o", markersize=3)

    def cut(self, words: str, room: float, font: FontProperties) -> str:
        """The words, or as much of them as there is room for."""
        if self.width(words, font) <= room:
            return words
        fits = bisect_left(
            range(len(words)), True, key=lambda n: self.width(f"{words[: n + 1]}…", font) > room
        )
        return f"{words[:fits].rstrip()}…"

    def width(self, words: str, font: FontProperties) -> float:
        """How wide words are."""
        found: float = self._renderer.get_text_width_height_descent(words, font, False)[0]
        return found

    def png(self) -> bytes:
        """The picture."""
        written = io.BytesIO()
        self._canvas.print_png(written)  # type: ignore[no-untyped-call]
        return written.getvalue()


def drawn(sheet: dict[str, Any]) -> bytes:
    """The whole sheet as a PNG."""
    blocks = [(_BLOCKS[block["kind"]], block) for block in sheet["blocks"]]
    note = _wrapped(sheet.get("note", ""), _font(19, False))
    height = _head_height(sheet) + sum(size(block) + _GAP for (size, _), block in blocks)
    height += 28 * len(note) + (24 if note else 6)
    paper = Sheet(min(round(height), _MOST))
    _head(paper, sheet)
    for (size, draw), block in blocks:
        draw(paper, block)
        paper.y += size(block) + _GAP
    for words in note:
        paper.text(_EDGE, paper.y + 6, words, size=19, color=_GREY)
        paper.y += 28
    return paper.png()


def _head_height(sheet: dict[str, Any]) -> int:
    return 132 if sheet.get("subtitle") else 96


def _head(paper: Sheet, sheet: dict[str, Any]) -> None:
    paper.text(_EDGE, 56, sheet["title"], size=36, bold=True, room=_INSIDE)
    if sheet.get("subtitle"):
        paper.text(_EDGE, 98, sheet["subtitle"], size=24, color=_GREY, room=_INSIDE)
    paper.y = _head_height(sheet)


# --- numbers side by side -------------------------------------------------

_PER_ROW, _TILE_HEIGHT, _BETWEEN = 3, 158, 14


def _tiles_height(block: Block) -> int:
    rows = -(-len(block["tiles"]) // _PER_ROW)
    return rows * _TILE_HEIGHT + (rows - 1) * _BETWEEN


def _tiles(paper: Sheet, block: Block) -> None:
    """`tiles`: each a `label`, a `value`, and a `change` in the `tone` good, bad or none."""
    width = (_INSIDE - (_PER_ROW - 1) * _BETWEEN) / _PER_ROW
    for number, tile in enumerate(block["tiles"]):
        x = _EDGE + number % _PER_ROW * (width + _BETWEEN)
        y = paper.y + number // _PER_ROW * (_TILE_HEIGHT + _BETWEEN)
        paper.tile(x, y, width, _TILE_HEIGHT)
        paper.text(x + 20, y + 34, tile["label"], size=24, color=_GREY, room=width - 36)
        paper.text(x + 20, y + 84, tile["value"], size=54, bold=True, room=width - 36)
        color = _TONES[tile.get("tone", "")]
        paper.text(x + 20, y + 132, tile.get("change", ""), size=22, color=color)


# --- bars from left to right ----------------------------------------------

_TITLE_HEIGHT, _BAR_HEIGHT = 46, 52


def _bars_height(block: Block) -> int:
    return _TITLE_HEIGHT + _BAR_HEIGHT * len(block["rows"])


def _bars(paper: Sheet, block: Block) -> None:
    """`title`, `rows`: each a `label`, a number `value`, what is `shown` of it, a paler `upto`."""
    _block_title(paper, block["title"])
    longest = max(max(row["value"], row.get("upto", 0)) for row in block["rows"]) or 1
    numbers = max(paper.width(row["shown"], _font(24, False)) for row in block["rows"])
    left = 250
    room = _INSIDE - left - min(numbers, 300) - 16
    for number, row in enumerate(block["rows"]):
        y = paper.y + _TITLE_HEIGHT + number * _BAR_HEIGHT
        paper.text(_EDGE, y + 22, row["label"], room=left - 14)
        x = _EDGE + left
        if row.get("upto"):
            paper.box(x, y + 7, room * row["upto"] / longest, 30, _PALE)
        paper.box(x, y + 7, max(room * row["value"] / longest, 3), 30, _BLUE)
        paper.text(WIDTH - _EDGE, y + 22, row["shown"], right=True, room=300)


# --- columns from left to right, with a line over them --------------------

_CHART_HEIGHT, _LABELS_HEIGHT = 300, 40


def _columns_height(block: Block) -> int:
    return _TITLE_HEIGHT + _CHART_HEIGHT + _LABELS_HEIGHT


def _columns(paper: Sheet, block: Block) -> None:
    """`labels`, `series` (each a `title` and `values`), and over them a `line`.

    Of a line the `values` are from 0 to 1, or null, and `shown` says them.
    """
    top = paper.y + _TITLE_HEIGHT
    bottom = top + _CHART_HEIGHT
    _legend(paper, block)
    highest = max((value for one in block["series"] for value in one["values"]), default=0) or 1
    step = _INSIDE / max(1, len(block["labels"]))
    width = step * 0.72 / len(block["series"])
    few = len(block["labels"]) * len(block["series"]) <= 20
    for place, one in enumerate(block["series"]):
        for number, value in enumerate(one["values"]):
            height = (_CHART_HEIGHT - 40) * value / highest
            x = _EDGE + number * step + step * 0.14 + place * width
            paper.box(x, bottom - height, width * 0.94, height, _SERIES[place % len(_SERIES)])
            if few and value:
                paper.text(x + 2, bottom - height - 14, str(value), size=19, color=_GREY)
    paper.box(_EDGE, bottom, _INSIDE, 2, _LINE)
    _labels(paper, block["labels"], step, bottom + 22)
    if not few:
        paper.text(WIDTH - _EDGE, top + 18, f"↑ {highest}", size=19, color=_GREY, right=True)
    if line := block.get("line"):
        _line_over(paper, line, step, bottom)


def _line_over(paper: Sheet, line: dict[str, Any], step: float, bottom: float) -> None:
    """Shares by a scale of their own, each told in per cent while they are few."""
    known = [(i, value) for i, value in enumerate(line["values"]) if value is not None]
    scale = (_CHART_HEIGHT - 60) / (max((value for _, value in known), default=0) or 1)
    points = [(_EDGE + (i + 0.5) * step, bottom - scale * value) for i, value in known]
    paper.line([x for x, _ in points], [y for _, y in points], _TONES["bad"])
    told = known if len(known) <= 10 else [max(known, key=lambda one: one[1])]
    for number, value in told:
        x, y = _EDGE + (number + 0.5) * step, bottom - scale * value
        words = line["shown"][number]
        paper.text(min(x + 10, WIDTH - 96), y - 16, words, size=19, color=_TONES["bad"])


def _labels(paper: Sheet, labels: Sequence[str], step: float, y: float) -> None:
    """As many as there is room for."""
    every = max(1, -(-90 // int(step)))
    for number in range(0, len(labels), every):
        paper.text(
            _EDGE + number * step + step * 0.14,
            y,
            labels[number],
            size=19,
            color=_GREY,
            room=step * every - 8,
        )


def _legend(paper: Sheet, block: Block) -> None:
    named = [(one["title"], _SERIES[i % len(_SERIES)]) for i, one in enumerate(block["series"])]
    if line := block.get("line"):
        named.append((line["title"], _TONES["bad"]))
    x = float(_EDGE)
    for title, color in named:
        paper.box(x, paper.y + 6, 20, 20, color)
        paper.text(x + 30, paper.y + 18, title, size=22, color=_GREY, room=230)
        x += 30 + min(230, paper.width(title, _font(22, False))) + 30


# --- a small table --------------------------------------------------------

_ROW_HEIGHT = 44


def _table_height(block: Block) -> int:
    return _TITLE_HEIGHT + _ROW_HEIGHT * (len(block["rows"]) + 1)


def _table(paper: Sheet, block: Block) -> None:
    """`title`, `heads` and `rows` of words; the first column is the widest."""
    _block_title(paper, block["title"])
    first = _INSIDE * 0.34
    room = (_INSIDE - first) / max(1, len(block["heads"]) - 1)
    for number, row in enumerate([block["heads"], *block["rows"]]):
        y = paper.y + _TITLE_HEIGHT + number * _ROW_HEIGHT
        size, color = (20, _GREY) if number == 0 else (24, _INK)
        paper.text(_EDGE, y + 20, row[0], size=size, color=color, room=first - 12)
        for place, words in enumerate(row[1:], 1):
            right = _EDGE + first + room * place
            paper.text(right, y + 20, words, size=size, color=color, right=True, room=room - 8)
        paper.box(_EDGE, y + _ROW_HEIGHT - 3, _INSIDE, 1.5, _LINE)


# --- a few lines of words -------------------------------------------------


def _lines_height(block: Block) -> int:
    return 38 * len(_wrapped("\n".join(block["lines"]), _font(25, False)))


def _lines(paper: Sheet, block: Block) -> None:
    """`lines` of words, broken where they must be."""
    wrapped = _wrapped("\n".join(block["lines"]), _font(25, False))
    for number, words in enumerate(wrapped):
        paper.text(_EDGE, paper.y + 18 + 38 * number, words, size=25)


_BLOCKS: dict[str, tuple[Callable[[Block], int], Callable[[Sheet, Block], None]]] = {
    "tiles": (_tiles_height, _tiles),
    "bars": (_bars_height, _bars),
    "columns": (_columns_height, _columns),
    "table": (_table_height, _table),
    "lines": (_lines_height, _lines),
}


def _block_title(paper: Sheet, title: str) -> None:
    paper.text(_EDGE, paper.y + 16, title, size=26, bold=True, room=_INSIDE)


def _font(pixels: float, bold: bool) -> FontProperties:
    weight = "bold" if bold else "normal"
    return FontProperties(family="DejaVu Sans", size=pixels * 72 / _DPI, weight=weight)


def _drawable(words: str, font: FontProperties) -> str:
    """Without what the font has no letter for: it would draw a box."""
    face = get_font(findfont(font))
    known = "".join(sign for sign in words if face.get_char_index(ord(sign)))
    return " ".join(known.split())


def _wrapped(words: str, font: FontProperties) -> list[str]:
    """The words in lines that fit, as many as anybody reads."""
    measure = Sheet(10)
    lines: list[str] = []
    for paragraph in words[:_READ].splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and measure.width(longer, font) > _INSIDE:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def main() -> None:
    """From standard input to standard output."""
    bound()
    mpl.rcParams["text.parse_math"] = False
    sys.stdout.buffer.write(drawn(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
