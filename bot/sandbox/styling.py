"""Telegram's text with entities as runs of text that a page can show without any markup."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

Json = dict[str, Any]

_LINKS = ("http://", "https://")
_PLAIN = ("bot_command", "mention", "hashtag", "cashtag", "email", "phone_number")


def runs(text: str, entities: Sequence[Json]) -> list[Json]:
    """The text in pieces `{"text", "marks"?, "url"?}`; offsets count UTF-16 units.

    Overlapping entities give pieces with several marks. Only web links keep their `url`.
    """
    encoded = text.encode("utf-16-le", "surrogatepass")
    end = len(encoded) // 2
    spans = [_span(entity, end) for entity in entities]
    borders = sorted({0, end, *(at for start, stop, _, _ in spans for at in (start, stop))})
    pieces = []
    for start, stop in pairwise(borders):
        piece = encoded[2 * start : 2 * stop].decode("utf-16-le", "replace")
        over = [span for span in spans if span[0] <= start and stop <= span[1]]
        pieces.append(_run(piece, over))
    return pieces


def plain(text: str) -> list[Json]:
    """A text that has no styles, as the same pieces."""
    return [{"text": text}] if text else []


def _span(entity: Json, end: int) -> tuple[int, int, str, str]:
    start = min(int(entity["offset"]), end)
    stop = min(start + int(entity["length"]), end)
    kind = str(entity["type"])
    return start, stop, "mention" if kind in _PLAIN else kind, str(entity.get("url", ""))


def _run(text: str, over: list[tuple[int, int, str, str]]) -> Json:
    run: Json = {"text": text}
    if marks := list(dict.fromkeys(kind for _, _, kind, _ in over)):
        run["marks"] = marks
    urls = [url or text for _, _, kind, url in over if kind in ("text_link", "url")]
    if urls and urls[0].startswith(_LINKS):
        run["url"] = urls[0]
    return run
