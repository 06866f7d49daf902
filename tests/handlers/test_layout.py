"""Whatever is known of a lead, its card stays short, and what matters stays on it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Style, characters
from handlers.layout import (
    LINES,
    ROWS,
    WIDTH,
    Line,
    Part,
    Place,
    arranged,
    columns,
    part,
    quoted,
    rows,
    trimmed,
)

_NEVER_GIVES_WAY = (
    Place.HEAD,
    Place.ORIGIN,
    Place.CONTACTS,
    Place.WORDS,
    Place.REACH,
    Place.STATUS,
    Place.QUESTION,
)
_words = st.text("aя9🔥⚠\ufe0fé… ", min_size=1, max_size=90).map(
    lambda text: " ".join(text.split())
)


@st.composite
def _line(draw: st.DrawFn) -> Line:
    found = draw(st.lists(st.tuples(_words, st.integers(1, 9)), max_size=4))
    return tuple(one for text, weight in found for one in part(text, weight))


_facts = st.fixed_dictionaries({place: _line() for place in Place})


def shown(facts: dict[Place, Line]) -> list[str]:
    return characters(arranged(facts)).split("\n")


@settings(deadline=None)  # however slow the machine is
@given(_facts)
def test_any_facts_are_few_lines_that_take_few_rows(facts: dict[Place, Line]) -> None:
    lines = shown(facts)
    assert len(lines) <= LINES
    assert sum(map(rows, lines)) <= ROWS
    if facts[Place.HEAD]:
        assert columns(lines[0]) <= WIDTH


@settings(deadline=None)  # however slow the machine is
@given(_facts)
def test_what_matters_is_there_whatever_else_is_known(facts: dict[Place, Line]) -> None:
    """Each of these lines keeps at least the beginning of its heaviest part."""
    text = characters(arranged(facts))
    for place in _NEVER_GIVES_WAY:
        if facts[place]:
            heaviest = max(facts[place], key=lambda one: one.weight)
            assert characters(heaviest.text)[:1] in text


@settings(deadline=None)  # however slow the machine is
@given(_facts)
def test_a_sign_tells_that_something_gave_way(facts: dict[Place, Line]) -> None:
    facts |= {Place.ORIGIN: part("Telegram", 7)}
    text = characters(arranged(facts))
    gone = [p for p in (Place.ANSWERS, Place.EARLIER) if facts[p] and not _any(facts[p], text)]
    assert not gone or " · ⋯" in text


def test_the_next_step_shares_a_line_before_anything_is_left_out() -> None:
    facts = {place: part(place.name.lower()) for place in Place}
    del facts[Place.ANSWERS], facts[Place.EARLIER], facts[Place.FEEDBACK]
    assert shown(facts)[-2:] == ["status · step", "question"]
    assert "⋯" not in characters(arranged(facts))


def test_answers_give_way_before_what_they_wanted_earlier() -> None:
    facts = {place: part(place.name.lower()) for place in Place}
    del facts[Place.FEEDBACK], facts[Place.CONTACTS]
    lines = shown(facts)
    assert "answers" not in lines
    assert "earlier" in lines
    assert lines[1] == "origin · ⋯"


def test_a_crowded_line_loses_its_lightest_parts_and_nothing_is_cut_in_the_middle() -> None:
    facts = {place: part("a word and another " * 4) for place in Place}
    phone, mail = "+34 612 345 678", "anna.petrova@example.org"
    facts[Place.CONTACTS] = part(phone, 3) + part(mail, 3) + part("@anna_test")
    assert phone in shown(facts)[2]
    assert mail not in shown(facts)[2]


def test_a_phone_breaks_between_words_and_counts_an_emoji_as_two() -> None:
    assert rows("a" * 38) == 1
    assert rows("a" * 39) == 2
    assert rows(" ".join(["aaaa"] * 8), 9) == 4
    assert rows("ab " + "c" * 12, 5) == 4
    assert columns("🔥a⚠️") == 5
    assert columns("👍🏽") == 2
    assert trimmed("🔥🔥🔥🔥", 5) == "🔥🔥…"
    assert trimmed("one\ntwo", 9) == "one two"


def _any(line: Line, text: str) -> bool:
    return any(characters(one.text)[:1] in text for one in line)


def test_an_empty_part_makes_no_line() -> None:
    assert part("") == ()
    assert shown({Place.HEAD: part("head"), Place.WORDS: ()}) == ["head"]
    assert isinstance(part("x")[0], Part)


def test_long_first_words_are_folded_and_whole() -> None:
    short = quoted("Two\nlines")
    assert (short.text, short.style) == ("Two lines", Style.QUOTE)
    words = "Hello! How much is glazing for a six metre balcony? " * 4
    long = quoted(words)
    assert (long.text, long.style) == (words.strip(), Style.FOLDED)
    card = shown({Place.HEAD: part("head"), Place.WORDS: (Part((long,)),)})
    assert card == ["head", words.strip()], "three rows are seen of it"
