"""The play on each database, on a loop that leaps over all waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from zlib import crc32

import pytest

from tests.leaping import LeapingLoop, leaping
from tests.plays.crowd import Crowd
from tests.plays.play import Play, a_play, opened


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every play's loop could leap; it does so inside of `leaping()` only."""
    return {"leaping": LeapingLoop}


_ALWAYS = {"test_straight_path"}  # of all plays, those that are played so at every run
_SEVERAL = 3
_TURNS = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--processes 3`: each play on PostgreSQL with so many products, of which some are killed."""
    parser.addoption("--processes", type=int, default=1)
    parser.addoption("--kill-seed", type=int, default=1)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", "one_process(reason): a play that is about one process")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Plays take turns at the databases when all there is to test is tested.

    Each is played on both with `--both`, and when a folder, a module or words are named.
    """
    for item in items:
        if _crowd(item):  # who is killed gives no connection back, and nobody shall wonder
            item.add_marker(pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"))
    named = config.args != config.getini("testpaths") or config.getoption("keyword")
    if named or config.getoption("--both"):
        return
    played: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        played[bool(_crowd(item)) or _has_its_turn(item)].append(item)
    config.hook.pytest_deselected(items=played[False])
    items[:] = played[True]


def _has_its_turn(item: pytest.Item) -> bool:
    """False for a play on one of two databases of which the other one has the turn."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    own = any("database_url" in mark.args[0] for mark in item.iter_markers("parametrize"))
    if item.path.parent != Path(__file__).parent or own or "database_url" not in params:
        return True
    kind: str = params["database_url"]
    play = item.nodeid.replace(kind, "")
    return kind == _TURNS[crc32(play.encode()) % len(_TURNS)]


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
