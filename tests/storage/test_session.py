"""The unit of work, long by a story for each promise: few statements, in order, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.domain.lead import State
from storage import accounts, cards, deadlines, leads, messages
from storage.database import Database
from storage.schema import accounts as accounts_table
from storage.schema import assignments, clients, merges, persons, touches
from storage.schema import cards as cards_table
from storage.schema import deadlines as deadlines_table
from storage.schema import leads as leads_table
from storage.schema import messages as messages_table
from storage.session import Conflict, Ids, Reads, Session, flush
from tests.cast import ANNA, BORIS, DASHA, PABLO
from tests.storage.making import (
    CHAT,
    DESK,
    NOW,
    a_customer,
    a_lead,
    a_manager,
    annas_lead,
    asking,
    count,
    rows,
    saving,
)


@contextmanager
def _statements() -> Iterator[list[str]]:
    """Every statement sent while inside; an executemany is one."""
    sent: list[str] = []

    def note(
        _connection: Any, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool
    ) -> None:
        sent.append(statement.split("\n")[0])

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)


async def _first_message(session: Session, number: int) -> None:
    """What one customer's first message makes."""
    customer = await accounts.create(session, "telegram", str(number), now=NOW, name="Anna")
    lead = await a_lead(session, customer)
    leads.touch(session, lead.id, at=NOW, kind="created")
    await deadlines.start(session, lead.id, "take", NOW)
    await messages.add(
        session,
        account=customer.id,
        lead=lead.id,
        direction="in",
        author="customer",
        chat=customer.address,
        message_id="1",
        at=NOW,
        text="Hello",
    )


async def test_a_batch_of_fifty_costs_as_many_statements_as_one(database: Database) -> None:
    ids = Ids(database)
    for table in (persons, accounts_table, cards_table, deadlines_table):
        await ids.take(table)  # numbers are reserved many at a time
    costs = []
    for batch in (range(1), range(1, 51)):
        reads = Reads(database)
        sessions = [Session(reads, ids) for _ in batch]
        for session, number in zip(sessions, batch, strict=True):
            await _first_message(session, number)
        with _statements() as sent:
            await flush(database, sessions)
        costs.append([one.split(" (")[0] for one in sent if one.startswith("INSERT")])
        assert [one for one in sent if one.startswith(("SELECT", "UPDATE"))] == []
    assert costs[0] == costs[1]
    assert len(costs[1]) == 7  # a statement for each table
    assert await count(database, leads_table) == 51


async def test_numbers_of_fifty_who_ask_at_once_are_two_statements(database: Database) -> None:
    ids = Ids(database)
    with _statements() as sent:
        found = await asyncio.gather(*(ids.take(leads_table) for _ in range(50)))
    assert len(sent) == 2  # the first one's, and that of all who came meanwhile
    assert sorted(found) == list(range(1, 51))
    assert await ids.take(leads_table) == 51  # and none was reserved beyond them


async def test_of_two_processes_who_takes_a_number_later_has_the_higher_one(
    database: Database,
) -> None:
    if database.sqlite:
        pytest.skip("of SQLite's processes one writes")
    one, other = Ids(database), Ids(database)
    for table in (messages_table, merges, clients):
        taken = [await ids.take(table) for ids in (one, other, one, other, other, one)]
        assert taken == [1, 2, 3, 4, 5, 6]


async def test_fifty_changes_are_one_check_and_one_statement_a_shape(database: Database) -> None:
    async with saving(database) as session:
        boris = await a_manager(session)
        made = [await a_lead(session, await a_customer(session, n)) for n in range(50)]
    sessions = [asking(database) for _ in made]
    for session, lead in zip(sessions, made, strict=True):
        leads.change(session, lead, state=State.TAKEN, responsible=boris.id)
        cards.refresh(session, lead.id, NOW)
    with _statements() as sent:
        await flush(database, sessions)
    kinds = [one.split()[0] for one in sent if not one.lower().startswith("begin")]
    assert kinds == ["SELECT", "UPDATE", "UPDATE"]
    taken = leads_table.c.state == "taken"
    assert await count(database, leads_table, taken, leads_table.c.version == 2) == 50


