"""Text as VK takes it: plain characters, cut only where no word and no emoji suffers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from bot.messages import Attachment, AttachmentKind, Span, Style, Text

TEXT_LIMIT = 4096  # code points; VK's schema says 9000, its servers refuse more than this

_JOINER = "\u200d"
_LONGEST_CLUSTER = 64  # code points; beyond it somebody is playing


def written(text: Text) -> str:
    """The spans as one plain string; a link shows its address after its words."""
    return "".join(_span(span) for span in text)


def pieces(text: str, limit: int = TEXT_LIMIT) -> Iterator[str]:
    """The same characters in pieces of at most `limit`, cut after a line or a word if possible."""
    while len(text) > limit:
        cut = _cut(text, limit)
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, with an ellipsis where something is missing."""
    return text if len(text) <= limit else text[: whole(text, limit - 1)] + "…"


def whole(text: str, cut: int) -> int:
    """The nearest place at or before `cut` that does not fall inside an emoji or a letter."""
    for place in range(cut, max(0, cut - _LONGEST_CLUSTER), -1):
        if _is_boundary(text, place):
            return place
    return cut


def told(attachment: Attachment) -> str:
    """In words what VK has no kind for; empty when there is nothing to say."""
    place = attachment.kind is AttachmentKind.LOCATION
    name = ", ".join(filter(None, (attachment.title, attachment.name))) if place else ""
    parts = (name or attachment.title or attachment.name, attachment.phone, attachment.url)
    words = " ".join(part for part in parts if part)
    return words or _WORDLESS.get(attachment.kind, "")


_WORDLESS = {AttachmentKind.STICKER: "🙂", AttachmentKind.DICE: "🎲", AttachmentKind.POLL: "📊"}


def _span(span: Span) -> str:
    if span.style is not Style.LINK or not span.url or span.url == span.text:
        return span.text
    return f"{span.text} ({span.url})" if span.text else span.url


def _cut(text: str, limit: int) -> int:
    """After the last line's end, else after the last space, in the second half; else anywhere."""
    for separators in ("\n", " \t\u3000"):
        last = max(text.rfind(separator, limit // 2, limit) for separator in separators)
        if last >= 0:
            return last + 1
    return whole(text, limit) or limit


def _is_boundary(text: str, place: int) -> bool:
    if place <= 0 or place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    if before == _JOINER or after == _JOINER or _extends(after):
        return False
    return not (_is_flag(before) and _is_flag(after) and _flags_before(text, place) % 2)


def _extends(char: str) -> bool:
    """Combining marks, variation selectors, skin tones and tag letters belong to what precedes."""
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(text: str, place: int) -> int:
    start = place
    while start > 0 and _is_flag(text[start - 1]):
        start -= 1
    return place - start
