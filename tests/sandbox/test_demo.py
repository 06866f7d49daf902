"""The demo as its owner sees it: who is of the team, and what is left over when it is killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import main
from bot.demo import settings_for
from bot.sandbox.stage import Stage
from config.settings import load_settings

PATIENCE = 60  # seconds after which a product that lives on is a fault; it ends much sooner
DEMO = [sys.executable, str(Path(main.__file__)), "demo", "--no-browser", "--port", "0"]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`main.py demo` with all that it starts, of which nothing is left over."""
    process = subprocess.Popen(
        [*DEMO, "--language", "en"],
        env={**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        yield process
        if _group_lives(process.pid):
            os.killpg(process.pid, signal.SIGKILL)


def test_the_product_ends_with_a_demo_that_bears_kill_9(demo: subprocess.Popen[str]) -> None:
    assert demo.stdout is not None
    said = iter(demo.stdout.readline, "")
    assert any("http://127.0.0.1:" in line for line in said), "the product runs by then"
    demo.kill()
    demo.communicate(timeout=PATIENCE)  # whoever inherited the demo's output holds it open


def test_a_request_that_is_none_shows_no_traceback(demo: subprocess.Popen[str]) -> None:
    assert demo.stdout is not None
    said = iter(demo.stdout.readline, "")
    port = next(found[1] for line in said if (found := re.search(r"127\.0\.0\.1:(\d+)", line)))
    with socket.create_connection(("127.0.0.1", int(port))) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert b" 400 " in visitor.recv(1000)
    demo.send_signal(signal.SIGINT)
    rest, _ = demo.communicate(timeout=PATIENCE)
    assert "BadHttpMessage" in rest
    assert "Traceback" not in rest


def test_the_team_is_known_before_anybody_acts(stage: Stage, tmp_path: Path) -> None:
    settings = load_settings(settings_for(stage, "en", str(tmp_path)), tmp_path)
    team = next(phone for phone in stage.cast.phones if phone.id == "team")
    known = {*settings.team.managers, *settings.team.supervisors}
    assert known == {seat.account for seat in team.seats}


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