async def test_questions_of_one_moment_are_one_statement(database: Database) -> None:
    async with saving(database) as session:
        for number in range(50):
            await a_customer(session, number)
    reads = Reads(database)
    sessions = [Session(reads, Ids(database)) for _ in range(50)]
    with _statements() as sent:
        found = await asyncio.gather(
            *(accounts.at(one, f"telegram:{n}") for n, one in enumerate(sessions))
        )
    assert [one.platform_id for one in found if one] == [str(n) for n in range(50)]
    assert len(sent) == 1


async def test_who_decided_upon_an_old_version_decides_anew(database: Database) -> None:
    lead = await annas_lead(database)
    first, second = asking(database), asking(database)
    leads.change(first, lead, reason="first")
    leads.change(second, lead, reason="second")
    await flush(database, [first])
    with pytest.raises(Conflict, match=rf"lead={lead.id} has version 2, not 1"):
        await flush(database, [second])
    kept = await leads.by_id(asking(database), lead.id)
    assert kept is not None
    assert (kept.version, kept.reason) == (2, "first")


async def test_two_events_of_one_batch_cannot_change_one_lead(database: Database) -> None:
    lead = await annas_lead(database)
    sessions = [asking(database), asking(database)]
    for session in sessions:
        leads.change(session, lead, reason="mine")
    with pytest.raises(Conflict, match="two events of one batch"):
        await flush(database, sessions)
    kept = await leads.by_id(asking(database), lead.id)
    assert kept == lead


async def test_of_twenty_who_take_at_once_one_wins(database: Database) -> None:
    lead = await annas_lead(database)
    async with saving(database) as session:
        team = [await a_manager(session, BORIS + n) for n in range(20)]

    async def take(staff: int) -> None:
        session = asking(database)
        found = await leads.by_id(session, lead.id)
        assert found is not None
        leads.change(session, found, state=State.TAKEN, responsible=staff)
        leads.assign(session, lead.id, staff, kind="take", by=None, at=NOW)
        await barrier.wait()  # all have decided before anybody saves
        await flush(database, [session])

    barrier = asyncio.Barrier(20)
    ends = await asyncio.gather(*(take(one.id) for one in team), return_exceptions=True)
    assert [type(end) for end in ends].count(Conflict) == 19
    assert await count(database, assignments) == 1


async def test_a_lead_changed_twice_in_one_event_grows_by_two_versions(database: Database) -> None:
    lead = await annas_lead(database)
    async with saving(database) as session:
        once = leads.change(session, lead, reason="one")
        leads.change(session, once, source="ad")
    kept = await leads.by_id(asking(database), lead.id)
    assert kept is not None
    assert (kept.version, kept.reason, kept.source) == (3, "one", "ad")


async def test_a_refused_batch_leaves_nothing_of_anybody(database: Database) -> None:
    good, bad = asking(database), asking(database)
    await a_customer(good, PABLO)
    await a_customer(bad, ANNA)
    await a_customer(bad, ANNA)
    with pytest.raises(IntegrityError):
        await flush(database, [good, bad])
    assert await count(database, persons) == 0


async def test_what_goes_along_is_of_the_same_transaction(database: Database) -> None:
    session = asking(database)
    await a_customer(session)

    async def also(connection: Any) -> None:
        await connection.execute(persons.insert(), [{"id": 900, "created_at": NOW}] * 2)

    with pytest.raises(IntegrityError):
        await flush(database, [session], also)
    assert await count(database, persons) == 0


async def test_handing_over_frees_the_assignment_before_the_next(database: Database) -> None:
    lead = await annas_lead(database)
    async with saving(database) as session:
        boris, dasha = await a_manager(session, BORIS), await a_manager(session, DASHA)
    for staff, kind in ((boris, "take"), (dasha, "give")):
        async with saving(database) as session:
            leads.assign(session, lead.id, staff.id, kind=kind, by=None, at=NOW)
    found = await rows(
        database, sa.select(assignments.c.staff, assignments.c.ended_at).order_by(assignments.c.id)
    )
    assert [tuple(row) for row in found] == [(boris.id, NOW), (dasha.id, None)]


