"""The README's commands and links stay true."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import pytest

from bot.domain.lead import Action
from config.settings import load_settings
from config.texts import load

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TRANSLATIONS = ("README.ru.md", "README.es.md")
SET_UP = re.compile(r"^python3 -m venv .*$", re.MULTILINE)
ANCHOR = re.compile(r"\]\(([\w.]*)#([^)]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
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
def test_the_pictures_are_there_and_small(name: str, language: str) -> None:
    """`python -m tests.pictures` takes those of the card, `….setup` draws the others."""
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    for sheet in ("cards", "setup.telegram", "setup.vk"):
        assert f"tests/pictures/{sheet}.{language}.png" in shown
    for picture in shown:
        content = (ROOT / picture).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) <= 150 * 1024


@pytest.mark.parametrize("name", ["README.md", *TRANSLATIONS])
def test_every_place_that_is_pointed_to_is_there(name: str) -> None:
    """In the same README or another one."""
    text = (ROOT / name).read_text(encoding="utf-8")
    pointed = {(file or name, place) for file, place in ANCHOR.findall(text)}
    assert sorted(one for one in pointed if one[1] not in _places(one[0])) == []


def _places(name: str) -> set[str]:
    """The anchors of headings: in small letters, spaces as hyphens, without other signs."""
    headings = HEADING.findall((ROOT / name).read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


QUOTED = {"en": "“([^”]+)”", "ru": "«([^»]+)»", "es": "«([^»]+)»"}
TROUBLE = {"en": "Troubleshooting", "ru": "Если что-то не так", "es": "Si algo falla"}


@pytest.mark.parametrize(
    ("name", "language"), [("README.md", "en"), ("README.ru.md", "ru"), ("README.es.md", "es")]
)
def test_what_the_table_of_troubles_quotes_is_what_the_product_says(
    name: str, language: str
) -> None:
    """Words in quotes stand in the texts or the code, `…` for what varies; log events in code."""
    text = (ROOT / name).read_text(encoding="utf-8")
    section = text.partition(f"## {TROUBLE[language]}\n")[2].partition("\n## ")[0]
    told = _told(language)
    code = "\n".join(
        one.read_text(encoding="utf-8")
        for room in ("bot", "config", "storage")
        for one in (ROOT / room).rglob("*.py")
    )
    quoted = re.findall(QUOTED[language], section)
    assert len(quoted) > 20
    assert [one for one in quoted if not _said(one, [*told, code])] == []
    events = set(re.findall(r"`([a-z]+_[a-z_]+)`", section)) - {"stand_by"}
    assert [one for one in events if f'"{one}"' not in code] == []


def _told(language: str) -> list[str]:
    """Every text of the product in a language, as it stands in its catalogue."""
    raw = (ROOT / "config" / "texts" / f"{language}.po").read_text(encoding="utf-8")
    found = re.findall(r'^msgstr(?:\[\d\])? ((?:".*"\n?)+)', raw, re.MULTILINE)
    return [re.sub(r'"\n"', "", one).replace('\\"', '"') for one in found]


def _said(words: str, told: list[str]) -> bool:
    """Whether one text has all of it, in this order; what varies may be quoted as … ."""
    pattern = re.compile(
        r"[^\n]*?".join(re.escape(one.strip()) for one in words.split("…") if one.strip())
    )
    return any(pattern.search(one) for one in told)


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
    (tmp_path / "dialead.toml").write_text(_one_file(shown), encoding="utf-8")
    settings = load_settings({}, tmp_path)
    assert settings.team.chat == "telegram:-1001234567890"
    assert settings.database_url.startswith("postgresql://")
    assert (settings.telegram.mode, settings.vk.mode) == ("webhook", "callback")


def _one_file(shown: list[str]) -> str:
    """What is shown, put where the README says: into the table that is there, or above all."""
    tables: dict[str, list[str]] = {"": []}
    for number, block in enumerate(shown):
        header = ""
        for place, line in enumerate(block.splitlines()):
            if line.startswith("["):
                header = line.partition("#")[0].strip()
                header += f" # {number}.{place}" if header.startswith("[[") else ""
                tables.setdefault(header, [])
            else:
                tables[header].append(line)
    return "\n".join(line for header, lines in tables.items() for line in (header, *lines))


OTHER_BUTTONS = (
    *("more", "ban", "unban", "merge", "differ", "split", "next"),
    *("repeat", "send", "inside", "answer", "to_customer"),
)


@pytest.mark.parametrize(
    ("name", "language"), [("README.md", "en"), ("README.ru.md", "ru"), ("README.es.md", "es")]
)
def test_every_button_is_explained(name: str, language: str) -> None:
    words = load(language)
    text = (ROOT / name).read_text(encoding="utf-8")
    rows = " ".join(re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)).replace(",", " ")
    labels = [words(f"button.{one}") for one in (*Action, *OTHER_BUTTONS)]
    assert [label for label in labels if label not in rows and f"**{label}**" not in text] == []


@pytest.mark.parametrize(
    ("name", "language"), [("README.md", "en"), ("README.ru.md", "ru"), ("README.es.md", "es")]
)
def test_the_chats_commands_are_those_of_its_help(name: str, language: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    rows = "\n".join(re.findall(r"^\| (`/[^|]+) \|", text, re.MULTILINE))
    helped = re.findall(r"^/.*?(?= — )", load(language)("help.team"), re.MULTILINE)
    known = re.findall(r"/([a-z]+)", "\n".join(helped))
    assert set(re.findall(r"/([a-z]+)", rows)) == set(known)


FREE = re.compile(
    r"\b(?:MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense)\b|^certifi: MPL"
)


def test_the_licences_of_what_is_shipped_are_as_told() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    told = []
    for name in re.findall(r"^([a-z0-9.-]+)==", lock, re.MULTILINE):
        with suppress(metadata.PackageNotFoundError):  # it is for another system
            found = metadata.metadata(name)
            fields = ("License-Expression", "License", "Classifier")
            terms = [one[:60] for field in fields for one in found.get_all(field) or []]
            told.append(f"{name}: {'; '.join(terms)}")
    assert len(told) > 40
    assert [one for one in told if not FREE.search(one)] == []
