"""Waiting before another try: the range doubles to a cap, chance picks the point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.backoff import delay


def test_each_failure_doubles_the_longest_wait_up_to_the_cap() -> None:
    longest = [delay(attempt, base=1.0, cap=30.0, jitter=1.0) for attempt in range(1, 8)]
    assert longest == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_chance_uses_the_whole_range_so_that_a_crowd_comes_back_spread_out() -> None:
    crowd = [delay(5, base=1.0, cap=60.0, jitter=chance / 4) for chance in range(5)]
    assert crowd == [0.0, 4.0, 8.0, 12.0, 16.0]


def test_a_week_of_failures_still_gives_the_cap() -> None:
    assert delay(1_000_000, base=0.5, cap=300.0, jitter=1.0) == 300.0


@given(st.integers(1, 5000), st.floats(0.001, 60.0), st.floats(60.0, 1e6), st.floats(0.0, 1.0))
def test_a_wait_is_never_negative_above_the_cap_or_shorter_after_one_more_failure(
    attempt: int, base: float, cap: float, jitter: float
) -> None:
    now = delay(attempt, base=base, cap=cap, jitter=jitter)
    later = delay(attempt + 1, base=base, cap=cap, jitter=jitter)
    assert 0 <= now <= later <= cap


@pytest.mark.parametrize(
    ("attempt", "base", "cap", "jitter"),
    [(0, 1, 2, 0.5), (1, 0, 2, 0.5), (1, 3, 2, 0.5), (1, 1, 2, 1.1), (1, 1, 2, -0.1)],
)
def test_senseless_arguments_are_refused(
    attempt: int, base: float, cap: float, jitter: float
) -> None:
    with pytest.raises(ValueError, match="not"):
        delay(attempt, base=base, cap=cap, jitter=jitter)
