"""Pictures and workbooks are drawn beside the product, whole, bounded, and with no formulas."""

from __future__ import annotations

import json
import struct
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bot.drawing import child
from bot.drawing.child import NotDrawn, picture, workbook

COLUMNS = [
    {"title": "Кто", "kind": "text"},
    {"title": "Лидов", "kind": "whole"},
    {"title": "Сумма", "kind": "money"},
    {"title": "Ответ", "kind": "duration"},
    {"title": "Когда", "kind": "moment"},
    {"title": "Доля", "kind": "share"},
    {"title": "Оценка", "kind": "decimal"},
]
HEAD: dict[str, Any] = {
    "title": "Менеджеры: [ноябрь]",
    "lines": ["1–30 ноября", "Лид считается за тем, кто его взял"],
    "columns": COLUMNS,
    "zone": "Europe/Madrid",
    "totals": [None, 3, None, None, None, None, None],
    "count": 2,
}
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
ROWS: list[list[Any]] = [
    [
        "=1+1",
        2,
        {"minor": 15050, "currency": "EUR", "digits": 2},
        90.0,
        NOON.isoformat(),
        0.25,
        4.5,
    ],
    ['Борис <b>&"', 1, {"minor": 7, "currency": "JPY", "digits": 0}, None, None, None, None],
]


async def lines(*documents: Any) -> AsyncIterator[str]:
    """Each a line, as the program reads them."""
    for one in documents:
        yield f"{json.dumps(one)}\n"


async def read(*documents: Any) -> list[list[Any]]:
    """What another library finds in the workbook."""
    async with workbook(lines(*documents)) as file:
        book = CalamineWorkbook.from_path(str(file))
        return book.get_sheet_by_index(0).to_python()


async def test_cells_have_their_types_and_words_are_never_formulas() -> None:
    found = await read(HEAD, *ROWS)
    assert found[0][0] == "Менеджеры: [ноябрь]"
    assert found[4] == ["Кто", "Лидов", "Сумма", "Ответ", "Когда", "Доля", "Оценка"]
    first, second = found[5], found[6]
    assert first[:3] == ["=1+1", 2.0, 150.5]
    assert first[3] == timedelta(seconds=90)
    assert first[4] == datetime(2026, 7, 1, 14), "the team's clock"
    assert first[5:] == [0.25, 4.5]
    assert second[:3] == ['Борис <b>&"', 1.0, 7.0]
    assert found[8][1] == 3.0, "totals"


async def test_a_table_without_rows_is_a_workbook_too() -> None:
    found = await read({**HEAD, "count": 0})
    assert found[4][0] == "Кто"


async def test_the_workbook_is_gone_when_it_was_used() -> None:
    async with workbook(lines(HEAD, *ROWS)) as file:
        assert file.stat().st_size > 0
    assert not file.parent.exists()


def sheet(**more: Any) -> str:
    """A sheet with every kind of block."""
    blocks = [
        {
            "kind": "tiles",
            "tiles": [{"label": "Получено", "value": "124", "change": "▲ 12", "tone": "good"}],
        },
        {
            "kind": "bars",
            "title": "Почему",
            "rows": [{"label": "Дорого $x_1$ 🙂", "value": 3, "upto": 5, "shown": "3 из 5"}],
        },
        {
            "kind": "columns",
            "labels": ["1", "2"],
            "series": [{"title": "Получено", "values": [3, 0]}],
            "line": {"title": "Доля", "values": [0.5, None], "shown": ["50 %", ""]},
        },
        {"kind": "table", "title": "Менеджеры", "heads": ["", "взял"], "rows": [["Борис", "4"]]},
        {"kind": "lines", "lines": ["Просрочено 9 из 124", ""]},
    ]
    return json.dumps({"title": "Сводка", "subtitle": "за день", "blocks": blocks, **more})


def size(png: bytes) -> tuple[int, int]:
    """Width and height, as the file says."""
    assert png.startswith(b"\x89PNG\r\n")
    found: tuple[int, int] = struct.unpack(">II", png[16:24])
    return found


async def test_every_kind_of_block_is_drawn() -> None:
    width, height = size(await picture(sheet()))
    assert width == 800
    assert 1000 < height < 1600


async def test_a_note_makes_it_higher_and_nothing_makes_it_endless() -> None:
    _, plain = size(await picture(sheet()))
    _, noted = size(await picture(sheet(note="слово " * 60)))
    _, long = size(await picture(sheet(note="слово " * 20_000)))
    assert plain < noted < long < 6000
    table = {"kind": "table", "title": "Все", "heads": ["", "взял"], "rows": [["Борис", "4"]] * 500}
    _, endless = size(await picture(sheet(blocks=[table])))
    assert endless == 6000


async def test_what_is_no_sheet_is_told_without_its_words() -> None:
    with pytest.raises(NotDrawn, match=r"^bot\.drawing\.picture ended with 1$"):
        await picture('{"title": "Anna"}')


async def test_one_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_PATIENCE", 0.0)
    with pytest.raises(NotDrawn, match="took longer"):
        await picture(sheet())


async def test_a_child_knows_no_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TELEGRAM__TOKEN", "42:invented")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "TELEGRAM__TOKEN" not in child._environment()
    assert child._environment()["HOME"] == str(tmp_path)
