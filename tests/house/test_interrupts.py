"""Ctrl-C is heard at once while a command still imports, and ends its work in order afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from bot.interrupts import end_imports
from bot.terminal import do
from tests.house.test_command_line import CONNECTED, ROOT

# In place of a package: Ctrl-C where Python swallows what it raises.
PRESSED = """
import os, signal
class Dropped:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
Dropped()
print("went on", flush=True)
"""


def imported(folder: Path, package: str, *words: str) -> subprocess.CompletedProcess[str]:
    """What comes of a command while whose import of this package Ctrl-C is pressed."""
    (folder / package).mkdir()
    (folder / package / "__init__.py").write_text(PRESSED)
    return subprocess.run(
        [*words, sys.executable, str(ROOT / "main.py"), "check"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), **CONNECTED},
        capture_output=True,
        text=True,
    )


# The first that main.py itself needs, what a command and then its loop need, a channel.
@pytest.mark.parametrize("package", ["typer", "pydantic", "uvloop", "sqlalchemy", "aiogram"])
def test_ctrl_c_during_an_import_ends_the_command_at_once(tmp_path: Path, package: str) -> None:
    done = imported(tmp_path, package)
    assert (done.returncode, done.stderr) == (130, "")
    assert "went on" not in done.stdout


def test_ctrl_c_that_is_ignored_stays_so(tmp_path: Path) -> None:
    done = imported(tmp_path, "aiogram", "sh", "-c", "trap '' INT; exec \"$@\"", "sh")
    assert done.returncode == 1
    assert "went on" in done.stdout


def test_ctrl_c_ends_the_work_of_a_command_in_order() -> None:
    ended = []

    async def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # it can still wait for something
            ended.append("in order")
            raise

    for _ in range(2):
        end_imports()  # as main.py does
        with pytest.raises(typer.Exit) as caught:
            do(work())
        assert caught.value.exit_code == 130
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert ended == ["in order"] * 2
