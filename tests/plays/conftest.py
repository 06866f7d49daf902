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


_ALWAYS = {"test_straight_path"}  # of all plays, those that are played so at every run
_SEVERAL = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--processes 3`: each play on PostgreSQL with so many products, of which some are killed."""
    parser.addoption("--processes", type=int, default=1)
    parser.addoption("--kill-seed", type=int, default=1)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", "one_process(reason): a play that is about one process")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who is killed gives no connection back, and nobody shall wonder."""
    for item in items:
        if _crowd(item):
            item.add_marker(pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"))


def _crowd(item: pytest.Item) -> int:
    """By how many processes it is played; 0 for one that is played as any other."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    if "play" not in getattr(item, "fixturenames", ()) or "postgresql" not in params.values():
        return 0
    size: int = item.config.getoption("--processes")
    if size == 1 and item.path.stem in _ALWAYS:
        return _SEVERAL
    return size if size > 1 else 0


@pytest.fixture
async def play(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str
) -> AsyncIterator[Play]:
    """Both messengers are open; `await play.start()` starts the product."""
    with leaping():
        if not (size := _crowd(request.node)):
            async with a_play(tmp_path, database_url) as play:
                yield play
            return
        if alone := request.node.get_closest_marker("one_process"):
            pytest.skip(f"about one process: {alone.args[0]}")
        seed = request.config.getoption("--kill-seed")
        async with opened(Crowd(tmp_path, database_url, size, seed)) as play:
            yield play
