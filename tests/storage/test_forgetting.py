"""What an erasure makes of the calls that were to be made for somebody, or could not be."""

from __future__ import annotations

from storage import accounts, dead, erasure
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
