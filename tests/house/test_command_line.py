"""The command line ends with the promised codes, and never with a traceback."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from main import app

ROOT = Path(__file__).parents[2]
CONNECTED = {
    "TELEGRAM__TOKEN": "42:invented",
    "TEAM__CHAT": "telegram:-1001000000001",
}

Command = Callable[..., Result]


def commanded(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`main.py` with these arguments and nothing else in the environment, in English."""
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "TEAM__LANGUAGE": "en", **environ},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The same within this process, in an empty folder; in Russian unless told otherwise."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.logs.start_logs", lambda *_: None)
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "DIALEAD_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments, **environ: CliRunner().invoke(app, arguments, env=environ)


def test_a_process_ends_with_the_code_and_the_words(tmp_path: Path) -> None:
    done = commanded(tmp_path, "run")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "telegram.token (TELEGRAM__TOKEN)" in done.stderr
    assert "run `main.py init`, or set telegram.token (from @BotFather)" in done.stderr


FIRST_WORDS = {
    "ru": "не подключён ни один мессенджер",
    "en": "no messenger is connected",
    "es": "no hay ningún servicio de mensajería conectado",
}


@pytest.mark.parametrize(("language", "words"), FIRST_WORDS.items())
def test_run_without_settings_says_which_to_set_in_the_machines_language(
    command: Command, language: str, words: str
) -> None:
    done = command("run", LANG=f"{language}_XX.UTF-8")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"telegram.token (TELEGRAM__TOKEN): {words}; ")


def test_a_broken_file_is_told_in_the_language_that_it_names(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "dialead.toml").write_text("[team]\nlanguage = 'es'\nchat = 'telegram:")
    done = command("check", LANG="en_US.UTF-8")
    assert done.exit_code == 2
    assert done.stderr.startswith("dialead.toml no es TOML válido")


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["run", "--fast"], ["demo", "--port", "eighty"], []]
)
def test_wrong_usage_is_told_apart(command: Command, arguments: list[str]) -> None:
    done = command(*arguments)
    assert done.exit_code == 2
    assert "Usage" in done.output


@pytest.mark.parametrize("name", ["demo", "init"])
def test_a_language_that_there_is_not_is_wrong_usage(command: Command, name: str) -> None:
    done = command(name, "--language", "klingon")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "--language: выберите из ru, en, es\n"


@pytest.mark.parametrize("name", ["run", "migrate", "check"])
def test_a_setting_that_does_not_exist_is_named(command: Command, name: str) -> None:
    done = command(name, TELEGRAM__TOKN="x", TEAM__LANGUAGE="en", **CONNECTED)
    assert done.exit_code == 2
    assert "did you mean telegram.token?" in done.stderr


WRONG_DATABASES = {
    "no folder": ("sqlite:///nowhere/dialead.db", "nowhere does not exist — create it"),
    "no database": ("sqlite:///text.db", "file is not a database"),
    "no server": (
        "postgresql://boris:hush@127.0.0.1:1/dialead",
        "The database does not answer (127.0.0.1:1: Connection refused)",
    ),
    "no such server": (
        "postgresql://boris:hush@nowhere.invalid/dialead",
        "The database does not answer (nowhere.invalid:5432: ",
    ),
}


@pytest.mark.parametrize("name", ["run", "migrate"])
@pytest.mark.parametrize(("url", "words"), WRONG_DATABASES.values(), ids=WRONG_DATABASES.keys())
def test_a_wrong_database_is_told_without_a_traceback(
    command: Command, tmp_path: Path, name: str, url: str, words: str
) -> None:
    (tmp_path / "text.db").write_text("Just some text. " * 100)
    done = command(name, DATABASE_URL=url, TEAM__LANGUAGE="en", **CONNECTED)
    assert done.exit_code == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "hush" not in done.stderr


def test_a_taken_port_is_told_with_another(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("demo", "--no-browser", "--port", str(port), "--language", "en")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Port {port} is taken, try --port ")


def test_migrate_needs_no_messenger(command: Command, tmp_path: Path) -> None:
    done = command("migrate", LANG="es_ES.UTF-8")
    assert (done.exit_code, done.stdout) == (0, "La base de datos está al día\n")
    assert (tmp_path / "dialead.db").exists()


WITHOUT_A_DATABASE = [
    ("backup", "copy.db"),
    ("copy", "--to", "postgresql://h/d"),
    ("dead",),
    ("report", "leads", "--output", "leads.txt"),
]


@pytest.mark.parametrize("words", WITHOUT_A_DATABASE, ids=lambda words: words[0])
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ru", "Базы данных dialead.db ещё нет"),
        ("en", "There is no database dialead.db yet"),
        ("es", "Todavía no existe la base de datos dialead.db"),
    ],
)
def test_what_needs_a_database_says_so_in_the_operators_language(
    command: Command, tmp_path: Path, words: tuple[str, ...], language: str, told: str
) -> None:
    done = command(*words, TEAM__LANGUAGE=language)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.strip().startswith(told)  # below where a progress bar was
    assert list(tmp_path.iterdir()) == []


def test_a_list_that_is_not_there_is_told_in_the_operators_language(command: Command) -> None:
    done = command("import", "clients.csv", TEAM__LANGUAGE="es")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "clients.csv" in done.stderr


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ru", "Назовите отчёт. Есть: digest, "),
        ("en", "Say which report. There are: digest, "),
        ("es", "Diga qué informe. Hay: digest, "),
    ],
)
def test_a_report_without_a_name_is_answered_with_their_list(
    command: Command, language: str, told: str
) -> None:
    done = command("report", TEAM__LANGUAGE=language)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(told)


def test_a_report_that_cannot_be_written_is_told(command: Command, tmp_path: Path) -> None:
    done = command("report", "digest", "--output", "nowhere/digest.txt", TEAM__LANGUAGE="en")
    assert done.exit_code == 1
    assert done.stderr.startswith("nowhere/digest.txt cannot be written (")
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_ours_is_told_by_its_place(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ExceptionGroup("both", [ValueError("Anna: +7 900 000-00-00")])

    monkeypatch.setattr("storage.migrate.upgrade_at", fail)
    done = command("migrate", TEAM__LANGUAGE="en")
    assert done.exit_code == 1
    assert done.stderr.startswith("Stopped by a fault in the program: ValueError")
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
    for word in ("Anna", "+7 900", "secret", "Traceback"):
        assert word not in done.stderr
    if form == "json":
        entry = json.loads(lines[0])
        assert (entry["event"], entry["level"]) == ("library", logging.getLevelName(40).lower())
