"""A title and an amount as people write them in one line."""

from __future__ import annotations

import pytest

from bot.domain.deals import read_deal


@pytest.mark.parametrize(
    ("text", "title", "amount", "currency"),
    [
        ("Окна на дачу 45 000", "Окна на дачу", 45_000_00, "RUB"),
        ("Окна на дачу, 45 000 руб.", "Окна на дачу", 45_000_00, "RUB"),
        ("Окна — 45к", "Окна", 45_000_00, "RUB"),
        ("Окна 45 тыс. рублей", "Окна", 45_000_00, "RUB"),
        ("Garden windows $1,200.50", "Garden windows", 1_200_50, "USD"),
        ("Ventanas 1.200,50 €", "Ventanas", 1_200_50, "EUR"),
        ("Ventanas 1.200 euros", "Ventanas", 1_200_00, "EUR"),
        ("45000", "", 45_000_00, "RUB"),
        ("Только название", "Только название", None, ""),
        ("Окна 2х3", "Окна 2х3", None, ""),
        ("Call on 2025-05-05 about door no. 7a", "Call on 2025-05-05 about door no. 7a", None, ""),
        ("", "", None, ""),
    ],
)
def test_title_and_amount_are_told_apart(
    text: str, title: str, amount: int | None, currency: str
) -> None:
    assert read_deal(text, "RUB") == (title, amount, currency)


def test_an_impossible_amount_stays_in_the_title() -> None:
    text = "Окна 1 000 000 000 000 000 000 000"
    assert read_deal(text, "RUB") == (text, None, "")
