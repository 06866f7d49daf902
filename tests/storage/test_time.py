"""What time makes due is taken in exactly once, whoever looks and how often."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.digests import last_due
from storage import deadlines, inbox, sweeps
from storage.database import Database
from storage.deadlines import Deadline
from tests.cast import BORIS, VERA
from tests.storage.making import NOW, annas_lead, asking, saving

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TEAM_LEADS = [f"telegram:{VERA}", f"vk:{BORIS}"]


async def _start(database: Database, kind: str = "take") -> Deadline:
    """A deadline of Anna's lead that is due a minute from now."""
    lead = await annas_lead(database)
    async with saving(database) as session:
        await deadlines.start(session, lead.id, kind, NOW + MINUTE)
    (found,) = await deadlines.open_of(asking(database), lead.id)
    return found


async def _bodies(database: Database) -> list[dict[str, object]]:
    return [arrival.body for arrival in await inbox.unrouted(database, 100)]


async def test_a_deadline_is_due_from_its_moment_on(database: Database) -> None:
    deadline = await _start(database)
    assert await sweeps.take_deadlines(database, NOW + MINUTE - timedelta(microseconds=1)) == 0
    assert await sweeps.take_deadlines(database, NOW + MINUTE) == 1
    assert await _bodies(database) == [
        {
            "deadline": deadline.id,
            "step": 0,
            "at": "2026-03-02T09:31:15.123456Z",
            "kind": "deadline_due",
        }
    ]


async def test_a_step_is_taken_in_once_however_often_we_look(database: Database) -> None:
    await _start(database)
    looks = (sweeps.take_deadlines(database, NOW + MINUTE * n) for n in range(1, 9))
    await asyncio.gather(*looks)
    assert len(await _bodies(database)) == 1


async def test_the_next_step_is_due_at_its_own_time(database: Database) -> None:
    deadline = await _start(database)
    await sweeps.take_deadlines(database, NOW + MINUTE)
    async with saving(database) as session:
        deadlines.advance(session, deadline, NOW + 2 * MINUTE)
    async with saving(database) as session:  # the same event handled twice
        deadlines.advance(session, deadline, NOW + 9 * MINUTE)
    await sweeps.take_deadlines(database, NOW + 2 * MINUTE)
    assert [body["step"] for body in await _bodies(database)] == [0, 1]
    again = await deadlines.by_id(asking(database), deadline.id)
    assert again is not None
    assert (again.step, again.due_at) == (1, NOW + MINUTE)


async def test_after_the_last_step_nothing_is_due_but_the_lead_is_overdue(
    database: Database,
) -> None:
    deadline = await _start(database)
    async with saving(database) as session:
        deadlines.advance(session, deadline, None)
    assert await sweeps.take_deadlines(database, NOW + DAY) == 0
    assert await deadlines.overdue_leads(asking(database), NOW + DAY) == [deadline.lead]
    assert await deadlines.overdue_leads(asking(database), NOW) == []


async def test_what_was_done_in_time_is_never_due(database: Database) -> None:
    deadline = await _start(database)
    async with saving(database) as session:
        deadlines.stop(session, deadline.lead, "take", at=NOW)
    assert await sweeps.take_deadlines(database, NOW + DAY) == 0
    assert await deadlines.open_of(asking(database), deadline.lead) == []
    assert await deadlines.overdue_leads(asking(database), NOW + DAY) == []


async def test_one_deadline_of_a_kind_runs_at_a_time(database: Database) -> None:
    deadline = await _start(database)
    with pytest.raises(IntegrityError):
        async with saving(database) as session:
            await deadlines.start(session, deadline.lead, "take", NOW)
    async with saving(database) as session:
        await deadlines.start(session, deadline.lead, "first_reply", NOW)
        deadlines.stop(session, deadline.lead, "take", at=NOW)
        await deadlines.start(session, deadline.lead, "take", NOW + DAY)
    kinds = {
        one.kind: one.due_at for one in await deadlines.open_of(asking(database), deadline.lead)
    }
    assert kinds == {"first_reply": NOW, "take": NOW + DAY}


async def test_the_longest_overdue_come_first(database: Database) -> None:
    deadline = await _start(database)
    async with saving(database) as session:
        await deadlines.start(session, deadline.lead, "first_reply", NOW)
    async with database.read() as connection:
        found = await deadlines.due(connection, NOW + DAY, 10)
        assert [one.kind for one in found] == ["first_reply", "take"]
        assert [one.kind for one in await deadlines.due(connection, NOW + DAY, 1)] == [
            "first_reply"
        ]


async def test_at_the_first_start_no_digest_is_due(database: Database) -> None:
    assert not await sweeps.take_digest(database, "daily", NOW - DAY, TEAM_LEADS, NOW)
    assert await _bodies(database) == []
    assert not await sweeps.take_digest(database, "daily", NOW - MINUTE, TEAM_LEADS, NOW)
    assert await _bodies(database) == []


async def test_a_digest_is_taken_in_once_for_each_recipient(database: Database) -> None:
    await sweeps.take_digest(database, "daily", NOW, TEAM_LEADS, NOW)
    due = NOW + DAY
    looks = [
        sweeps.take_digest(database, "daily", due, TEAM_LEADS, due + n * MINUTE) for n in range(10)
    ]
    taken = await asyncio.gather(*looks)
    assert any(taken)
    found = await _bodies(database)
    assert sorted(str(body["recipient"]) for body in found) == sorted(TEAM_LEADS)
    assert {body["day"] for body in found} == {due.date().isoformat()}
    assert not await sweeps.take_digest(database, "daily", due, TEAM_LEADS, due + DAY)


async def test_daily_and_weekly_digests_do_not_know_one_another(database: Database) -> None:
    for period in ("daily", "weekly"):
        await sweeps.take_digest(database, period, NOW, TEAM_LEADS[:1], NOW)
    for period in ("daily", "weekly"):
        assert await sweeps.take_digest(database, period, NOW + DAY, TEAM_LEADS[:1], NOW + DAY)
    assert [body["period"] for body in await _bodies(database)] == ["daily", "weekly"]


async def test_after_a_long_downtime_the_last_digest_alone_is_due(database: Database) -> None:
    await sweeps.take_digest(database, "daily", NOW, TEAM_LEADS[:1], NOW)
    assert await sweeps.take_digest(database, "daily", NOW + 9 * DAY, TEAM_LEADS[:1], NOW + 9 * DAY)
    (body,) = await _bodies(database)
    assert body["day"] == (NOW + 9 * DAY).date().isoformat()


@pytest.mark.parametrize("period", ["daily", "weekly"])
async def test_a_clock_that_was_ahead_once_keeps_no_digest_back(
    database: Database, period: str
) -> None:
    week = {"daily": None, "weekly": NOW.weekday()}[period]

    async def sweep(now: datetime) -> bool:
        due_at = last_due(now, time(9), UTC, week)
        return await sweeps.take_digest(database, period, due_at, TEAM_LEADS[:1], now)

    next_due = last_due(NOW, time(9), UTC, week) + (7 * DAY if period == "weekly" else DAY)
    assert not await sweep(NOW)
    assert await sweep(NOW + 30 * DAY)
    for now in (NOW, NOW + MINUTE, next_due - MINUTE):
        assert not await sweep(now), "nothing is due since"
    assert await sweep(next_due)
    assert not await sweep(next_due + MINUTE)
    days = [body["day"] for body in await _bodies(database)]
    assert days[1:] == [next_due.date().isoformat()]
