"""The play on each database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import schedule
from tests.plays.play import Play, a_play


@pytest.fixture
async def play(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Play]:
    """Both messengers are open; `await play.start()` starts the product."""
    monkeypatch.setattr(schedule, "SECONDS", 0.3)
    async with a_play(tmp_path, database_url) as opened:
        yield opened
