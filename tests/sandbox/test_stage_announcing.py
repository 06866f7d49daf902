"""The demo tells its address once the messengers hear the product, and ends when it is asked to."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.demo import run_demo
from config.texts import load

PRODUCT = """
import json, os, pathlib, signal, urllib.request

def ask(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)

here, env = pathlib.Path(__file__).parent, os.environ
(here / "up").touch()
(here / "go").read_text()
ask(f"{env['TELEGRAM__API_URL']}/bot{env['TELEGRAM__TOKEN']}/getUpdates")
told = f"access_token={env['VK__TOKEN']}&v=5.199&group_id={env['VK__GROUP_ID']}"
found = ask(f"{env['VK__API_URL']}/method/groups.getLongPollServer?{told}")["response"]
ask(f"{found['server']}?act=a_check&key={found['key']}&ts={found['ts']}&wait=0")
signal.pause()
"""


@pytest.fixture(autouse=True)
def _hearing() -> Iterator[None]:
    """Whoever runs the tests may have had us pass over the end of the terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


async def test_the_address_is_told_once_the_product_listens(tmp_path: Path) -> None:
    said, demo = begin(tmp_path)
    await until((tmp_path / "up").exists)
    assert said == ["Starting…"]
    (tmp_path / "go").write_text("")
    await until(lambda: said[1:])
    assert said[1].startswith("The Dialead demo is running at http://127.0.0.1:")
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.wait_for(demo, 10)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_demo_that_is_still_starting_can_be_ended(
    tmp_path: Path, number: signal.Signals
) -> None:
    said, demo = begin(tmp_path)
    await until((tmp_path / "up").exists)
    os.kill(os.getpid(), number)
    await asyncio.wait_for(demo, 10)
    assert said == ["Starting…", "Stopping…"]


async def test_a_closed_terminal_ends_the_demo_though_nobody_can_be_told(tmp_path: Path) -> None:
    _, demo = begin(tmp_path, lost="Stopping…")
    await until((tmp_path / "up").exists)
    os.kill(os.getpid(), signal.SIGHUP)
    await asyncio.wait_for(demo, 10)


def begin(folder: Path, lost: str = "") -> tuple[list[str], asyncio.Task[None]]:
    """The demo of a product that listens once it may: what is said, and what ends with it.

    `lost` are words at which the terminal is gone.
    """
    said: list[str] = []

    def say(words: str) -> None:
        if words == lost:
            raise OSError(errno.EIO, "Input/output error")
        said.append(words)

    os.mkfifo(folder / "go")
    main = folder / "main.py"
    main.write_text(PRODUCT)
    demo = run_demo(main, 0, "ru", load("en"), browser=False, say=say)
    return said, asyncio.create_task(demo)


async def until(look: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not look():
            await asyncio.sleep(0)
