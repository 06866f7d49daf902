"""The command line ends with the promised codes, and never with a traceback."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONNECTED = {
    "TELEGRAM__TOKEN": "42:invented",
    "TEAM__CHAT": "telegram:-1001000000001",
}


def commanded(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`main.py` with these arguments and nothing else in the environment."""
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
    )


def test_run_without_settings_says_which_to_set(tmp_path: Path) -> None:
    done = commanded(tmp_path, "run")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "telegram.token (TELEGRAM__TOKEN)" in done.stderr
    assert "run `main.py init`, or set telegram.token (from @BotFather)" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["run", "--fast"], ["demo", "--port", "eighty"], []]
)
def test_wrong_usage_is_told_apart(tmp_path: Path, arguments: list[str]) -> None:
    done = commanded(tmp_path, *arguments)
    assert done.returncode == 2
    assert "Usage" in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["run", "migrate", "check"])
def test_a_setting_that_does_not_exist_is_named(tmp_path: Path, command: str) -> None:
    done = commanded(tmp_path, command, TELEGRAM__TOKN="x", **CONNECTED)
    assert done.returncode == 2
    assert "did you mean telegram.token?" in done.stderr


WRONG_DATABASES = {
    "no folder": ("sqlite:///nowhere/dialead.db", "create it first"),
    "no database": ("sqlite:///text.db", "file is not a database"),
    "no server": ("postgresql://boris:hush@127.0.0.1:1/dialead", "127.0.0.1"),
}


@pytest.mark.parametrize("command", ["run", "migrate"])
@pytest.mark.parametrize(("url", "words"), WRONG_DATABASES.values(), ids=WRONG_DATABASES.keys())
def test_a_wrong_database_is_told_without_a_traceback(
    tmp_path: Path, command: str, url: str, words: str
) -> None:
    (tmp_path / "text.db").write_text("Just some text. " * 100)
    done = commanded(tmp_path, command, DATABASE_URL=url, **CONNECTED)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "hush" not in done.stderr


def test_a_taken_port_is_told_with_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = commanded(tmp_path, "demo", "--no-browser", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"port {port} is taken, try --port ")


def test_migrate_needs_no_messenger(tmp_path: Path) -> None:
    done = commanded(tmp_path, "migrate")
    assert (done.returncode, done.stdout) == (0, "the database is up to date\n")
    assert (tmp_path / "dialead.db").exists()


def test_a_fault_of_ours_is_told_by_its_place(tmp_path: Path) -> None:
    code = (
        "import bot.terminal\n"
        "async def fail():\n"
        "    raise ExceptionGroup('both', [ValueError('Anna: +7 900 000-00-00')])\n"
        "bot.terminal.do(fail())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert "stopped by a fault in the program: ValueError" in done.stderr
    assert "Anna" not in done.stderr


LOGGED = """
import asyncio, logging
from bot.logs import start_logs
start_logs("info", "{form}")
log = logging.getLogger("aiohttp.server")
log.error("Anna wrote: %s", "call me on +7 900 000-00-00")
try:
    raise ValueError("Anna's words")
except ValueError:
    log.exception("token 42:secret in %s", "a request")
logging.getLogger("asyncio").warning("Anna again")
"""


@pytest.mark.parametrize("form", ["json", "pretty"])
def test_what_libraries_log_never_shows_anybodys_words(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOGGED.replace("{form}", form)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stderr.splitlines()
    assert len(lines) == 2, "each entry has one line, and warnings of libraries have none"
    assert all("aiohttp.server" in one for one in lines)
    assert "ValueError at <string>:8" in lines[1]
    for word in ("Anna", "900", "secret", "Traceback"):
        assert word not in done.stderr
    if form == "json":
        entry = json.loads(lines[0])
        assert (entry["event"], entry["level"]) == ("library", logging.getLevelName(40).lower())
