"""What an erasure makes of the calls that were to be made for somebody, or could not be."""

from __future__ import annotations

from bot.messages import Post, Priority, plain
from storage import accounts, dead, erasure, outbox
from storage.database import Database
from storage.forgetting import NOTHING
from storage.outbox import Outcome
from storage.schema import outbox as outbox_table
from tests.cast import ANNA
from tests.storage.making import CHAT, NOW, annas_lead, asking, rows, saving


async def test_a_call_that_failed_waits_for_no_decision_once_its_customer_is_erased(
    database: Database,
) -> None:
    lead = await annas_lead(database)
    async with saving(database) as session:
        await outbox.add(
            session,
            "telegram",
            Post(str(ANNA), plain("Hello, Anna")),
            chat=str(ANNA),
            key=CHAT,
            priority=Priority.CHANGE,
            now=NOW,
            lead=lead.id,
        )
    async with database.read() as connection:
        found = list(await outbox.waiting(connection, "telegram", busy=(), now=NOW, limit=9))
    async with database.write() as connection:
        await outbox.claim(connection, found, NOW)
        await outbox.record(connection, [Outcome(found[0], "failed", "out of order")], NOW)
    assert [one.mark for one in await dead.found(asking(database))] == [f"call:{found[0].id}"]
    async with saving(database) as session:
        await erasure.erase(
            session,
            [await accounts.by_id(session, lead.account)],
            receipt="R",
            asked_by="staff",
            reasons=(),
            now=NOW,
            whole=True,
        )
    assert await dead.found(asking(database)) == []
    (call,) = await rows(database, outbox_table.select())
    assert (call.state, call.payload) == ("dropped", NOTHING)
