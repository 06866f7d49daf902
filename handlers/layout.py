"""How a card's facts share few short lines on a phone, and what gives way when they are many."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

from bot.messages import Span, Style, Text, characters, legible

LINES = 7
ROWS = 10  # that these lines may take on a phone
WIDTH = 38  # columns of a row there
LISTED = 34  # of one in a list, which must not break whatever the letters
_QUOTED = 32  # and of one in a quote
_FOLDED = 3  # rows that are seen of a folded quote
_MORE = "⋯"  # something gave way; the button that shows more has the same sign
_SIGN = 5  # the weight of it
_AT_HOME = 10  # by so much a line's own parts outweigh those that share it


class Place(Enum):
    """What a line tells; the order is that of a card, what needs an answer next to the buttons."""

    HEAD = auto()  # number, who, state
    ORIGIN = auto()  # channel, source, when, repeat, tags
    CONTACTS = auto()
    EARLIER = auto()  # what else they wanted, and how that ended
    WORDS = auto()  # their first ones
    ANSWERS = auto()  # to the owner's questions
    REACH = auto()  # banned, unreachable, answered elsewhere
    STATUS = auto()  # responsible, offered, queued, or how it ended; overdue
    STEP = auto()  # the next one
    FEEDBACK = auto()  # what the customer tapped after the end
    QUESTION = auto()  # whether two persons are one


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line; the lightest of a line gives way first."""

    text: Text
    weight: int = 1


Line = tuple[Part, ...]

# In this order, until there are few enough: into another line, or out of the card.
_GIVES_WAY: tuple[tuple[Place, Place | None], ...] = (
    (Place.STEP, Place.STATUS),
    (Place.FEEDBACK, Place.STATUS),
    (Place.ANSWERS, None),
    (Place.EARLIER, None),
)
# In this order, until they take few enough rows: to so many.
_SHRINKS: tuple[tuple[Place, int], ...] = (
    (Place.ANSWERS, 1),
    (Place.EARLIER, 1),
    (Place.FEEDBACK, 1),
    (Place.CONTACTS, 2),
    (Place.ORIGIN, 1),
    (Place.STEP, 1),
    (Place.REACH, 1),
    (Place.STATUS, 2),
    (Place.QUESTION, 2),
    (Place.CONTACTS, 1),
    (Place.WORDS, 1),
)
_AT_MOST = {Place.HEAD: 1, Place.WORDS: _FOLDED}  # rows, however much room there is


def part(text: str, weight: int = 1) -> Line:
    """A line of plain words, or none."""
    return (Part((Span(text),), weight),) if text else ()


def arranged(facts: Mapping[Place, Line]) -> Text:
    """At most LINES lines in ROWS rows; a sign tells that something gave way."""
    lines = {place: facts[place] for place in Place if facts.get(place)}
    shown, dropped = _few(lines)
    fitted, cut = _short(shown)
    if (dropped or cut) and Place.ORIGIN in fitted:
        fitted[Place.ORIGIN] = _marked(fitted[Place.ORIGIN])
    text: list[Span] = []
    for line in fitted.values():
        text += [*([Span("\n")] if text else []), *_joined(line)]
    return tuple(text)


def quoted(words: str) -> Span:
    """First words as a card shows them: whole, but folded where they take more than few rows."""
    words = " ".join(words.split())
    style = Style.FOLDED if rows(words, _QUOTED) > _FOLDED else Style.QUOTE
    return Span(words, style)


def rows(text: str, width: int = WIDTH) -> int:
    """How many rows a phone needs for one line, which breaks between words where it can."""
    needed, used = 1, 0
    for word in text.split(" "):
        wide = columns(word)
        if used and used + 1 + wide > width:
            needed, used = needed + 1, 0
        used += wide + (1 if used else 0)
        if used > width:
            needed += (used - 1) // width
            used = (used - 1) % width + 1
    return needed


def columns(text: str) -> int:
    """How wide a text is: an emoji counts as two, what joins or adorns others as none."""
    return sum(map(_columns, text))


def trimmed(text: str, width: int) -> str:
    """The text in one line of at most so many columns."""
    text = legible(" ".join(text.split()))
    return text if columns(text) <= width else f"{_beginning(text, width - 1).rstrip()}…"


def _few(lines: dict[Place, Line]) -> tuple[dict[Place, Line], bool]:
    """Few enough lines, and whether something was left out."""
    dropped = False
    for place, into in _GIVES_WAY:
        if len(lines) <= LINES:
            break
        if place not in lines:
            continue
        if into is None:
            dropped = True
        else:
            guests = [replace(one, weight=one.weight - _AT_HOME) for one in lines[place]]
            lines = lines | {into: (*lines.get(into, ()), *guests)}
        lines = {one: line for one, line in lines.items() if one is not place}
    return {place: lines[place] for place in Place if place in lines}, dropped


def _short(lines: dict[Place, Line]) -> tuple[dict[Place, Line], bool]:
    """Few enough rows, and whether something was left out."""
    fitted = {
        place: _fit(line, _AT_MOST[place], place) if place in _AT_MOST else line
        for place, line in lines.items()
    }
    cut = False
    for place, most in _SHRINKS:
        if place in fitted and _total(fitted) > ROWS:
            before = fitted[place]
            fitted[place] = _fit(before, most, place)
            cut = cut or fitted[place] != before
    return fitted, cut


def _total(lines: Mapping[Place, Line]) -> int:
    return sum(_rows(line, place) for place, line in lines.items())


def _rows(line: Line, place: Place) -> int:
    needed = rows(characters(_joined(line)), _width(place))
    folded = any(span.style is Style.FOLDED for one in line for span in one.text)
    return min(needed, _FOLDED) if folded else needed


def _width(place: Place) -> int:
    return _QUOTED if place is Place.WORDS else WIDTH


def _fit(line: Line, most: int, place: Place) -> Line:
    """Without its lightest parts, the last of equals first; what is left alone is cut."""
    while _rows(line, place) > most and len(line) > 1:
        lightest = min(range(len(line)), key=lambda index: (line[index].weight, -index))
        line = (*line[:lightest], *line[lightest + 1 :])
    width = most * _width(place)
    while _rows(line, place) > most:
        line = (_narrower(line[0], width),)
        width -= 1
    return line


def _narrower(one: Part, width: int) -> Part:
    """A part of at most so many columns, each word in its own style."""
    left, kept = width - 1, list[Span]()
    for span in one.text:
        words = _beginning(span.text, left)
        if words != span.text:
            kept.append(replace(span, text=f"{words.rstrip()}…"))
            break
        kept.append(span)
        left -= columns(words)
    return replace(one, text=tuple(kept))


def _beginning(text: str, width: int) -> str:
    """As many characters as go into so many columns."""
    for index, character in enumerate(text):
        width -= _columns(character)
        if width < 0:
            return text[:index]
    return text


def _marked(line: Line) -> Line:
    """With the sign, in the rows that the line has."""
    most = _rows(line, Place.ORIGIN)
    return _fit((*line, *part(_MORE, _SIGN)), most, Place.ORIGIN)


def _joined(line: Line) -> Text:
    between = Span(" · ")
    found: list[Span] = []
    for one in line:
        found += [*([between] if found else []), *one.text]
    return tuple(found)


def _columns(character: str) -> int:
    if character == "\ufe0f":  # makes a sign an emoji
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or "🏻" <= character <= "🏿":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
