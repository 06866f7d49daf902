"""The figures of a period are those that anybody counts from the rows one by one."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.lead import Lead
from storage import deadlines, leads
from storage.database import Database
from storage.reports import Figures, figures
from storage.schema import leads as leads_table
from tests.storage.making import NOW, a_customer, a_lead, asking, saving

HOUR = timedelta(hours=1)
_REASONS = ("Дорого", "дорого", "Expensive", "¿Quién?", "spam", "")
_STATES = ("new", "taken", "rejected", "converted")
_KINDS = ("take", "give", "answered", "convert", "reject", "created", "reopen")


@dataclass
class _Known:
    """What the test itself remembers of one lead."""

    lead: Lead
    state: str
    closed_at: datetime
    reason: str
    touched: list[tuple[str, datetime]] = field(default_factory=list)
    rejected: list[tuple[datetime, str]] = field(default_factory=list)
    due_at: datetime | None = None


def _naive(known: list[_Known], since: datetime, until: datetime, now: datetime) -> Figures:
    def within(at: datetime) -> bool:
        return since <= at < until

    def happened(*kinds: str) -> int:
        return sum(any(kind in kinds and within(at) for kind, at in one.touched) for one in known)

    open_ = [one for one in known if one.state in ("new", "taken")]
    last = [
        [reason for at, reason in sorted(one.rejected, key=lambda told: told[0]) if within(at)][-1:]
        for one in known
    ]
    reasons = Counter(reason for found in last for reason in found if reason)
    return Figures(
        received=sum(within(one.lead.created_at) for one in known),
        taken=happened("take", "give"),
        answered=happened("answered"),
        converted=happened("convert"),
        rejected=happened("reject"),
        reasons=sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])),
        unprocessed=len(open_),
        oldest=min((one.lead.created_at for one in open_), default=None),
        overdue=sum(one.due_at is not None and one.due_at <= now for one in open_),
    )


async def _invent(database: Database, chance: random.Random, amount: int) -> list[_Known]:
    """Leads with any history, saved and remembered."""

    def moment() -> datetime:
        return NOW + chance.randrange(-4, 5) * HOUR  # often exactly at an edge

    known = []
    async with saving(database) as session:
        for number in range(amount):
            lead = await a_lead(session, await a_customer(session, number), created_at=moment())
            state, reason = chance.choice(_STATES), chance.choice(_REASONS)
            one = _Known(lead, state, moment(), reason)
            values = {"state": state, "reason": reason, "closed_at": one.closed_at}
            session.update(leads_table, {"id": lead.id}, **values)
            for _ in range(chance.randrange(5)):
                one.touched.append((chance.choice(_KINDS), moment()))
                kind, at = one.touched[-1]
                given: dict[str, Any] = (
                    {"reason": chance.choice(_REASONS)} if kind == "reject" else {}
                )
                one.rejected += [(at, reason) for reason in given.values()]
                leads.touch(session, lead.id, at=at, kind=kind, **given)
            if chance.random() < 0.5:
                one.due_at = moment()
                await deadlines.start(session, lead.id, "take", one.due_at)
                await deadlines.start(session, lead.id, "first_reply", one.due_at)
            known.append(one)
    return known


@pytest.mark.parametrize("seed", range(3))
async def test_figures_are_what_one_counts_by_hand(database: Database, seed: int) -> None:
    known = await _invent(database, random.Random(seed), 40)
    for hours in (1, 2, 8):
        since, until = NOW - hours * HOUR, NOW + hours * HOUR
        found = await figures(asking(database), since, until, until)
        assert found == _naive(known, since, until, until)
        assert found.anything


async def test_figures_of_nothing_are_nought(database: Database) -> None:
    found = await figures(asking(database), NOW - HOUR, NOW, NOW)
    assert found == Figures(0, 0, 0, 0, 0, [], 0, None, 0)
    assert not found.anything


async def test_a_lead_at_the_end_of_a_period_belongs_to_the_next(database: Database) -> None:
    async with saving(database) as session:
        await a_lead(session, await a_customer(session))
    before = await figures(asking(database), NOW - HOUR, NOW, NOW)
    after = await figures(asking(database), NOW, NOW + HOUR, NOW)
    assert (before.received, after.received) == (0, 1)
