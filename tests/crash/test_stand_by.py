"""A second product on one SQLite file waits, says so, and takes over however the first ends."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest

from bot.product import open_product
from storage.database import DatabaseUnfit
from tests.cast import ANNA, TEAM
from tests.crash.runs import Runs
from tests.crash.ward import Ward, a_ward
from tests.plays.play import a_play

WORDS = "Another process runs on"


class Run(Runs):
    """One of several products on a ward's servers and database."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self.log = log

    async def told(self, words: str) -> str:
        """The line with these words, once the product has written it."""
        async with asyncio.timeout(60):
            while not (found := [one for one in self._lines() if words in one]):
                assert self.runs, f"it ended without {words!r}"
                await asyncio.sleep(0.01)
        return found[0]

    def _lines(self) -> list[str]:
        return self.log.read_text().split("\n")[:-1]


@asynccontextmanager
async def running(ward: Ward) -> AsyncIterator[Run]:
    """A product of its own, killed at the end if it still runs."""
    run = Run(ward.folder / f"log{next(_numbers)}")
    run.log.touch()
    try:
        await run.run(ward.order(run.log))
        yield run
    finally:
        await run.close()


_numbers = count()


async def idle(ward: Ward) -> None:
    """Wait until all that was done is written down: a kill before that may double a post."""
    async with asyncio.timeout(60):
        while not (await ward.waiting()).nothing:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
async def test_the_second_waits_and_takes_over_however_the_first_ends(
    tmp_path: Path, end: signal.Signals
) -> None:
    async with a_ward(tmp_path, f"sqlite:///{tmp_path}/dialead.db") as ward:
        ward.telegram.started(ANNA)
        async with running(ward) as first:
            await first.told("started")
            await ward.polled()
            ward.begins()
            async with running(ward) as second:
                assert "stand-by" in await second.told(WORDS)
                ward.telegram.write(ANNA, ANNA, "Hello")
                await ward.telegram.until(lambda: ward.telegram.shown(TEAM))
                await idle(ward)
                first.signal(end)
                await first.ended()
                await second.told("started")
                ward.telegram.write(ANNA, ANNA, "Still there?")
                await ward.telegram.until(
                    lambda: [m for m in ward.telegram.shown(TEAM) if "Still there?" in m.text]
                )
        assert len([m for m in ward.telegram.shown(TEAM) if "Hello" in m.text]) == 1


async def test_a_stand_by_stops_at_once_when_told_to(tmp_path: Path) -> None:
    async with a_ward(tmp_path, f"sqlite:///{tmp_path}/dialead.db") as ward, running(ward) as first:
        await first.told("started")
        async with running(ward) as second:
            await second.told(WORDS)
            second.terminate()
            assert await asyncio.wait_for(second.ended(), 5) == 0


async def test_by_whatever_name_the_file_is_called_there_is_one_product(tmp_path: Path) -> None:
    (tmp_path / "other").symlink_to(tmp_path, target_is_directory=True)
    async with a_play(tmp_path, f"sqlite:///{tmp_path}/dialead.db") as play:
        heard: asyncio.Queue[str] = asyncio.Queue()
        other = play.settings(database_url=f"sqlite:///{tmp_path}/other/dialead.db")

        async def stand_by() -> None:
            async with open_product(other, heard.put_nowait):
                heard.put_nowait("took over")

        async with open_product(play.settings()):
            waiting = asyncio.create_task(stand_by())
            assert WORDS in await heard.get()
            assert heard.empty()
        await waiting
        assert heard.get_nowait() == "took over"


async def test_a_lock_that_was_removed_while_somebody_waited_is_not_taken_for_the_lock(
    tmp_path: Path,
) -> None:
    async with a_play(tmp_path, f"sqlite:///{tmp_path}/dialead.db") as play:
        async with open_product(play.settings()):
            pass
        (tmp_path / "dialead.db.lock").unlink()
        heard: list[str] = []
        async with open_product(play.settings(), heard.append):
            assert heard == []


async def test_a_lock_that_cannot_be_made_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "dialead.db.lock").mkdir()
    async with a_play(tmp_path, f"sqlite:///{tmp_path}/dialead.db") as play:
        with pytest.raises(DatabaseUnfit, match=r"database\.not_writable"):
            async with open_product(play.settings()):
                pass
