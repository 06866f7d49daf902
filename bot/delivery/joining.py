"""What waits for the same place is joined into one post: rapid words, and an album's parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from bot.messages import Outgoing, Post, Span, Style, Text
from storage.outbox import Delivery

_CALLS = "\n→ "  # after a customer's words: whom they concern


def joinable(delivery: Delivery) -> bool:
    """Whether it is nothing but words under a card, to which nobody is asked to reply."""
    post = delivery.outgoing
    return (
        isinstance(post, Post)
        and delivery.under_card
        and not (delivery.asks or delivery.told)
        and not (post.attachments or post.keyboard or post.asks_reply)
    )


def join(
    first: Delivery, others: Sequence[Delivery], fits: Callable[[Post], bool]
) -> tuple[Delivery, ...]:
    """Those of the following calls, in order, whose words go along with the first's."""
    joined: list[Delivery] = []
    for other in others:
        if not joinable(other) or not fits(joined_post([first, *joined, other])):
            break
        joined.append(other)
    return tuple(joined)


def join_album(
    first: Delivery, others: Sequence[Delivery], fits: Callable[[Post], bool]
) -> tuple[Delivery, ...]:
    """The parts of the first's album that make one call with it; a part too many goes later."""
    joined: list[Delivery] = []
    for other in others:
        if fits(joined_post([first, *joined, other])):
            joined.append(other)
    return tuple(joined)


def in_order(deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
    """An album's parts as they were sent, in whatever order they came; others as they wait."""
    if not deliveries[0].album:
        return deliveries
    return sorted(deliveries, key=lambda part: (part.part, part.id))


def joined_post(deliveries: Sequence[Delivery]) -> Post:
    """One post with the words and things of all; who says them and whom they concern once."""
    parts = in_order(deliveries)
    posts = [_post(delivery.outgoing) for delivery in parts]
    text = posts[0].text
    for post in posts[1:]:
        text = _appended(text, post.text, album=bool(parts[0].album))
    attachments = tuple(one for post in posts for one in post.attachments)
    return replace(posts[0], text=text, attachments=attachments)


def _appended(text: Text, more: Text, *, album: bool) -> Text:
    if not (text and more):
        return text or more
    if text[-2:] == more[-2:] and more[-2:-1] == (Span(_CALLS),):
        text = text[:-2]
    if album and text[:1] == more[:1]:
        return (*text, *_in_a_line(more[_alike(text, more) :]))
    if text[0] == more[0] and more[0].style is Style.BOLD:
        return (*text, *more[1:])  # the head ends its line, so they go on in the next
    return (*text, Span("\n\n"), *more)


def _alike(text: Text, more: Text) -> int:
    """How many spans both begin with: of an album, whose it is and whence it comes."""
    pairs = zip(text, more, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _in_a_line(text: Text) -> Text:
    return text if not text or text[0].text.startswith("\n") else (Span("\n"), *text)


def _post(outgoing: Outgoing) -> Post:
    if not isinstance(outgoing, Post):
        raise TypeError(f"a {outgoing.kind} has no words to join")
    return outgoing
