"""What is asked of whom after a lead was closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.feedback import Asks, asked_after, may_change, stars
from bot.domain.lead import Lead, State

NOON = datetime(2025, 5, 5, 12, tzinfo=UTC)
FAREWELL, RATING = Asks.FAREWELL, Asks.RATING


def lead(state: str, *, answered: bool = True, reason: str = "") -> Lead:
    """A lead in this state."""
    return Lead(
        id=1,
        account=1,
        person=1,
        desk="main",
        channel="telegram",
        source="",
        state=State(state),
        created_at=NOON,
        reason=reason,
        answered_at=NOON if answered else None,
    )


@pytest.mark.parametrize(
    ("state", "answered", "neither", "farewell", "rating", "both"),
    [
        ("rejected", True, None, FAREWELL, RATING, FAREWELL),
        ("rejected", False, None, None, None, None),
        ("converted", True, None, None, RATING, RATING),
        ("converted", False, None, None, RATING, RATING),
        ("new", True, None, None, None, None),
        ("taken", True, None, None, None, None),
        ("absorbed", True, None, None, None, None),
    ],
)
def test_one_thing_at_most_is_asked(
    state: str,
    answered: bool,
    neither: Asks | None,
    farewell: Asks | None,
    rating: Asks | None,
    both: Asks | None,
) -> None:
    found = lead(state, answered=answered)
    assert asked_after(found, farewell=False, rating=False) is neither
    assert asked_after(found, farewell=True, rating=False) is farewell
    assert asked_after(found, farewell=False, rating=True) is rating
    assert asked_after(found, farewell=True, rating=True) is both


@pytest.mark.parametrize("reason", ["Дубль", "duplicate of #7", " Duplicado"])
def test_who_is_answered_elsewhere_is_asked_nothing(reason: str) -> None:
    assert asked_after(lead("rejected", reason=reason), farewell=True, rating=True) is None


def test_spam_is_asked_nothing() -> None:
    assert asked_after(lead("rejected"), farewell=True, rating=True, spam=True) is None


@pytest.mark.parametrize("reason", ["Дорого", "Not spam, but far away", ""])
def test_other_reasons_do_not_matter(reason: str) -> None:
    assert asked_after(lead("rejected", reason=reason), farewell=True, rating=True) is FAREWELL


def test_a_rating_may_change_for_a_day() -> None:
    assert may_change(None, NOON)
    assert may_change(NOON, NOON + timedelta(hours=23, minutes=59))
    assert not may_change(NOON, NOON + timedelta(days=1))


def test_a_rating_is_shown_as_stars() -> None:
    assert [stars(rating) for rating in "15"] == ["★☆☆☆☆", "★★★★★"]
