"""The sandbox listens on this machine only, and is no part of `run`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOADED = """
import sys
import main, bot.product, bot.channels.telegram, bot.channels.vk, bot.web.serving
import bot.operations.check, bot.operations.init
print([name for name in sys.modules if name.startswith(("bot.sandbox", "bot.demo"))])
"""


def test_what_run_loads_has_no_sandbox_in_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_everything_the_sandbox_opens_is_on_127_0_0_1() -> None:
    """By the addresses the kernel tells, whatever the servers say of themselves."""
    code = (
        "import asyncio, os\n"
        "from bot.sandbox.stage import Stage\n"
        "async def main():\n"
        "    stage = Stage('en', 0)\n"
        "    await stage.start()\n"
        "    mine = {os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')\n"
        "            if os.path.lexists(f'/proc/self/fd/{n}')}\n"
        "    for file in ('tcp', 'tcp6'):\n"
        "        for line in open(f'/proc/net/{file}').readlines()[1:]:\n"
        "            words = line.split()\n"
        "            if words[3] == '0A' and f'socket:[{words[9]}]' in mine:\n"
        "                print(words[1].partition(':')[0])\n"
        "    await stage.stop()\n"
        "asyncio.run(main())\n"
    )
    if not Path("/proc/net/tcp").exists():
        pytest.skip("only Linux tells who listens where")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0100007F"] * 3
