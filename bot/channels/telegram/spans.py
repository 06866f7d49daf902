"""Spans as Telegram's text with entities, and lengths in the UTF-16 units it counts in."""

from __future__ import annotations

from typing import Any

from bot.messages import Span, Style, Text, characters

_TYPES = {
    Style.BOLD: "bold",
    Style.ITALIC: "italic",
    Style.STRIKE: "strikethrough",
    Style.CODE: "code",
    Style.QUOTE: "blockquote",
    Style.FOLDED: "expandable_blockquote",
    Style.LINK: "text_link",
}

_PERSON = "tg://user?id="


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def render(text: Text) -> tuple[str, list[dict[str, Any]]]:
    """The words and the entities over them; with these nothing needs escaping."""
    entities: list[dict[str, Any]] = []
    offset = 0
    for span in text:
        length = units(span.text)
        if length and (entity := _entity(span, offset, length)):
            entities.append(entity)
        offset += length
    # Half a surrogate pair cannot be sent; "?" takes the one unit that it took.
    return characters(text).encode("utf-8", "replace").decode(), entities


def shortened(text: Text, limit: int) -> Text:
    """At most `limit` units of it, the last of them an ellipsis where something was cut."""
    if units(characters(text)) <= limit:
        return text
    head, _ = cut(text, limit - 1)
    return (*head, Span("…"))


def cut(text: Text, limit: int) -> tuple[Text, Text]:
    """The first `limit` units at most, and the rest; no character is cut in two."""
    head: list[Span] = []
    left = limit
    for index, span in enumerate(text):
        length = units(span.text)
        if length > left:
            at = _position(span.text, left)
            if at:
                head.append(Span(span.text[:at], span.style, span.url))
            rest = Span(span.text[at:], span.style, span.url)
            return tuple(head), (rest, *text[index + 1 :])
        head.append(span)
        left -= length
    return tuple(head), ()


def _position(text: str, limit: int) -> int:
    """How many characters make at most `limit` units."""
    taken = 0
    for position, character in enumerate(text):
        taken += 1 + (character > "\uffff")
        if taken > limit:
            return position
    return len(text)


def _entity(span: Span, offset: int, length: int) -> dict[str, Any] | None:
    kind = _TYPES.get(span.style)
    if kind is None or (span.style is Style.LINK and not span.url):
        return None
    where = {"offset": offset, "length": length}
    if span.url.startswith(_PERSON):
        # Of a link Telegram promises this in HTML only; a mention is what makes a phone ring.
        user = {"id": int(span.url.removeprefix(_PERSON)), "is_bot": False, "first_name": span.text}
        return {"type": "text_mention", **where, "user": user}
    return {"type": kind, **where} | ({"url": span.url} if span.url else {})
