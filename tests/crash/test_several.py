"""Several processes on one PostgreSQL: whichever of them dies, another goes on where it was."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cast import ANNA, TEAM
from tests.crash.reckoning import reckon
from tests.crash.runs import Runs
from tests.crash.siege import Crew, a_crew, siege
from tests.crash.storm import seeded
from tests.crash.ward import Ward, a_ward
from tests.databases import Cluster

KILLS = 12


@pytest.fixture
async def ward(tmp_path: Path, postgres: Cluster) -> AsyncIterator[Ward]:
    """Both messengers, on a PostgreSQL database."""
    url = await postgres.lend()
    async with a_ward(tmp_path, url) as opened:
        yield opened
    await postgres.take_back(url)


async def shown(ward: Ward, words: str) -> None:
    def seen() -> bool:
        return any(words in one.text for one in ward.telegram.shown(TEAM))

    await ward.telegram.until(seen, timeout=60)


async def told(crew: Crew, number: int, words: str) -> None:
    async with asyncio.timeout(60):
        while words not in crew.log(number).read_text():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def two_of_which_one_served(ward: Ward) -> AsyncIterator[tuple[Crew, int]]:
    """The two, and which of them showed Anna's first words."""
    ward.telegram.started(ANNA)
    async with a_crew(ward, 2) as crew:
        ward.telegram.write(ANNA, ANNA, "Hello")
        await shown(ward, "Hello")
        yield crew, await crew.leader("telegram")


async def test_three_of_which_any_is_killed_lose_and_double_nothing(ward: Ward) -> None:
    load = seeded(ward, KILLS)
    await siege(ward, load, KILLS, size=3)
    assert (await reckon(ward, load)).faults == []


async def test_when_the_one_that_sends_is_killed_another_sends_and_takes_in(ward: Ward) -> None:
    async with two_of_which_one_served(ward) as (crew, leader):
        await told(crew, 1 - leader, "this one helps with the rest")
        await crew.runs[leader].kill()
        ward.telegram.write(ANNA, ANNA, "Still there?")
        await shown(ward, "Still there?")
        assert await crew.leader("telegram") == 1 - leader
    assert len([one for one in ward.telegram.shown(TEAM) if "Hello" in one.text]) == 1


async def test_when_the_one_that_sends_hangs_another_serves_before_it_goes_on(ward: Ward) -> None:
    """On one machine, too: the kernel still knows the one that hangs by its token."""
    async with two_of_which_one_served(ward) as (crew, leader):
        crew.runs[leader].signal(signal.SIGSTOP)
        try:
            ward.telegram.write(ANNA, ANNA, "Still there?")
            await shown(ward, "Still there?")
        finally:
            crew.runs[leader].signal(signal.SIGCONT)
        await told(crew, leader, "lease_lost")
    assert len([one for one in ward.telegram.shown(TEAM) if "Hello" in one.text]) == 1


async def test_one_that_is_told_to_stop_leaves_at_once_what_it_held(ward: Ward) -> None:
    async with a_crew(ward, 2) as crew:
        leader = await crew.leader("vk")
        crew.runs[leader].terminate()
        assert await asyncio.wait_for(crew.runs[leader].ended(), 5) == 0
        assert [row.id for row in await ward.ask("select id from processes")] != []
        ward.vk.add_user(ANNA, "Anna", "")
        ward.vk.write(ANNA, "Who is there?")
        await shown(ward, "Who is there?")
        assert await crew.leader("vk") == 1 - leader


async def test_a_second_one_with_the_same_token_on_another_database_waits(
    tmp_path: Path, ward: Ward
) -> None:
    other, log = Runs(), tmp_path / "other.log"
    log.touch()
    async with a_crew(ward, 1):
        try:
            calls = len(ward.telegram.calls)
            elsewhere = f"sqlite:///{tmp_path}/other.db"
            await other.run(ward.order(log, DATABASE_URL=elsewhere))
            async with asyncio.timeout(60):
                while "has the token of Telegram" not in log.read_text():
                    await asyncio.sleep(0.01)
            assert not [one for one in ward.telegram.calls[calls:] if one.status == 409]
            await ward.kill()
            ward.telegram.started(ANNA)
            ward.telegram.write(ANNA, ANNA, "And now?")
            await shown(ward, "And now?")
        finally:
            await other.close()
