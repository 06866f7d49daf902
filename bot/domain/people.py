"""Who is one person: merges and their undoing, which of two persons and of two leads stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.lead import Lead, State

_USERNAME = re.compile(r"(?:(?<![\w.@/+-])@|\bt\.me/)([A-Za-z][A-Za-z0-9_]{4,31})(?![\w@-])")
_READ = 4000  # characters of a text


@dataclass(frozen=True, slots=True)
class Merge:
    """The loser, until then a root, belongs to the winner; one row of those not undone."""

    id: int
    winner: int
    loser: int
    absorbed: int | None = None  # the lead that went up in another by it


@dataclass(frozen=True, slots=True)
class Person:
    """The root of a tree; `version` grows whenever it is merged or split."""

    id: int
    version: int
    since: datetime  # when the first account of the tree came


def members(top: int, merges: Sequence[Merge]) -> frozenset[int]:
    """The person and everybody who came to them by these merges."""
    found = {top}
    while more := {m.loser for m in merges if m.winner in found} - found:
        found |= more
    return frozenset(found)


def last(merges: Iterable[Merge]) -> Merge | None:
    """The only one of a tree's merges that may be undone: all later ones were built on it."""
    return max(merges, key=lambda merge: merge.id, default=None)


def winner_first(one: Person, other: Person) -> tuple[Person, Person]:
    """Whoever was known earlier stays; the other goes up in them."""
    first, second = sorted((one, other), key=lambda person: (person.since, person.id))
    return first, second


def staying_first(one: Lead, other: Lead) -> tuple[Lead, Lead]:
    """Of two open leads the taken one stays, else the older; the other goes up in it."""
    first, second = sorted((one, other), key=_rank)
    return first, second


def _rank(lead: Lead) -> tuple[bool, datetime, int]:
    return (lead.state is not State.TAKEN, lead.created_at, lead.id)


def usernames(text: str) -> tuple[str, ...]:
    """Telegram names told in a text (`@anna_k`, `t.me/anna_k`), in lower case, each once."""
    return tuple(dict.fromkeys(name.lower() for name in _USERNAME.findall(text[:_READ])))
