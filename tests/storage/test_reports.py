"""What each number of a period means, told by single leads; a whole quarter is in tests/reports."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.domain.lead import Lead
from storage import deadlines, leads, reports
from storage.database import Database
from storage.reports import Happened
from storage.schema import leads as leads_table
from tests.storage.making import NOW, a_customer, a_lead, a_manager, asking, saving

HOUR = timedelta(hours=1)


async def a_story(database: Database, *told: tuple[str, datetime], **columns: Any) -> Lead:
    """Anna's lead of an hour ago, what was told of it, and how it stands."""
    async with saving(database) as session:
        lead = await a_lead(session, await a_customer(session), created_at=NOW - HOUR)
        if columns:
            session.update(leads_table, {"id": lead.id}, **columns)
        for kind, at in told:
            leads.touch(session, lead.id, at=at, kind=kind, actor="staff")
        return lead


async def counted(database: Database, since: datetime, until: datetime) -> dict[str, int]:
    """What happened then."""
    session = asking(database)
    found = {one.value: await reports.count(session, one, since, until) for one in Happened}
    for one in Happened:
        assert len(await reports.happened(session, one, since, until)) == found[one.value]
    return {name: n for name, n in found.items() if n}


async def open_before(database: Database, at: datetime) -> int:
    return len(await reports.open_at(asking(database), at))


async def test_nothing_is_counted_of_nothing(database: Database) -> None:
    assert await counted(database, NOW - HOUR, NOW) == {}
    assert await reports.open_at(asking(database), NOW) == []


async def test_a_lead_at_the_end_of_a_period_belongs_to_the_next(database: Database) -> None:
    await a_story(database)
    assert await counted(database, NOW - 2 * HOUR, NOW - HOUR) == {}
    assert await counted(database, NOW - HOUR, NOW) == {"received": 1}
    assert await open_before(database, NOW - HOUR) == 0
    assert await open_before(database, NOW) == 1


async def test_only_the_first_taking_and_the_first_answer_count(database: Database) -> None:
    day = timedelta(days=1)
    told = [(kind, at) for at in (NOW, NOW + day) for kind in ("take", "answered")]
    await a_story(database, *told, state="taken", taken_at=NOW, answered_at=NOW)
    assert await counted(database, NOW, NOW + HOUR) == {"taken": 1, "answered": 1}
    assert await counted(database, NOW + day, NOW + 2 * day) == {}


async def test_what_was_converted_unseen_was_taken_in_that_moment(database: Database) -> None:
    columns = {"state": "converted", "taken_at": NOW, "closed_at": NOW}
    await a_story(database, ("convert", NOW), **columns)
    assert await counted(database, NOW, NOW + HOUR) == {"taken": 1, "converted": 1}


async def test_who_was_reopened_counts_as_closed_no_more(database: Database) -> None:
    told = ("reject", NOW), ("reopen", NOW + HOUR)
    await a_story(database, *told, state="taken", taken_at=NOW + HOUR)
    assert await counted(database, NOW, NOW + HOUR) == {}
    # But at that time nobody waited.
    moments = (NOW, NOW + HOUR / 2, NOW + 2 * HOUR)
    assert [await open_before(database, at) for at in moments] == [1, 0, 1]


async def test_who_was_closed_twice_counts_where_it_was_closed_last(database: Database) -> None:
    told = ("reject", NOW), ("reopen", NOW + HOUR), ("convert", NOW + 3 * HOUR)
    closed = {"state": "converted", "taken_at": NOW + HOUR, "closed_at": NOW + 3 * HOUR}
    await a_story(database, *told, **closed)
    assert await counted(database, NOW, NOW + HOUR) == {}
    assert await counted(database, NOW + 3 * HOUR, NOW + 4 * HOUR) == {"converted": 1}
    moments = (NOW + HOUR / 2, NOW + 2 * HOUR, NOW + 4 * HOUR)
    assert [await open_before(database, at) for at in moments] == [0, 1, 0]


async def test_what_was_closed_without_a_word_was_open_until_then(database: Database) -> None:
    # As an erasure does it.
    await a_story(database, state="rejected", closed_at=NOW)
    assert [await open_before(database, at) for at in (NOW, NOW + HOUR)] == [1, 0]


async def test_what_went_up_in_another_was_received_and_is_open_no_more(
    database: Database,
) -> None:
    await a_story(database, ("absorb", NOW), state="absorbed")
    assert await counted(database, NOW - HOUR, NOW + HOUR) == {"received": 1}
    assert [await open_before(database, at) for at in (NOW, NOW + HOUR)] == [1, 0]


async def test_a_deadline_is_missed_whether_the_deed_came_late_or_never(
    database: Database,
) -> None:
    lead = await a_story(database)
    async with saving(database) as session:
        await deadlines.start(session, lead.id, "take", NOW)

    async def missed(now: datetime) -> int:
        return await reports.missed(asking(database), NOW - HOUR, NOW, now)

    early = NOW - timedelta.resolution
    assert [await missed(at) for at in (early, NOW)] == [0, 1]
    async with saving(database) as session:
        deadlines.stop(session, lead.id, "take", at=NOW + HOUR)
    assert await missed(NOW + 2 * HOUR) == 1


async def test_a_lead_that_was_given_on_counts_for_each_who_had_it(database: Database) -> None:
    async with saving(database) as session:
        boris = await a_manager(session)
        dasha = await a_manager(session, 202)
    lead = await a_story(database)
    async with saving(database) as session:
        for to in (boris, dasha, boris):
            leads.touch(session, lead.id, at=NOW, kind="give", actor="staff", to=to.id)
    took = await reports.took(asking(database), NOW, NOW + HOUR, NOW + HOUR)
    assert {one.staff: one.taken for one in took} == {boris.id: 1, dasha.id: 1}
