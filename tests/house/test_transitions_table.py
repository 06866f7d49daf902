"""The README draws the lead's life as the code has it."""

from __future__ import annotations

from pathlib import Path

from tests.house.transitions import drawing

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_draws_the_transitions_as_they_are() -> None:
    """`python -m tests.house.transitions` prints what belongs between the marks."""
    _, opened, rest = README.read_text(encoding="utf-8").partition("<!-- transitions -->")
    shown, closed, _ = rest.partition("<!-- /transitions -->")
    assert opened
    assert closed
    assert shown.strip() == drawing()
