"""Names are shown as they are, less what nobody sees or what would reach beyond them."""

from __future__ import annotations

import pytest

from bot.messages import legible

UNSEEN = (
    *"\x9d\u034f\u17b4\u180b\u180f\u200c\u200d\u2065\u206a\u206f\ufe00\ufe0f\ufff0\ufff9",
    *"\U0001bca0\U0001d159\U0001d173\U000e0001\U000e0020\U000e0041\U000e0100\U000e0fff",
    "\u034f\u200d\ufe0f\U000e0020",
    "\u200d \u200c\ufe0f\u200d",
)


@pytest.mark.parametrize("name", UNSEEN, ids=ascii)
def test_a_name_of_which_nothing_is_seen_is_none(name: str) -> None:
    assert legible(name * 3) == ""
    assert legible(f"{name}Anna {name}") == "Anna"


@pytest.mark.parametrize("name", ["❤️ Anna", "👩‍❤️‍👨", "می‌خواهم", "हिन्‍दी", "葛城", "Ańna"])
def test_what_joins_and_adorns_signs_that_are_seen_stays(name: str) -> None:
    assert legible(name) == name


def test_no_marks_are_stacked_by_joiners_between_them() -> None:
    assert legible("A" + "\u0301\u0301\u0301\u200d" * 9).count("\u0301") == 4
