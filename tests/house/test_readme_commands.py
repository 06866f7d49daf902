"""What the README tells people to type is typed here: as it stands there, in one folder, in order.

Whatever stands in a `sh` block, in the table of commands or after `python -m` is either run
here or named in NOT_RUN with the reason; a new line that is neither fails.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import pytest
import typer

import main as command_line
from bot.operations.importing import read_clients
from tests.house.machine import PYTHON, Machine, a_machine
from tests.operations.sitting import PATIENCE

ROOT = Path(__file__).parents[2]
READMES = {"en": "README.md", "ru": "README.ru.md", "es": "README.es.md"}
TEXTS = {language: (ROOT / name).read_text(encoding="utf-8") for language, name in READMES.items()}
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `main\.py (\w+)([^`]*)`", re.MULTILINE)
MODULE = re.compile(r"python -m (tests[\w.]*)([^`\n]*)")

NOT_RUN = {
    "python3 -m venv .venv": "fetches libraries, as .ci/run does; test_readme.py reads both lines",
    ".venv/bin/python -m pip install": "fetches libraries, as .ci/run does",
    "chown dialead:": "no such user is on the machine on which tests run",
    "mkdir settings": "it is for Docker, which tests do not have",
    "docker ": "tests do not have it",
    "sudo -u postgres ": "the PostgreSQL of the tests is their own, with no such user",
    ".venv/bin/python -m venv .audit": "asks a service on the internet about the libraries",
    "git pull": "there is nothing newer to fetch",
    "systemctl ": "no systemd manages the machine on which tests run",
    f"{PYTHON}demo": "tests/sandbox/test_stage_announcing.py starts it, tests/browser/ plays it",
    f"{PYTHON}init": "tests/operations/test_init.py plays it to the end and stops it halfway",
    "read -rsp ": "waits for somebody to type",
    "sudo --preserve-env=DIALEAD_COPY_TO ": "wants a PostgreSQL: tests/plays/test_copy.py has one",
    f"{PYTHON}copy": "wants a PostgreSQL: tests/plays/test_copy.py runs it on one",
    f"{PYTHON}worker": "wants a PostgreSQL: tests/crash/test_several.py runs one there",
    f"{PYTHON}dead": "tests/operations/test_dead.py types it",
    f"{PYTHON}report": "tests/reports/test_command.py types it",
    "python -m tests.plays.contents": "tests/house/test_contents_table.py compares what it prints",
}
"""The beginnings of what cannot run here, or runs elsewhere, and why."""

AS_ITS_USER = "sudo -u dialead "

TYPED = (PYTHON, "cp ", "rm -f dialead.db")
"""What may be typed on the machine of whoever runs the tests."""


def blocks(language: str, kind: str) -> list[str]:
    """The content of every fenced block of a kind."""
    return [found for name, found in BLOCK.findall(TEXTS[language]) if name == kind]


def typed(language: str) -> list[str]:
    """Every line of the README's `sh` blocks, once, in order, by whoever runs the tests."""
    lines = [line for block in blocks(language, "sh") for line in block.splitlines()]
    return list(dict.fromkeys(line.removeprefix(AS_ITS_USER) for line in lines if line.strip()))


def runs(lines: Iterable[str]) -> Iterator[str]:
    """Those that are not named in NOT_RUN."""
    return (line for line in lines if not line.startswith(tuple(NOT_RUN)))


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    """As the README has it set up by hand; only the tokens and the chat are the sandbox's."""
    async with a_machine(tmp_path, blocks("en", "toml")[0]) as set_up:
        yield set_up


def test_every_line_is_typed_or_named_with_its_reason() -> None:
    assert [line for line in runs(typed("en")) if not line.startswith(TYPED)] == []


