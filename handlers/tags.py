"""`/tag`: words put on a lead and taken off again, in reply to anything that stands for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import Text, plain
from handlers.command import Command
from handlers.work import Work
from storage import cards, leads, tags
from storage.staff import Staff

_MOST = 10  # tags of a lead
_TAG = re.compile(r"(?<!\S)#([^\W\d_][\w-]{0,31})(?!\S)")
_WRITTEN = re.compile(r"([-–—]?)#?([^\W_][\w-]{0,31})")


def read_tags(text: str) -> tuple[list[str], str]:
    """The `#tags` in a text, as they are stored, and the rest of it."""
    found = [tag.lower() for tag in _TAG.findall(text)]
    return list(dict.fromkeys(found)), " ".join(_TAG.sub(" ", text).split())


async def tagged(work: Work, command: Command) -> Text:
    """`/tag word -other`: adds, takes off; alone it shows them."""
    if command.lead is None:
        return plain(work.texts("tag.where"))
    change = _read(command.rest)
    if change is None:
        return plain(work.texts("tag.how"))
    lead = command.lead.id
    before = list(await tags.of_lead(work.session, lead))
    after = sorted({*before, *change.on} - {*change.off})
    if len(after) > _MOST:
        return plain(work.texts("tag.too_many", limit=_MOST))
    if after != before:
        _change(work, command.who, lead, set(before), set(after))
    if not after:
        return plain(work.texts("tag.none", number=lead))
    return plain(work.texts("tag.are", number=lead, tags=shown(after)))


def shown(found: Sequence[str]) -> str:
    """Tags as people read them."""
    return " ".join(f"#{tag}" for tag in found)


@dataclass(frozen=True, slots=True)
class _Change:
    on: tuple[str, ...]
    off: tuple[str, ...]


def _read(text: str) -> _Change | None:
    """What a manager wrote; None when something in it is no tag."""
    words = [_WRITTEN.fullmatch(word.strip(",;")) for word in text.split()]
    found = [(word[1], word[2].lower()) for word in words if word]
    if len(found) < len(words):
        return None
    return _Change(
        on=tuple(tag for sign, tag in found if not sign),
        off=tuple(tag for sign, tag in found if sign),
    )


def _change(work: Work, who: Staff, lead: int, before: set[str], after: set[str]) -> None:
    on, off = sorted(after - before), sorted(before - after)
    for tag in on:
        tags.add(work.session, lead, tag)
    for tag in off:
        tags.remove(work.session, lead, tag)
    said = " ".join([*(f"+{tag}" for tag in on), *(f"−{tag}" for tag in off)])
    leads.touch(
        work.session, lead, at=work.now, kind="tag", actor="staff", staff=who.id, reason=said
    )
    cards.refresh(work.session, lead, work.now)
