"""Which waiting words go along with the first, and how they read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.delivery.joining import join, joinable, joined_post
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
