"""The language a customer is answered in."""

from __future__ import annotations

import pytest

from bot.domain.languages import spoken


@pytest.mark.parametrize(
    ("profile", "words", "language"),
    [
        ("ru", "Hello", "ru"),
        ("es-MX", "", "es"),
        ("en-US", "Здравствуйте", "en"),
        ("kk", "", "ru"),
        ("pt-br", "", "es"),
        ("de", "Guten Tag", "en"),
        ("", "Здравствуйте, сколько стоит iPhone?", "ru"),
        ("", "iPhone есть?", "ru"),
        ("", "Hola, ¿tienen camisetas?", "es"),
        ("", "buenas tardes", "es"),
        ("", "How much is it?", "en"),
        ("", "+34 612 345 678", "ru"),
        ("", "😀", "ru"),
    ],
)
def test_a_customer_is_answered_in_their_language(profile: str, words: str, language: str) -> None:
    assert spoken(profile, words, "ru") == language


def test_a_teams_language_serves_whoever_says_nothing() -> None:
    assert spoken("", "", "es") == "es"
