"""What time has made due, taken into the inbox as events, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.lead import MAIN
from bot.messages import DeadlineDue, DigestDue, Event, LeadsOverdue, StepDue, TroubleSeen
from storage import deadlines, inbox, incidents, steps
from storage.database import Database, upsert
from storage.deadlines import Deadline
from storage.schema import LEAD_IS_OPEN, cursors, leads

FEW = 5  # steps found due at once, of which each gets a message of its own
_AT_ONCE = 500


async def take_deadlines(database: Database, now: datetime, desks: Sequence[str] = (MAIN,)) -> int:
    """Take in every deadline whose next step is due; how many there were.

    Where many are due at once, each of the `desks` looks for its own. What is of no desk
    any more waits until there is one of its name again.
    """
    async with database.read() as connection:
        due = await deadlines.due(connection, now, _AT_ONCE, desks)
    if due:
        async with database.write() as connection:
            await inbox.add_events(connection, _overdue(due, now, desks), now)
    return len(due)


def _overdue(due: Sequence[Deadline], now: datetime, desks: Sequence[str]) -> dict[str, Event]:
    """An event each, or one for all where so many are due that something was amiss before.

    Named by all that it is about: what was due at a clock's wrong time is due again.
    """
    if len(due) > FEW:
        steps = ";".join(f"{one.id}:{one.step}" for one in due)
        mark = hashlib.sha256(steps.encode()).hexdigest()[:16]
        name = f"overdue:{now:%Y-%m-%dT%H:%M}:{mark}"
        return {f"{name}:{desk}": LeadsOverdue(desk) for desk in desks}
    return {
        f"deadline:{one.id}:{one.step}:{one.next_at}": DeadlineDue(one.id, one.step, one.next_at)
        for one in due
    }


async def sign_of_life(database: Database, now: datetime) -> None:
    """Write something, to see whether that is possible."""
    async with database.write() as connection:
        statement = upsert(connection, cursors, "value")
        await connection.execute(statement.values(channel="alive", value=now.isoformat()))


async def take_steps(database: Database, now: datetime, desks: Sequence[str] = (MAIN,)) -> int:
    """Take in every next step of these desks that is to be looked at; how many there were."""
    async with database.read() as connection:
        due = [
            StepDue(one.id, one.next_at)
            for one in await steps.due(connection, now, _AT_ONCE, desks)
            if one.next_at is not None
        ]
    events: dict[str, Event] = {f"step:{one.step}:{one.at.isoformat()}": one for one in due}
    if events:
        async with database.write() as connection:
            await inbox.add_events(connection, events, now)
    return len(events)


async def take_digest(
    database: Database,
    period: str,
    due_at: datetime,
    recipients: Sequence[str],
    now: datetime,
    desk: str = MAIN,
) -> bool:
    """Take in the digest of a desk that was due last, unless it was before; whether it was taken.

    At the first start nothing is due: there was nobody to tell of the time before. Nor is it
    after a clock was ahead once, which must not keep back those that are due from now on.
    """
    mark = f"digest:{period}" if desk == MAIN else f"digest:{period}:{desk}"
    async with database.read() as connection:  # mostly nothing is due, and nobody need wait
        last = await _reached(connection, mark)
    if last and due_at <= last <= now:
        return False
    async with database.write() as connection:
        last = await _reached(connection, mark)
        if last and due_at <= last <= now:
            return False
        reached = (due_at if last else now).isoformat()
        statement = upsert(connection, cursors, "value").values(channel=mark, value=reached)
        await connection.execute(statement)
        if last is None or last > now:
            return False
        day = due_at.date().isoformat()
        events: dict[str, Event] = {
            f"{mark}:{day}:{recipient}": DigestDue(period, day, recipient, desk)
            for recipient in recipients
        }
        await inbox.add_events(connection, events, now)
    return True


async def out_of_sight(database: Database, desks: Sequence[str]) -> dict[str, int]:
    """How many leads are open at desks that are none of these, by the desk.

    Where there is one desk only, that sees them all.
    """
    if len(desks) == 1:
        return {}
    count = sa.func.count().label("number")
    found = sa.select(leads.c.desk, count).where(LEAD_IS_OPEN, leads.c.desk.not_in(desks))
    async with database.read() as connection:
        rows = await connection.execute(found.group_by(leads.c.desk).order_by(leads.c.desk))
        return {row.desk: row.number for row in rows}


async def take_out_of_sight(database: Database, left: Mapping[str, int], now: datetime) -> bool:
    """Take in of which desks leads went out of sight or are no more; whether there was news."""
    async with database.read() as connection:
        known = {desk for kind, desk in await incidents.standing(connection) if kind == "desk"}
    began = [TroubleSeen("desk", one, now, detail=str(left[one])) for one in left.keys() - known]
    over = [TroubleSeen("desk", one, now, over=True) for one in known - left.keys()]
    events = {f"trouble:desk:{one.subject}:{one.over}:{now}": one for one in (*began, *over)}
    if events:
        async with database.write() as connection:
            await inbox.add_events(connection, events, now)
    return bool(events)


async def _reached(connection: AsyncConnection, mark: str) -> datetime | None:
    query = sa.select(cursors.c.value).where(cursors.c.channel == mark)
    last = (await connection.execute(query)).scalar()
    return datetime.fromisoformat(last) if last is not None else None
