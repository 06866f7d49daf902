"""The play on each database, on a loop that leaps over all waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest

from tests.leaping import LeapingLoop, leaping
from tests.plays.crowd import Crowd
from tests.plays.play import Play, a_play, opened


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every play's loop could leap; it does so inside of `leaping()` only."""
    return {"leaping": LeapingLoop}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--processes 3`: each play on PostgreSQL with so many products, of which some are killed."""
    parser.addoption("--processes", type=int, default=1)
    parser.addoption("--kill-seed", type=int, default=1)


@pytest.fixture
async def play(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str
) -> AsyncIterator[Play]:
    """Both messengers are open; `await play.start()` starts the product."""
    size = request.config.getoption("--processes")
    with leaping():
        if size > 1 and not database_url.startswith("sqlite"):
            seed = request.config.getoption("--kill-seed")
            crowd = Crowd(tmp_path, database_url, size, seed)
            async with opened(crowd) as play:
                yield play
            return
        async with a_play(tmp_path, database_url) as play:
            yield play
