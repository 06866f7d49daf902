"""The product's clock is moved by a file, and by nothing else that the file may hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock


def _ahead(file: Path) -> timedelta:
    return Clock(file)() - datetime.now(UTC)


def test_the_clock_is_ahead_by_what_its_file_says(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("86400")
    assert round(_ahead(tmp_path / "clock") / timedelta(days=1)) == 1


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "1e12", "-1e12", "1e15", "1e400"])
def test_what_no_calendar_can_hold_moves_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "clock").write_text(text)
    assert round(_ahead(tmp_path / "clock") / timedelta(days=1)) == 0
