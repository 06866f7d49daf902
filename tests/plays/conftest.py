"""The play on each database, on a loop that leaps over all waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest

from tests.leaping import LeapingLoop, leaping
from tests.plays.play import Play, a_play


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every play's loop could leap; it does so inside of `leaping()` only."""
    return {"leaping": LeapingLoop}


@pytest.fixture
async def play(tmp_path: Path, database_url: str) -> AsyncIterator[Play]:
    """Both messengers are open; `await play.start()` starts the product."""
    with leaping():
        async with a_play(tmp_path, database_url) as opened:
            yield opened
