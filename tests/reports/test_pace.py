"""Percentiles by nearest rank, and nothing pretended of a few."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.reports.pace import Pace, pace


def minutes(*numbers: int) -> list[timedelta]:
    return [timedelta(minutes=number) for number in numbers]


@pytest.mark.parametrize(
    ("count", "p50", "p90"), [(5, 3, 5), (6, 3, 6), (10, 5, 9), (11, 6, 10), (100, 50, 90)]
)
def test_a_percentile_is_one_of_the_durations(count: int, p50: int, p90: int) -> None:
    found = pace(reversed(minutes(*range(1, count + 1))))
    assert [found.p50, found.p90] == minutes(p50, p90)
    assert (found.count, found.few) == (count, ())


def test_of_fewer_than_five_each_is_told() -> None:
    assert pace(minutes(9, 1, 5, 1)) == Pace(4, few=tuple(minutes(1, 1, 5, 9)))
    assert pace([]) == Pace()
