"""Who is one person: whatever is merged and undone, roots are what a naive look at it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lead import Lead, State
from bot.domain.people import (
    Merge,
    Person,
    last,
    members,
    staying_first,
    usernames,
    winner_first,
)
from tests.handlers.invariants import root

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PEOPLE = range(7)


@dataclass
class Book:
    """Merges as the product keeps them: roots rewritten step by step."""

    merges: list[Merge] = field(default_factory=list)
    undone: set[int] = field(default_factory=set)
    roots: dict[int, int] = field(default_factory=lambda: {one: one for one in PEOPLE})

    def tree(self, top: int) -> list[Merge]:
        """The merges that stand and make one tree."""
        standing = [one for one in self.merges if one.id not in self.undone]
        return [one for one in standing if self.roots[one.loser] == top]

    def merge(self, one: int, other: int) -> None:
        """Two people are found to be one; their roots decide."""
        first, second = self.roots[one], self.roots[other]
        if first == second:
            return
        self.merges.append(Merge(len(self.merges) + 1, first, second))
        moved = [person for person in PEOPLE if self.roots[person] == second]
        self.roots |= dict.fromkeys(moved, first)

    def undo(self, one: int) -> None:
        """The last merge of somebody's tree is taken back."""
        tree = self.tree(self.roots[one])
        undo = last(tree)
        if undo is not None:
            self.undone.add(undo.id)
            parted = members(undo.loser, [merge for merge in tree if merge != undo])
            self.roots |= dict.fromkeys(parted, undo.loser)


def naive(book: Book) -> dict[int, int]:
    """Everybody's root by doing all merges that stand once more, from nothing."""
    groups = {person: {person} for person in PEOPLE}
    for merge in book.merges:
        if merge.id not in book.undone:
            groups[merge.winner] |= groups.pop(merge.loser)
    return {person: top for top, group in groups.items() for person in group}


acts = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.booleans()), max_size=40
)


@given(acts)
def test_any_merges_and_undos_leave_the_roots_that_a_naive_look_finds(
    steps: list[tuple[int, int, bool]],
) -> None:
    book = Book()
    for one, other, undo in steps:
        if undo:
            book.undo(one)
        else:
            book.merge(one, other)
        assert book.roots == naive(book)
        standing = [merge for merge in book.merges if merge.id not in book.undone]
        assert book.roots == {person: root(person, standing) for person in PEOPLE}


@given(acts)
def test_undoing_everything_leaves_everybody_alone(steps: list[tuple[int, int, bool]]) -> None:
    book = Book()
    for one, other, _ in steps:
        book.merge(one, other)
    for _ in book.merges:
        for person in PEOPLE:
            book.undo(person)
    assert book.roots == {person: person for person in PEOPLE}


def test_whoever_was_known_first_stays() -> None:
    early, late = Person(9, 1, NOON), Person(2, 1, NOON + timedelta(days=1))
    assert winner_first(late, early) == (early, late)
    assert winner_first(early, late) == (early, late)
    assert winner_first(Person(2, 1, NOON), early) == (Person(2, 1, NOON), early)


def a_lead(number: int, state: State, hours: int) -> Lead:
    at = NOON + timedelta(hours=hours)
    return Lead(number, 1, 1, "main", "telegram", "", state, created_at=at)


@pytest.mark.parametrize(
    ("one", "other", "stays"),
    [
        (a_lead(1, State.NEW, 0), a_lead(2, State.TAKEN, 1), 2),
        (a_lead(1, State.TAKEN, 1), a_lead(2, State.NEW, 0), 1),
        (a_lead(1, State.TAKEN, 0), a_lead(2, State.TAKEN, 1), 1),
        (a_lead(1, State.NEW, 0), a_lead(2, State.NEW, 1), 1),
        (a_lead(1, State.TAKEN, 1), a_lead(2, State.TAKEN, 0), 2),
    ],
)
def test_the_taken_lead_stays_and_of_equal_ones_the_older(
    one: Lead, other: Lead, stays: int
) -> None:
    assert staying_first(one, other)[0].id == staying_first(other, one)[0].id == stays


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("мой телеграм @Anna_K, пишите", ("anna_k",)),
        ("https://t.me/anna_k", ("anna_k",)),
        ("@anna_k или @anna_k или @pablo1", ("anna_k", "pablo1")),
        ("anna@mail.example.org", ()),
        ("anna.k@gmail.com и @anna", ()),
        ("no name here, only @ and @1abcd", ()),
        ("@anna-k", ()),
    ],
)
def test_names_on_telegram_are_read_from_words(text: str, found: tuple[str, ...]) -> None:
    assert usernames(text) == found