async def test_every_line_can_be_typed_in_the_order_of_the_readme(machine: Machine) -> None:
    """The blocks, then the list of clients."""
    for line in runs(typed("en")):
        if line.startswith(TYPED):
            await machine.types(line)
    (machine.folder / "clients.csv").write_text(blocks("en", "csv")[0], encoding="utf-8")
    await machine.types(f"{PYTHON}import clients.csv --yes")
    table = {name for name, _ in ROW.findall(TEXTS["en"])}
    assert {name for name in table - machine.ran if [*runs([f"{PYTHON}{name}"])]} == set()


@pytest.mark.parametrize("language", READMES)
def test_the_shown_list_of_clients_has_no_fault(language: str, tmp_path: Path) -> None:
    (shown,) = blocks(language, "csv")
    file = tmp_path / "clients.csv"
    file.write_text(shown, encoding="utf-8")
    sheet = read_clients(file, language, "ES")
    assert len(sheet.clients) == 2
    assert sheet.faults == []


@pytest.mark.parametrize("language", ["ru", "es"])
def test_translations_let_one_type_nothing_else(language: str) -> None:
    assert [line for line in typed(language) if line not in typed("en")] == []
    assert [name for name, _ in ROW.findall(TEXTS[language])] == [
        name for name, _ in ROW.findall(TEXTS["en"])
    ]


@pytest.mark.parametrize("language", READMES)
def test_the_table_has_every_option_and_no_other(language: str) -> None:
    """`main.py COMMAND --help` and the table of commands, in each language."""
    known = typer.main.get_command(command_line.app).commands  # type: ignore[attr-defined]
    for name, words in ROW.findall(TEXTS[language]):
        shown = set(re.findall(r"--[a-z-]+", words))
        options = [
            {*one.opts, *one.secondary_opts} & shown
            for one in known[name].params
            if one.param_type_name == "option"
        ]
        assert all(options), f"{name}: an option is not told"
        assert set().union(*options) == shown, f"{name}: an option does not exist"


@pytest.mark.parametrize("language", READMES)
def test_every_block_is_of_a_kind_that_is_tried(language: str) -> None:
    """`toml` by test_readme.py; a drawing promises nothing, nginx is not ours."""
    kinds = {kind for kind, _ in BLOCK.findall(TEXTS[language])}
    assert kinds - {"sh", "toml", "csv", "ini", "nginx", "mermaid", ""} == set()


def test_what_is_not_run_still_stands_there() -> None:
    lines = [*typed("en"), *(f"{PYTHON}{name}" for name, _ in ROW.findall(TEXTS["en"]))]
    lines += [f"python -m {module}" for module, _ in MODULE.findall(TEXTS["en"])]
    assert [one for one in NOT_RUN if not any(line.startswith(one) for line in lines)] == []


@pytest.mark.parametrize("language", READMES)
def test_systemd_understands_the_unit(language: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze on this machine")
    (unit,) = blocks(language, "ini")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    file = tmp_path / "dialead.service"
    file.write_text(unit.replace("/opt/dialead", str(tmp_path)), encoding="utf-8")
    verify = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(file)]
    done = subprocess.run(verify, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")


HELPED = """
import runpy, sys
for module in sys.argv[1:]:
    print("\\0", module, sep="")
    sys.argv = [module, "--help"]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        assert not end.code, module
"""


def test_every_module_of_the_figures_is_there_and_knows_its_options() -> None:
    """One process asks all of them for help; those without options simply run."""
    asked = [
        (module, re.findall(r"--[a-z-]+", words))
        for text in TEXTS.values()
        for module, words in MODULE.findall(text)
        if [*runs([f"python -m {module}"])]
    ]
    assert asked
    modules = sorted({module for module, _ in asked})
    done = subprocess.run(
        [sys.executable, "-c", HELPED, *modules],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    told = dict(one.split("\n", 1) for one in done.stdout.split("\0")[1:])
    for module, options in asked:
        assert [one for one in options if one not in told[module]] == [], module


def test_the_code_that_is_shown_in_a_line_runs() -> None:
    for code in re.findall(r'`\.venv/bin/python -c "([^"`]+)"`', TEXTS["en"]):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout
