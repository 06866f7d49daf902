"""Whatever may be wrong with a setting is told in the operator's language, and never repeated."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from config.problems import Problem
from config.settings import Settings, SettingsError, load_settings
from config.texts import LANGUAGES, load

ROOT = Path(__file__).parents[2]
SECRET = "s3cr3t"
# What somebody might write in any place, as TOML.
WRITTEN = (
    "true", "-1", "0", "7", "99999999999", "1e400", "0.5", "inf", "nan",
    '""', f'"{SECRET}"', f'"telegram:{SECRET}"', f'"https://{SECRET}:port"', f'"{SECRET}\\u0000"',
    f'"{SECRET * 900}"', "2026-02-03", "2026-02-03T04:05:06", "07:08:09",
    "[]", "[1]", f'["{SECRET}"]', '["vk:1", "vk:1"]', f'[["{SECRET}"]]', '[{ask = 1}]',
    "{}", f'{{{SECRET} = 1}}', f'{{mon = "{SECRET}"}}', f'{{ru = "{SECRET}", de = 1}}',
)  # fmt: skip


def problems(folder: Path, toml: str, **environ: str) -> tuple[Problem, ...]:
    """What is wrong with a file and an environment; nothing if all is right."""
    (folder / "dialead.toml").write_text(toml, encoding="utf-8")
    try:
        load_settings(environ, folder)
    except SettingsError as error:
        return error.problems
    return ()


@pytest.mark.parametrize("path", Settings.leaves(), ids=".".join)
def test_every_mistake_is_named_in_three_languages(tmp_path: Path, path: tuple[str, ...]) -> None:
    name = ".".join(path)
    found = [one for text in WRITTEN for one in problems(tmp_path, f"{name} = {text}")]
    found += problems(tmp_path, "", **{"__".join(path).upper(): SECRET})
    for one in found:
        assert one.key != "setting.wrong", f"no words for what is wrong with {name}"
        told = {one.told(load(language)) for language in LANGUAGES}
        assert len(told) == len(LANGUAGES)
        assert all(_hides_values(words, one) for words in told), told


def test_a_group_that_is_no_table_is_told(tmp_path: Path) -> None:
    for name in {path[:depth] for path in Settings.leaves() for depth in range(1, len(path))}:
        for text in WRITTEN:
            for one in problems(tmp_path, f"{'.'.join(name)} = {text}"):
                assert one.key != "setting.wrong", name
                assert _hides_values(one.told(load("en")), one)


def _hides_values(words: str, problem: Problem) -> bool:
    """A name that was written in place of a setting's is no value."""
    named = SECRET in problem.path
    return named or SECRET not in words.lower()


BROKEN = {
    "settings.toml": b"[team\n",
    "settings.toml_end": b"[team]\nmanagers = [",
    "settings.encoding": "team.chat = 'Привет'".encode("cp1251"),
}


@pytest.mark.parametrize(("key", "body"), BROKEN.items())
def test_a_broken_file_is_told_in_three_languages(tmp_path: Path, key: str, body: bytes) -> None:
    (tmp_path / "dialead.toml").write_bytes(body)
    with pytest.raises(SettingsError) as caught:
        load_settings({}, tmp_path)
    assert [one.key for one in caught.value.problems] == [key]
    told = {caught.value.told(load(language)) for language in LANGUAGES}
    assert len(told) == 3
    assert all("dialead.toml" in words for words in told)


@pytest.mark.parametrize(
    "toml", [f"[{SECRET}]\n[{SECRET}]", f"a = 1\na.{SECRET} = 2", f"= {SECRET}"]
)
def test_what_stands_in_a_broken_file_is_not_repeated(tmp_path: Path, toml: str) -> None:
    (one,) = problems(tmp_path, toml)
    assert SECRET not in one.told(load("en"))


@pytest.mark.parametrize(("name", "key"), [("none.toml", "missing"), ("folder", "unreadable")])
def test_a_named_file_that_is_none_is_told(tmp_path: Path, name: str, key: str) -> None:
    (tmp_path / "folder").mkdir()
    (one,) = problems(tmp_path, "", DIALEAD_CONFIG=name)
    assert one.key == f"settings.{key}"
    assert name in one.told(load("es"))


def test_every_refusal_of_a_value_has_a_text() -> None:
    """A ValueError of our own would reach people in English, or as no words at all."""
    raised = [
        f"{path.name}:{node.lineno}"
        for path in (ROOT / "config").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise) and "ValueError" in ast.dump(node)
    ]
    assert raised == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_as_an_example_is_right(tmp_path: Path, language: str) -> None:
    """Whoever copies it from the words must not be refused again."""
    texts = load(language)
    (shown,) = re.findall(r"\{\w+ = .*\}", texts("setting.sources"))
    (ask,) = re.findall(r"\{ask = .*\}", texts("setting.question"))
    days = re.findall(r"\[.*\]", texts("setting.holidays_json"))[0]
    toml = f"leads.sources = {shown}\nchannels.vk.questions = [{ask}]"
    (tmp_path / "dialead.toml").write_text(toml, encoding="utf-8")
    found = load_settings({"HOURS__HOLIDAYS": days}, tmp_path, connected=False)
    assert len(found.hours.holidays) == len(json.loads(days))
    assert found.leads.sources
    assert found.channels.vk.questions
