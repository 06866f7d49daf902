"""The stage runs the product, kills it, starts it again, and moves the clock for all."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox import child
from bot.sandbox.stage import Stage
from tests.sandbox.stage_client import VK_ANNA, Page, TelegramBot, VkBot, open_page

MOSCOW = ZoneInfo("Europe/Moscow")
STAYS = (
    "import os, pathlib, signal; {first}; pathlib.Path(os.environ['MARK']).touch(); signal.pause()"
)
GENTLE = STAYS.format(first="0")
STUBBORN = STAYS.format(first="signal.signal(signal.SIGTERM, signal.SIG_IGN)")


async def run(stage: Stage, code: str, mark: Path) -> None:
    """Run a program and wait until it has touched its mark."""
    await stage.run([sys.executable, "-c", code], {"MARK": str(mark)})
    async with asyncio.timeout(10):
        while not mark.exists():
            await asyncio.sleep(0)


def product(page: Page) -> tuple[str, int | None]:
    return page.head["product"]["condition"], page.head["product"]["code"]


async def test_the_page_sees_the_product_run_die_and_come_back(
    stage: Stage, page: Page, telegram: TelegramBot, vk: VkBot, tmp_path: Path
) -> None:
    assert product(page) == ("absent", None)
    await run(stage, GENTLE, tmp_path / "mark")
    await page.until(lambda: product(page) == ("starting", None))
    await telegram.call("getUpdates")
    await vk.poll()
    await page.until(lambda: product(page) == ("running", None))
    await page.do(do="kill")
    await page.until(lambda: product(page) == ("stopped", -signal.SIGKILL))
    await page.do(do="restart")
    await page.until(lambda: product(page) == ("starting", None))
    await vk.poll()
    await telegram.call("getUpdates")
    await page.until(lambda: product(page) == ("running", None))


async def test_nobody_can_write_before_both_messengers_have_heard_the_product_once(
    stage: Stage, page: Page, telegram: TelegramBot, vk: VkBot, tmp_path: Path
) -> None:
    await run(stage, GENTLE, tmp_path / "mark")
    assert (await page.write(VK_ANNA, VK_ANNA, "Hello?"))["error"] == "early"
    await telegram.call("getUpdates")
    assert (await page.write(VK_ANNA, VK_ANNA, "Hello?"))["error"] == "early"
    since = await vk.poll()
    assert "error" not in await page.write(VK_ANNA, VK_ANNA, "Hello!")
    (event,) = stage.vk.community.events.since(since)
    assert event["object"]["message"]["text"] == "Hello!"
    await page.do(do="kill")
    assert "error" not in await page.write(VK_ANNA, VK_ANNA, "Still there?")


async def test_a_product_that_never_listened_is_not_waited_for_once_it_has_ended(
    stage: Stage,
) -> None:
    await stage.run([sys.executable, "-c", "raise SystemExit(2)"], {})
    await asyncio.wait_for(stage.settled(), 10)
    assert stage._scene.head()["product"] == {"condition": "stopped", "code": 2}


async def test_a_product_that_ends_by_itself_is_shown_with_its_code(
    stage: Stage, page: Page
) -> None:
    await stage.run([sys.executable, "-c", "raise SystemExit(2)"], {})
    await page.until(lambda: product(page) == ("stopped", 2))


async def test_a_program_that_is_not_there_is_an_error(stage: Stage) -> None:
    with pytest.raises(FileNotFoundError):
        await stage.run(["/no/such/program"], {})


async def test_the_end_of_the_stage_ends_the_product_gently(tmp_path: Path) -> None:
    stage = Stage("en", 0)
    await stage.start()
    async with open_page(stage) as page:
        await run(stage, GENTLE, tmp_path / "mark")
        stopping = asyncio.create_task(stage._scene.child.stop())
        await page.until(lambda: product(page) == ("stopped", -signal.SIGTERM))
        await stopping
    await stage.stop()


async def test_a_product_deaf_to_the_end_is_killed(
    stage: Stage, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "PATIENCE", 0.05)
    await run(stage, STUBBORN, tmp_path / "mark")
    await page.do(do="restart")
    await page.until(lambda: product(page)[0] == "starting")


async def test_moving_the_clock_moves_both_messengers_and_the_file(
    stage: Stage, page: Page
) -> None:
    before = datetime.now(MOSCOW)
    await page.do(do="clock", seconds=300)
    await page.do(do="clock", seconds=3600)
    await page.until(lambda: page.head["ahead"] == 3900)
    assert float(stage.clock_file.read_text()) == 3900
    for clock in (stage.telegram.world.clock, stage.vk.community.clock):
        assert 3900 <= clock() - before.timestamp() < 3960


async def test_morning_comes_at_nine_of_the_teams_day(stage: Stage, page: Page) -> None:
    await page.do(do="morning")
    first = datetime.fromtimestamp(stage.telegram.world.clock(), MOSCOW)
    await page.do(do="morning")
    second = datetime.fromtimestamp(stage.telegram.world.clock(), MOSCOW)
    assert (first.hour, first.minute) == (second.hour, second.minute) == (9, 0)
    assert (second.date() - first.date()).days == 1
