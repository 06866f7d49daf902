"""The operator is spoken to in the team's language, as far as it is told, else in the system's."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.language import operators_language
from config.texts import LANGUAGES

TOLD = [
    ({}, "", "ru"),
    ({"LANG": "es_ES.UTF-8"}, "", "es"),
    ({"LANG": "de_DE.UTF-8"}, "", "ru"),
    ({"LANG": "C.UTF-8"}, "", "ru"),
    ({"LANG": "es_ES.UTF-8", "LC_ALL": "en_US.UTF-8"}, "", "en"),
    ({"LANG": "es_ES.UTF-8", "LC_ALL": "C"}, "", "ru"),
    ({"LANG": "es_ES.UTF-8", "LC_ALL": ""}, "", "es"),
    ({"LANG": "es_ES.UTF-8"}, "[telegram]\ntoken = 'x'", "es"),
    ({"LANG": "es_ES.UTF-8"}, "[team]\nlanguage = 'en'", "en"),
    ({}, 'team.language = "en" # or es', "en"),
    ({}, 'team = {chat = "", language = "es"}', "es"),
    ({}, '[team]\n# language = "en"\nlanguage="es"', "es"),
    ({"TEAM__LANGUAGE": "es"}, "[team]\nlanguage = 'en'", "es"),
    ({"TEAM__LANGUAGE": " ES "}, "", "es"),
    ({"team__language": "es"}, "", "es"),
    ({"TEAM__LANGUAGE": "klingon"}, "[team]\nlanguage = 'en'", "en"),
    ({"TEAM__LANGUAGE": ""}, "[team]\nlanguage = 'klingon'", "ru"),
]


@pytest.mark.parametrize(("environ", "toml", "language"), TOLD)
def test_the_language_is_the_teams_or_the_systems(
    tmp_path: Path, environ: dict[str, str], toml: str, language: str
) -> None:
    (tmp_path / "dialead.toml").write_text(toml, encoding="utf-8")
    assert operators_language(environ, tmp_path) == language


BROKEN = [
    b"[team]\nlanguage = 'es'\nmanagers = [\n",
    b"[[[[\n[team]\nlanguage = 'es'\n",
    b"[team]\nlanguage = 'es'\nchat = '\xff\xfe'\n",
    b"\xef\xbb\xbfteam.language = 'es'\n[telegram\n",
]


@pytest.mark.parametrize("body", BROKEN)
def test_whatever_else_is_wrong_the_language_is_found(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "other.toml").write_bytes(body)
    assert operators_language({"DIALEAD_CONFIG": "other.toml"}, tmp_path) == "es"


@pytest.mark.parametrize("name", ["nowhere.toml", "folder", "\0", "x" * 5000])
def test_a_file_that_cannot_be_read_tells_none(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    assert operators_language({"DIALEAD_CONFIG": name}, tmp_path) == LANGUAGES[0]
