"""A person has one open lead at a desk, whoever makes the next one at the same time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.lead import Lead, State
from storage import leads
from storage.database import Database
from storage.schema import leads as leads_table
from tests.cast import PABLO
from tests.storage.making import (
    DESK,
    NOW,
    a_customer,
    a_lead,
    a_manager,
    annas_lead,
    asking,
    count,
    saving,
)


async def _another(database: Database, lead: Lead, desk: str = DESK) -> Lead:
    """One more lead of the same person."""
    values = {"account": lead.account, "person": lead.person, "channel": "telegram"}
    async with saving(database) as session:
        return await leads.create(session, desk=desk, source="", created_at=NOW, **values)


async def _change(database: Database, lead: Lead, state: State) -> None:
    async with saving(database) as session:
        leads.change(session, lead, state=state)


async def test_a_lead_comes_back_as_it_was_made(database: Database) -> None:
    async with saving(database) as session:
        customer = await a_customer(session)
        made = await a_lead(session, customer, first_words="Окна", source="ad", taken_at=NOW)
    assert await leads.by_id(asking(database), made.id) == made
    assert await leads.by_id(asking(database), 99) is None


async def test_a_person_has_one_open_lead_at_a_desk(database: Database) -> None:
    lead = await annas_lead(database)
    with pytest.raises(IntegrityError):
        await _another(database, lead)
    await _change(database, lead, State.TAKEN)
    with pytest.raises(IntegrityError):
        await _another(database, lead)
    assert await count(database, leads_table) == 1


@pytest.mark.parametrize("state", [State.REJECTED, State.CONVERTED, State.ABSORBED])
async def test_a_closed_lead_makes_room_for_the_next(database: Database, state: State) -> None:
    lead = await annas_lead(database)
    await _change(database, lead, state)
    repeat = await _another(database, lead)
    session = asking(database)
    assert await leads.open_of(session, lead.person, DESK) == repeat
    assert await leads.latest_of(session, lead.person, DESK) == repeat


async def test_another_desk_has_its_own_lead_of_the_person(database: Database) -> None:
    lead = await annas_lead(database)
    other = await _another(database, lead, "service")
    session = asking(database)
    found = await asyncio.gather(
        leads.open_of(session, lead.person, DESK), leads.open_of(session, lead.person, "service")
    )
    assert list(found) == [lead, other]


async def test_a_lead_cannot_be_reopened_beside_an_open_one(database: Database) -> None:
    lead = await annas_lead(database)
    await _change(database, lead, State.REJECTED)
    await _another(database, lead)
    closed = await leads.by_id(asking(database), lead.id)
    assert closed is not None
    with pytest.raises(IntegrityError):
        await _change(database, closed, State.NEW)


async def test_of_leads_made_at_once_for_one_person_one_stays(database: Database) -> None:
    async with saving(database) as session:
        customer = await a_customer(session)
    barrier = asyncio.Barrier(8)

    async def make() -> None:
        async with saving(database) as session:
            await a_lead(session, customer)
            await barrier.wait()

    ends = await asyncio.gather(*(make() for _ in range(8)), return_exceptions=True)
    assert [type(end) for end in ends].count(IntegrityError) == 7
    assert await count(database, leads_table) == 1


async def test_the_unprocessed_come_oldest_first_and_by_manager(database: Database) -> None:
    async with saving(database) as session:
        boris = await a_manager(session)
        pablo = await a_customer(session, PABLO)
        young = await a_lead(session, pablo, created_at=NOW, responsible=boris.id)
    old = await annas_lead(database)
    async with saving(database) as session:
        earlier = NOW - timedelta(hours=1)
        session.update(leads_table, {"id": old.id}, created_at=earlier)
    session = asking(database)
    assert [one.id for one in await leads.unprocessed(session)] == [old.id, young.id]
    mine = await leads.unprocessed(session, responsible=boris.id)
    assert [one.id for one in mine] == [young.id]
    await _change(database, young, State.CONVERTED)
    assert [one.id for one in await leads.unprocessed(asking(database))] == [old.id]
