"""The README's table of contents is the one that the plays go by."""

from __future__ import annotations

from pathlib import Path

from tests.plays.contents import table

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_shows_what_goes_over_as_it_is_played() -> None:
    """`python -m tests.plays.contents` prints what belongs between the marks."""
    _, opened, rest = README.read_text(encoding="utf-8").partition("<!-- contents -->")
    shown, closed, _ = rest.partition("<!-- /contents -->")
    assert opened
    assert closed
    assert shown.strip() == table()
