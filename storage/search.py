"""Finding leads by whatever somebody remembers: number, contact, name, words, tags."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.lead import Lead
from storage import leads as leads_stored
from storage import people, tags
from storage.schema import accounts, leads, messages, persons
from storage.session import Session
from storage.words import NEWEST, holding, indexed, meant, named, said, words_in

_BOTH = 50  # persons of a name of whom words are looked at beside


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: one of the first three, or all of the words; and all tags."""

    number: int = 0
    contacts: tuple[tuple[str, str], ...] = ()  # (kind, normalised value)
    words: tuple[str, ...] = ()  # folded
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A lead, and the message in which the words were, or ""."""

    lead: Lead
    said: str


async def find(
    session: Session, wanted: Wanted, since: datetime, limit: int
) -> tuple[Sequence[Found], bool]:
    """The best leads, and whether there are more.

    The one of the number comes first, then open ones, then newer ones. Words are
    looked for in what was written since a moment, and only among the NEWEST
    messages that have them.
    """
    hits: dict[int, str] = dict.fromkeys(await _known(session, wanted), "")
    for lead, text in await _told(session, wanted.words, since):
        hits.setdefault(lead, text)
    if wanted.tags:
        hits = await _tagged(session, wanted, hits)
    order = await _ordered(session, hits, wanted.number)
    found = [await leads_stored.by_id(session, number) for number in order[:limit]]
    return [Found(lead, hits[lead.id]) for lead in found if lead], len(order) > limit


async def has_index(session: Session) -> bool:
    """Whether names and words can be looked for in this database."""
    return bool((await session.rows(sa.select(indexed())))[0][0])


async def _known(session: Session, wanted: Wanted) -> list[int]:
    """Leads by their number, and of whoever has the contact or the name."""
    found = [wanted.number] if wanted.number else []
    roots: list[int] = []
    for kind, value in wanted.contacts:
        roots += await people.holders(session, kind, value)
    if wanted.words:
        roots += await _called(session, wanted.words)
    if roots:
        query = sa.select(leads.c.id).where(leads.c.person.in_(set(roots)), *session.only_ours())
        rows = await session.rows(query.order_by(leads.c.id.desc()).limit(NEWEST))
        found += [row.id for row in rows]
    return found


async def _called(session: Session, words: Sequence[str]) -> list[int]:
    """The roots of those whose name and username have all of the words."""
    root = sa.func.coalesce(persons.c.root, persons.c.id)
    query = (
        sa.select(root.label("root"))
        .join_from(accounts, persons, persons.c.id == accounts.c.person)
        .where(holding(named, words), persons.c.erased_at.is_(None))
    )
    return [row.root for row in await session.rows(query)]


async def _told(session: Session, words: Sequence[str], since: datetime) -> list[tuple[int, str]]:
    """(lead, text) of the messages with all of the words, newest first."""
    if not words:
        return []
    rows = await session.rows(
        # Sorted here: asked to sort, SQLite would rather read every message there is.
        sa.select(messages.c.id, messages.c.lead, messages.c.text).where(
            holding(said, words), messages.c.at >= since, messages.c.lead.is_not(None)
        )
    )
    found = [(row.lead, row.text) for row in sorted(rows, key=lambda row: -row.id)]
    return found + (await _of_whom(session, words, since) if len(words) > 1 else [])


async def _of_whom(
    session: Session, words: Sequence[str], since: datetime
) -> list[tuple[int, str]]:
    """The same where some of the words are the customer's name, as in `Anna window`."""
    called: dict[int, set[str]] = {}
    for word in words:
        for root in (await _called(session, [word]))[:_BOTH]:
            called.setdefault(root, set()).add(word)
    if not called:
        return []
    rows = await session.rows(
        sa.select(leads.c.person, messages.c.lead, messages.c.text)
        .join_from(leads, messages, messages.c.lead == leads.c.id)
        .where(leads.c.person.in_(called), messages.c.at >= since)
        .order_by(messages.c.id.desc())
        .limit(NEWEST)
    )
    return [(row.lead, row.text) for row in rows if _has(row.text, words, called[row.person])]


def _has(text: str, words: Iterable[str], besides: Collection[str]) -> bool:
    """Whether a text has those of the words that the name has not."""
    there = [word for word, _, _ in words_in(text)]
    rest = [word for word in words if word not in besides]
    return bool(rest) and all(any(meant(one, word) for word in there) for one in rest)


async def _tagged(session: Session, wanted: Wanted, hits: dict[int, str]) -> dict[int, str]:
    """Those of the hits that have all of the tags; with nothing else wanted all such leads."""
    only = hits if wanted.words or wanted.contacts or wanted.number else None
    found = await tags.leads_with(session, wanted.tags, only, NEWEST)
    return {number: hits.get(number, "") for number in found}


async def _ordered(session: Session, hits: Collection[int], first: int) -> list[int]:
    query = sa.select(leads.c.id, leads.c.state).where(leads.c.id.in_(hits), *session.only_ours())
    rows = await session.rows(query) if hits else []
    best = sorted(
        (row.id != first, row.state not in ("new", "taken"), -row.id, row.id) for row in rows
    )
    return [number for *_, number in best]
