"""The page's files: they ask nobody outside, and their words exist in every language."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import pages
from bot.sandbox.stage import Stage
from bot.sandbox.words import WORD_KEYS, words

FILES = sorted(Path(pages.__file__).with_name("page").iterdir())
SOURCE = "\n".join(path.read_text("utf-8") for path in FILES if path.suffix == ".js")
ASKED = re.compile(r'\bt\(\s*"([\w.]+)"')
BEGUN = re.compile(r"\bt\(\s*`([\w.]+\.)\$\{")
QUOTED = re.compile(r'"([a-z_]+(?:\.[a-z_]+)*)"')


async def test_every_file_is_served_with_its_type_and_a_strict_policy(stage: Stage) -> None:
    kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    async with aiohttp.ClientSession() as http:
        for path in FILES:
            async with http.get(f"{stage.url}/page/{path.name}") as response:
                assert response.content_type == kinds.get(path.suffix, "text/html")
                assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        async with http.get(stage.url) as response:
            assert "/page/main.js" in await response.text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_names_an_outside_address(path: Path) -> None:
    found = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text("utf-8")))
    assert found <= {"http://www.w3.org"}  # the name of SVG, which nobody fetches


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_turns_data_into_markup(path: Path) -> None:
    forbidden = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
    assert [word for word in forbidden if word in path.read_text("utf-8")] == []


@pytest.mark.parametrize("language", ["ru", "en", "es"])
def test_the_page_asks_for_no_word_that_is_missing(language: str) -> None:
    known = words(language)
    assert set(ASKED.findall(SOURCE)) - known.keys() == set()
    for beginning in BEGUN.findall(SOURCE):
        assert any(key.startswith(beginning) for key in known), beginning


def test_no_word_of_the_page_is_left_unused() -> None:
    keys = {key.removeprefix("sandbox.page.") for key in WORD_KEYS}
    begun = tuple(BEGUN.findall(SOURCE))
    assert {key for key in keys if not key.startswith(begun)} - set(QUOTED.findall(SOURCE)) == set()
