"""What a button carries, as whoever forges one may write it."""

from __future__ import annotations

import pytest

from handlers.wire import Press, number_of, pack, unpack


@pytest.mark.parametrize(
    ("digits", "number"),
    [("0", 0), ("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)],
)
def test_digits_are_a_number(digits: str, number: int) -> None:
    assert number_of(digits) == number


@pytest.mark.parametrize(
    "odd", ["", " 7", "7\n", "+7", "-7", "1_000", "7.0", "0x7", "seven", "²", "\u0663", "9" * 19]
)
def test_whatever_else_a_button_carries_is_none(odd: str) -> None:
    assert number_of(odd) is None
    assert unpack(f"1:take:{odd}") is None


def test_what_is_packed_is_unpacked() -> None:
    assert unpack(pack("assign", 7, "1:2")) == Press("assign", 7, "1:2")
