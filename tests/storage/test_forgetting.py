"""What an erasure makes of the calls that were to be made for somebody, or could not be."""

from __future__ import annotations

from bot.messages import Post, Priority, plain
from storage import accounts, dead, erasure, outbox
from storage.database import Database
from storage.forgetting import NOTHING
from storage.schema import outbox as outbox_table
from tests.storage.making import NOW, a_failed_call, annas_lead, asking, rows, saving


async def test_a_call_that_failed_waits_for_no_decision_once_its_customer_is_erased(
    database: Database,
) -> None:
    lead = await annas_lead(database)
    failed = await a_failed_call(database, "out of order", lead.id)
    assert [one.mark for one in await dead.found(asking(database))] == [f"call:{failed}"]
    await _erased(database, lead.account)
    assert await dead.found(asking(database)) == []
    (call,) = await rows(database, outbox_table.select())
    assert (call.state, call.payload) == ("dropped", NOTHING)


async def test_what_expired_may_be_sent_again_after_another_customer_is_erased(
    database: Database,
) -> None:
    lead = await annas_lead(database)
    async with saving(database) as session:
        for priority in (Priority.REPLY, Priority.ANSWER):
            number = await outbox.add(
                session,
                "telegram",
                Post("77", plain("Anna asks")),
                chat="77",
                key="telegram:77",
                priority=priority,
                now=NOW,
            )
            session.update(outbox_table, {"id": number}, state="expired", ended_at=NOW)
    await _erased(database, lead.account)
    calls = await rows(database, outbox_table.select().order_by(outbox_table.c.id))
    assert [one.payload == NOTHING for one in calls if one.chat == "77"] == [False, True]


async def _erased(database: Database, account: int) -> None:
    async with saving(database) as session:
        await erasure.erase(
            session,
            [await accounts.by_id(session, account)],
            receipt="R",
            asked_by="staff",
            reasons=(),
            now=NOW,
            whole=True,
        )
