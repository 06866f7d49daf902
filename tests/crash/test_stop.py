"""SIGTERM: the process ends by itself, with code 0, whatever hangs, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import asyncpg

from bot.leading import Held
from bot.product import open_product
from bot.sandbox.telegram import Fault as TelegramFault
from bot.sandbox.vk import Fault as VkFault
from storage.migrate import upgrade_at
from tests.cast import TEAM
from tests.crash.child import ROOT
from tests.crash.reckoning import reckon
from tests.crash.storm import drain, first_start, seeded
from tests.crash.ward import Ward, a_ward
from tests.databases import Cluster
from tests.plays.play import a_play
from tests.postgres import Server

STOPS_WITHIN = 5  # seconds, as promised to the operator
_WHATEVER_HANGS = 10  # seconds, after which systemd would kill it
_BEFORE_IT_LOOKS_AGAIN = 4  # seconds
_HELD_UP = "select count(*) from pg_locks where not granted and mode = 'RowExclusiveLock'"


async def test_sigterm_ends_the_program_while_both_long_polls_block(
    tmp_path: Path, file: str
) -> None:
    async with a_ward(tmp_path, file) as ward:
        main, env = str(ROOT / "main.py"), {**os.environ, **ward.environment()}
        process = await asyncio.create_subprocess_exec(sys.executable, main, "run", env=env)
        try:
            await ward.polled()
            process.terminate()
            assert await asyncio.wait_for(process.wait(), STOPS_WITHIN) == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_sigterm_ends_the_program_while_a_post_to_the_team_hangs(
    tmp_path: Path, file: str
) -> None:
    async with a_ward(tmp_path, file) as ward:
        load = seeded(ward, 1)
        await first_start(ward, load)
        ward.telegram.fail("sendMessage", TelegramFault.HANG, chat=TEAM)
        load.act(10)
        await ward.start()
        await ward.telegram.until(lambda: any(one.fault for one in ward.telegram.calls))
        await _stops(ward)
        await drain(ward, load)
        assert (await reckon(ward, load)).faults == []


async def test_sigterm_ends_the_program_while_a_reply_on_vk_hangs(
    tmp_path: Path, file: str
) -> None:
    async with a_ward(tmp_path, file) as ward:
        load = seeded(ward, 1)
        await first_start(ward, load)
        ward.vk.fail("messages.send", VkFault.HANG)
        for _ in range(10):
            load.answers()
        await ward.start()

        async def hangs() -> bool:
            return any(one.fault for one in ward.vk.calls)

        await ward.until(hangs)
        await _stops(ward)
        await drain(ward, load)
        assert (await reckon(ward, load)).faults == []


async def test_sigterm_in_the_middle_of_a_burst_loses_nothing(tmp_path: Path, file: str) -> None:
    async with a_ward(tmp_path, file) as ward:
        load = seeded(ward, 2)
        await first_start(ward, load)
        load.act(200)
        shown = len(ward.telegram.shown(TEAM))
        await ward.start()
        await ward.telegram.until(lambda: len(ward.telegram.shown(TEAM)) > shown)
        await _stops(ward)
        assert not (await ward.waiting()).nothing
        await drain(ward, load)
        assert (await reckon(ward, load)).faults == []


async def test_sigterm_ends_the_program_while_the_database_holds_up_what_comes_in(
    tmp_path: Path, postgres: Cluster
) -> None:
    url = await postgres.lend()
    async with a_ward(tmp_path, url) as ward:
        load = seeded(ward, 1)
        await first_start(ward, load)
        await ward.start()
        await ward.polled()
        another = await asyncpg.connect(url)
        async with another.transaction():
            await another.execute("lock table inbox in exclusive mode")
            load.act(10)
            while await another.fetchval(_HELD_UP) < 2:  # the handling, and what is taken in
                await asyncio.sleep(0.01)
            await _stops(ward)
        await another.close()
        await drain(ward, load)
        assert (await reckon(ward, load)).faults == []
    await postgres.take_back(url)


async def test_stop_is_heard_while_a_sender_still_recovers(tmp_path: Path, file: str) -> None:
    async with a_play(tmp_path, file) as play, open_product(play.settings()) as product:
        sender = product.duties._sender("telegram", Held(product.database, lambda: True))
        running = asyncio.create_task(sender.run())
        await asyncio.sleep(0)
        assert not running.done()
        sender.stop()
        await asyncio.wait_for(running, _BEFORE_IT_LOOKS_AGAIN)


async def _stops(ward: Ward, within: float = STOPS_WITHIN) -> None:
    ward.terminate()
    assert await asyncio.wait_for(ward.ended(), within) == 0


async def test_sigterm_ends_the_program_while_postgresql_stands_still(
    tmp_path: Path, own_postgres: Server
) -> None:
    await upgrade_at(own_postgres.url)
    async with a_ward(tmp_path, own_postgres.url) as ward:
        await first_start(ward, seeded(ward, 1))
        await ward.start()
        await ward.polled()
        with own_postgres.frozen():
            await _stops(ward, within=_WHATEVER_HANGS)
