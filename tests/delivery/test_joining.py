"""Which waiting words go along with the first, and how they read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.delivery.joining import join, join_album, joinable, joined_post
from bot.messages import (
    Attachment,
    AttachmentKind,
    Button,
    Edit,
    Post,
    Priority,
    Span,
    Style,
    Text,
    characters,
)
from storage.outbox import Delivery

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ANNA = Span("Anna:", Style.BOLD)
BORIS = (Span("\n→ "), Span("Boris", Style.LINK, "tg://user?id=201"))
PHOTO = (Attachment(AttachmentKind.PHOTO),)


def said(words: str, called: Text = ()) -> Text:
    return (ANNA, Span("\n"), Span(words), *called)


def waiting(text: Text, number: int = 1, **over: Any) -> Delivery:
    """A customer's words that wait under a card, with fields of call or post changed."""
    post = Post("-100", text)
    known = {name: over.pop(name) for name in ("attachments", "keyboard") if name in over}
    delivery = Delivery(
        number,
        "telegram",
        "-100",
        "telegram:-100/lead:1",
        Priority.CARD,
        replace(post, **known),
        lead=1,
        message=number,
        under_card=True,
        asks="",
        told=False,
        random_id=number,
        attempts=0,
        turn_at=NOW,
        expires_at=None,
        claimed_at=None,
        card="55",
    )
    return replace(delivery, **over)


def text_of(deliveries: Sequence[Delivery]) -> str:
    return characters(joined_post(deliveries).text)


def within(limit: int) -> Any:
    return lambda post: len(characters(post.text)) <= limit


@pytest.mark.parametrize(
    "over",
    [
        {"attachments": PHOTO},
        {"keyboard": ((Button("Yes", "y"),),)},
        {"asks": "reason"},
        {"told": True},
        {"under_card": False},
        {"outgoing": Edit("-100", "55", said("hello"))},
    ],
)
def test_only_words_that_nobody_waits_for_are_joined(over: dict[str, Any]) -> None:
    assert joinable(waiting(said("hello")))
    assert not joinable(waiting(said("hello"), **over))


def test_all_that_fit_go_along_in_order() -> None:
    first, *others = [waiting(said(word), n) for n, word in enumerate(("one", "two", "three"))]
    assert join(first, others, within(4096)) == tuple(others)
    assert text_of([first, *others]) == "Anna:\none\ntwo\nthree"


def test_what_does_not_fit_stops_those_behind_it_too() -> None:
    first, long, short = waiting(said("one")), waiting(said("x" * 99)), waiting(said("two"))
    assert join(first, [long, short], within(50)) == ()


def test_a_photo_stops_those_behind_it_too() -> None:
    photo = waiting(said("look"), attachments=PHOTO)
    assert join(waiting(said("one")), [photo, waiting(said("two"))], within(4096)) == ()


def test_whom_the_words_concern_is_said_once_at_the_end() -> None:
    both = [waiting(said("one", BORIS)), waiting(said("two", BORIS))]
    assert text_of(both) == "Anna:\none\ntwo\n→ Boris"


def test_who_was_called_by_the_first_only_stays_called_there() -> None:
    both = [waiting(said("one", BORIS)), waiting(said("two"))]
    assert text_of(both) == "Anna:\none\n→ Boris\ntwo"


def test_the_same_words_twice_stay_twice() -> None:
    both = [waiting(said("hello")), waiting(said("hello"))]
    assert text_of(both) == "Anna:\nhello\nhello"


def test_words_under_another_head_stand_apart() -> None:
    edited = (Span("Anna changed it:\n", Style.ITALIC), Span("one", Style.STRIKE), Span("\ntwo"))
    both = [waiting(said("one")), waiting(edited)]
    assert text_of(both) == "Anna:\none\n\nAnna changed it:\none\ntwo"


def part(number: int, words: str = "", place: int = 0) -> Delivery:
    """A part of Anna's album; `place` is where it stood in it."""
    things = (Attachment(AttachmentKind.PHOTO, ref=f"F{place or number}"),)
    text = said(words, BORIS) if words else (ANNA, *BORIS)
    return waiting(text, number, attachments=things, album="A1", part=place or number)


def test_an_albums_parts_stand_as_they_were_sent_with_their_words_once() -> None:
    first, second, third = part(1, place=3), part(2, "Look", place=1), part(3, place=2)
    assert join_album(first, [second, third], within(100)) == (second, third)
    post = joined_post([first, second, third])
    assert [one.ref for one in post.attachments] == ["F1", "F2", "F3"]
    assert characters(post.text) == "Anna:\nLook\n→ Boris"


def test_a_part_too_many_is_left_and_the_others_go_together() -> None:
    long = part(2, "x" * 90)
    third = part(3, "short")
    assert join_album(part(1), [long, third], within(50)) == (third,)


def test_parts_without_any_words_have_none_together() -> None:
    bare = [replace(part(number), outgoing=Post("-100", (), (), PHOTO)) for number in (1, 2)]
    assert joined_post(bare) == Post("-100", (), (), PHOTO * 2)


def test_captions_of_several_parts_stand_in_lines() -> None:
    assert text_of([part(1, "One"), part(2, "Two")]) == "Anna:\nOne\nTwo\n→ Boris"
