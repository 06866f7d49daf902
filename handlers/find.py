"""`/find`: leads by number, contact, name, words and tags, the words shown where they stood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.contacts import normalised_email, normalised_phone
from bot.messages import Span, Style, Text, legible, plain
from config.texts import LANGUAGES
from handlers import cards as faces
from handlers.recognition import USERNAME
from handlers.tags import read_tags
from handlers.work import Work
from storage import search
from storage.search import Wanted
from storage.staff import Staff
from storage.words import meant, words_in

_LISTED = 20
_WORDS = 8  # of which all must be there
_BEFORE, _AFTER = 24, 40  # characters around the first word that was found
_NUMBER = re.compile(r"[#№]?\s*(\d{1,17})")
_USERNAME = re.compile(r"@?([a-z]\w{3,31})", re.IGNORECASE | re.ASCII)


async def found(work: Work, who: Staff | None, rest: str) -> Text:
    """At most so many leads, the best first."""
    del who
    if not rest:
        return plain(work.texts("find.what"))
    wanted = read(rest)
    indexed = await search.has_index(work.session)
    if not indexed:
        wanted = Wanted(wanted.number, wanted.contacts, (), wanted.tags)
    since = work.now - timedelta(days=work.policy.find_days)
    hits, more = await search.find(work.session, wanted, since, _LISTED)
    lines = list(_head(work, len(hits), more=more))
    for hit in hits:
        lines += [Span("\n"), *await faces.line(work.session, work.policy, hit.lead, work.now)]
        if around := snippet(hit.said, wanted.words):
            lines += [Span("\n      "), *around]
    if not indexed:
        lines.append(Span(f"\n{work.texts('find.no_index')}", Style.ITALIC))
    return tuple(lines)


def read(text: str) -> Wanted:
    """What somebody looks for; `#word` is a tag, `#12` a number."""
    number = _NUMBER.fullmatch(text.strip())
    if number and not number[0].isdecimal():
        return Wanted(number=int(number[1]))
    tags, rest = read_tags(text)
    words = tuple(dict.fromkeys(word for word, _, _ in words_in(rest)))[:_WORDS]
    return Wanted(
        number=int(number[1]) if number else 0,
        contacts=_contacts(rest.strip()),
        words=words,
        tags=tuple(tags),
    )


def snippet(text: str, words: Sequence[str]) -> Text:
    """A line of the text around the words, which are bold; nothing when none is in it."""
    text = legible(" ".join(text.split()))
    hits = [
        (start, end)
        for word, start, end in words_in(text)
        if any(meant(wanted, word) for wanted in words)
    ]
    if not hits:
        return ()
    begin = _at_a_word(text, hits[0][0] - _BEFORE)
    until = min(len(text), hits[0][1] + _AFTER)
    spans, at = [Span("…" if begin else "")], begin
    for start, end in hits:
        if end <= until:
            spans += [Span(text[at:start]), Span(text[start:end], Style.BOLD)]
            at = end
    spans.append(Span(text[at:until].rstrip() + ("…" if until < len(text) else "")))
    return tuple(span for span in spans if span.text)


def _at_a_word(text: str, at: int) -> int:
    """The next beginning of a word, or of the text."""
    return text.find(" ", at) + 1 if at > 0 else 0


def _head(work: Work, count: int, *, more: bool) -> Text:
    if not count:
        return plain(work.texts("find.nothing"))
    texts = work.texts
    title = texts.plural("find.first", count) if more else texts.plural("find.found", count)
    return (Span(title, Style.BOLD),)


def _contacts(text: str) -> tuple[tuple[str, str], ...]:
    """What the text may be as a whole; a phone without its country may be of several."""
    name = _USERNAME.fullmatch(text)
    found = (
        *dict.fromkeys(("phone", normalised_phone(text, language)) for language in LANGUAGES),
        ("email", normalised_email(text).lower()),
        (USERNAME, name[1].lower() if name else ""),
    )
    return tuple(one for one in found if one[1])
