"""Figures of a period, each defined once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.schema import deadlines, leads, touches
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened between two moments, and what is open now.

    `received` counts leads that came in; `taken`, `answered`, `converted` and
    `rejected` count leads to which that happened in the period, each once.
    `unprocessed` are open now, `overdue` those of them with a missed deadline.
    """

    received: int
    taken: int
    answered: int
    converted: int
    rejected: int
    reasons: Sequence[tuple[str, int]]  # the most frequent first
    unprocessed: int
    oldest: datetime | None
    overdue: int

    @property
    def anything(self) -> bool:
        """Whether there is something to tell."""
        happened = self.received + self.taken + self.answered + self.converted + self.rejected
        return bool(happened + self.unprocessed)


_KINDS = {
    "taken": ("take", "give"),
    "answered": ("answered",),
    "converted": ("convert",),
    "rejected": ("reject",),
}


async def figures(session: Session, since: datetime, until: datetime, now: datetime) -> Figures:
    """The figures of [since, until), and of what is open `now`."""
    happened = {
        name: await _touched(session, kinds, since, until) for name, kinds in _KINDS.items()
    }
    open_ = leads.c.state.in_(("new", "taken"))
    counted = sa.select(sa.func.count().label("n"), sa.func.min(leads.c.created_at).label("oldest"))
    waiting = (await session.rows(counted.where(open_)))[0]
    late = sa.select(deadlines.c.lead).where(
        deadlines.c.done_at.is_(None), deadlines.c.due_at <= now
    )
    return Figures(
        received=await _count(session, *_between(leads.c.created_at, since, until)),
        **happened,
        reasons=await _reasons(session, since, until),
        unprocessed=waiting.n,
        oldest=waiting.oldest,
        overdue=await _count(session, open_, leads.c.id.in_(late)),
    )


async def _count(session: Session, *where: sa.ColumnElement[bool]) -> int:
    rows = await session.rows(sa.select(sa.func.count()).select_from(leads).where(*where))
    return int(rows[0][0])


async def _touched(session: Session, kinds: Sequence[str], since: datetime, until: datetime) -> int:
    rows = await session.rows(
        sa.select(sa.func.count(touches.c.lead.distinct())).where(
            touches.c.kind.in_(kinds), *_between(touches.c.at, since, until)
        )
    )
    return int(rows[0][0])


async def _reasons(session: Session, since: datetime, until: datetime) -> Sequence[tuple[str, int]]:
    """Each rejected lead counts once, with the last reason it was given in the period."""
    rows = await session.rows(
        sa.select(touches.c.lead, touches.c.data)
        .where(touches.c.kind.in_(_KINDS["rejected"]), *_between(touches.c.at, since, until))
        .order_by(touches.c.at, touches.c.id)
    )
    last = {row.lead: row.data.get("reason") for row in rows}
    counted = Counter(filter(None, last.values()))
    # Sorted here, because databases differ in what comes first.
    return sorted(counted.items(), key=lambda found: (-found[1], found[0]))


def _between(
    column: sa.Column[datetime], since: datetime, until: datetime
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return column >= since, column < until
