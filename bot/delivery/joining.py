"""Words that wait for the same place are joined into one post, so that they cost one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.messages import Outgoing, Post, Span, Style, Text
from storage.outbox import Delivery

_CALLS = "\n→ "  # after a customer's words: whom they concern


def joinable(delivery: Delivery) -> bool:
    """Whether it is nothing but words under a card, to which nobody is asked to reply."""
    post = delivery.outgoing
    return (
        isinstance(post, Post)
        and delivery.under_card
        and not (delivery.asks or delivery.told or post.attachments or post.keyboard)
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


def joined_post(deliveries: Sequence[Delivery]) -> Post:
    """One post with the words of all; who says them and whom they concern is said once."""
    posts = [_post(delivery.outgoing) for delivery in deliveries]
    text = posts[0].text
    for post in posts[1:]:
        text = _appended(text, post.text)
    return replace(posts[0], text=text)


def _appended(text: Text, more: Text) -> Text:
    if text[-2:] == more[-2:] and more[-2:-1] == (Span(_CALLS),):
        text = text[:-2]
    if text[0] == more[0] and more[0].style is Style.BOLD:
        return (*text, *more[1:])  # the head ends its line, so they go on in the next
    return (*text, Span("\n\n"), *more)


def _post(outgoing: Outgoing) -> Post:
    if not isinstance(outgoing, Post):
        raise TypeError(f"a {outgoing.kind} has no words to join")
    return outgoing