async def test_given_twice_in_one_event_the_last_has_it(database: Database) -> None:
    lead = await annas_lead(database)
    async with saving(database) as session:
        boris, dasha = await a_manager(session, BORIS), await a_manager(session, DASHA)
        leads.assign(session, lead.id, boris.id, kind="take", by=None, at=NOW)
        leads.assign(session, lead.id, dasha.id, kind="give", by=None, at=NOW)
    open_ = assignments.c.ended_at.is_(None)
    found = await rows(database, sa.select(assignments.c.staff).where(open_))
    assert [row.staff for row in found] == [dasha.id]


async def test_a_change_meets_what_the_same_event_makes(database: Database) -> None:
    async with saving(database) as session:
        lead = await a_lead(session, await a_customer(session))
        await deadlines.start(session, lead.id, "take", NOW)
        deadlines.stop(session, lead.id, "take", at=NOW)
        cards.refresh(session, lead.id, NOW, menu="reject")
        leads.change(session, lead, source="ad")
    asked = asking(database)
    assert await deadlines.open_of(asked, lead.id) == []
    card = await cards.of_lead(asked, lead.id)
    assert card is not None
    assert (card.chat, card.wanted, card.menu) == (CHAT, 2, "reject")
    kept = await leads.open_of(asked, lead.person, DESK)
    assert kept is not None
    assert kept.source == "ad"


async def test_a_change_of_many_meets_old_and_new_rows_alike(database: Database) -> None:
    async with saving(database) as session:
        await a_customer(session, ANNA)
    async with saving(database) as session:
        await a_customer(session, PABLO)
        session.update(accounts_table, {"channel": "telegram"}, source="ad")
    assert await count(database, accounts_table, accounts_table.c.source == "ad") == 2


async def test_changes_that_differ_in_a_constant_are_kept_apart(database: Database) -> None:
    async with saving(database) as session:
        made = [await a_lead(session, await a_customer(session, who)) for who in (ANNA, PABLO)]
    async with saving(database) as session:
        for step, lead in enumerate(made, 1):
            wanted = cards_table.c.wanted + step
            session.update(cards_table, {"lead": lead.id}, wanted=wanted)
    found = await rows(database, sa.select(cards_table.c.wanted).order_by(cards_table.c.lead))
    assert [row.wanted for row in found] == [2, 3]


async def test_taken_numbers_are_looked_up_again_after_a_refusal(database: Database) -> None:
    ids = Ids(database)
    first = Session(Reads(database), ids)
    await a_customer(first)
    await flush(database, [first])
    async with database.write() as connection:  # another process, or a repair by hand
        taken = [{"id": number, "created_at": NOW} for number in range(2, 200)]
        await connection.execute(persons.insert(), taken)
    second = Session(Reads(database), ids)
    await a_customer(second, PABLO)
    with pytest.raises(IntegrityError):
        await flush(database, [second])
    ids.forget()
    if not database.sqlite:
        async with database.write() as connection:
            await connection.execute(sa.text("select setval('persons_id_seq', 300)"))
    third = Session(Reads(database), ids)
    await a_customer(third, PABLO)
    await flush(database, [third])
    assert await count(database, accounts_table) == 2


async def test_leads_are_numbered_without_gaps_after_a_restart(database: Database) -> None:
    for expected in (1, 2, 3):
        async with saving(database) as session:  # with numbers of its own, as after a restart
            lead = await a_lead(session, await a_customer(session, expected))
        assert lead.id == expected


async def test_leads_are_numbered_without_gaps_after_a_refusal(database: Database) -> None:
    if not database.sqlite:
        pytest.skip("PostgreSQL's sequences leave gaps")
    ids = Ids(database)
    assert [await ids.take(leads_table) for _ in range(2)] == [1, 2]
    ids.forget()
    assert await ids.take(leads_table) == 1


async def test_history_comes_in_order_with_its_data(database: Database) -> None:
    lead = await annas_lead(database)
    async with saving(database) as session:
        boris = await a_manager(session)
        leads.touch(session, lead.id, at=NOW, kind="take", actor="staff", staff=boris.id)
        leads.touch(session, lead.id, at=NOW, kind="reject", reason="Дорого", by={"a": [1]})
    history = await leads.history(asking(database), lead.id)
    assert [(one.kind, one.staff) for one in history] == [("take", boris.id), ("reject", None)]
    assert history[1].data == {"reason": "Дорого", "by": {"a": [1]}}
    assert await count(database, touches) == 2
