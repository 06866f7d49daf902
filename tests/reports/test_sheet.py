"""What a digest's picture says of each manager."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.hours import Hours
from bot.reports.as_sheet import _answered_in
from bot.reports.basis import Basis
from bot.reports.pace import pace
from config.texts import load

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BASIS = Basis(load("en"), UTC, Hours({}, lambda _: frozenset(), UTC), "", str, NOW)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        ([], "—"),
        ([16], "16 s"),
        ([16, 16], "16 s"),
        ([3600, 16, 120], "16 s – 1 h"),
        ([60, 120, 180, 240, 300], "3 min"),
    ],
)
def test_of_a_few_answers_the_shortest_and_the_longest_are_told(
    seconds: list[int], words: str
) -> None:
    assert _answered_in(pace(timedelta(seconds=one) for one in seconds), BASIS) == words
