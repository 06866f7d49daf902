"""The README's commands and links stay true."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.lead import Action
from config.settings import load_settings
from config.texts import load

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TRANSLATIONS = ("README.ru.md", "README.es.md")
SET_UP = re.compile(r"^python3 -m venv .*$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
PLACE = re.compile(
    r"`((?:bot|config|handlers|storage|tests|\.ci)/[\w./-]*|main\.py|dialead\.example\.toml)`"
)


def test_there_are_two_commands_for_a_fresh_machine() -> None:
    demo, tests = SET_UP.findall(README)
    assert demo.endswith(".venv/bin/python main.py demo")
    assert tests.endswith(".venv/bin/python -m pytest")
    for command in (demo, tests):
        assert "--require-hashes" in command
        assert all((ROOT / name).is_file() for name in re.findall(r"-r (\S+)", command))


@pytest.mark.parametrize("name", TRANSLATIONS)
def test_translations_have_the_same_first_command(name: str) -> None:
    translated = (ROOT / name).read_text(encoding="utf-8")
    assert SET_UP.findall(translated)[0] == SET_UP.findall(README)[0]


def test_ci_runs_the_readmes_test_command() -> None:
    """The script's own search, on the README as it is."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (search,) = re.findall(r"command=\$\((grep .*)\)", script)
    found = subprocess.run(["bash", "-c", search], cwd=ROOT, capture_output=True, text=True)
    assert found.stdout.splitlines() == [SET_UP.findall(README)[1]]


@pytest.mark.parametrize("name", ["README.md", *TRANSLATIONS])
def test_every_named_file_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = {*LINK.findall(text), *PLACE.findall(text)}
    assert named
    assert sorted(one for one in named if not (ROOT / one).exists()) == []


@pytest.mark.parametrize(
    ("name", "language"), [("README.md", "en"), ("README.ru.md", "ru"), ("README.es.md", "es")]
)
def test_the_pictures_of_the_card_are_there_and_small(name: str, language: str) -> None:
    """`python -m tests.pictures` takes them."""
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    assert f"tests/pictures/cards.{language}.png" in shown
    for picture in shown:
        content = (ROOT / picture).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) <= 150 * 1024


def test_every_command_is_listed() -> None:
    """What `main.py --help` knows stands in the README, and the other way round."""
    code = (
        "import main, typer; print(*sorted(typer.main.get_command(main.app).commands), sep='\\n')"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = re.findall(r"^\| `main\.py (\w+)", README, re.MULTILINE)
    assert sorted(listed) == shown.stdout.split()


@pytest.mark.parametrize("name", ["README.md", *TRANSLATIONS])
def test_the_shown_settings_can_be_used(name: str, tmp_path: Path) -> None:
    shown = re.findall(r"```toml\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.S)
    (tmp_path / "dialead.toml").write_text("\n".join(shown), encoding="utf-8")
    assert load_settings({}, tmp_path).team.chat == "telegram:-1001234567890"


@pytest.mark.parametrize(
    ("name", "language"), [("README.md", "en"), ("README.ru.md", "ru"), ("README.es.md", "es")]
)
def test_every_button_of_the_card_is_explained(name: str, language: str) -> None:
    words = load(language)
    text = (ROOT / name).read_text(encoding="utf-8")
    labels = [words(f"button.{action}") for action in Action]
    assert [label for label in labels if f"| {label} |" not in text] == []
