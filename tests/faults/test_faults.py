"""Whatever goes wrong with any call, people see what the table says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.table import Row, rows
from tests.faults.theatre import Theatre


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """One stage for all rows."""
    with Theatre(tmp_path_factory.mktemp("faults")) as opened:
        yield opened


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.name)
def test_people_see_what_the_table_says(theatre: Theatre, row: Row) -> None:
    assert theatre.play(row) == row.outcome
