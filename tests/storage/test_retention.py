"""Who is forgotten by age, and who stays."""

from __future__ import annotations

from datetime import timedelta

from bot.messages import EVENTS, ErasureWanted
from storage import accounts, clients, dead, messages, retention
from storage.clients import Known
from storage.database import Database
from storage.forgetting import NOTHING
from storage.schema import inbox
from storage.schema import outbox as outbox_table
from tests.cast import ANNA, PABLO
from tests.storage.making import NOW, a_customer, a_failed_call, asking, rows, saving

LATER = NOW + timedelta(days=100)


async def _old(database: Database) -> list[int]:
    """The accounts whose erasure is taken in, when all there is is old."""
    await retention.take_old_customers(database, LATER, LATER)
    found = [EVENTS.validate_python(row.body) for row in await rows(database, inbox.select())]
    return [one.account for one in found if isinstance(one, ErasureWanted)]


async def test_clients_of_a_list_who_never_wrote_stay_also_those_known_by_an_id(
    database: Database,
) -> None:
    listed = [Known("Pablo", phones=("+34600111222",), telegram=str(PABLO))]
    await clients.remember(database, listed, NOW, lambda _: None)
    async with saving(database) as session:
        anna = await a_customer(session)  # who pressed Start, no more
    assert await _old(database) == [anna.id]


async def test_who_is_on_a_list_and_wrote_is_forgotten_by_age(database: Database) -> None:
    listed = [Known("Anna", phones=("+34600111333",), telegram=str(ANNA))]
    await clients.remember(database, listed, NOW, lambda _: None)
    anna = await accounts.at(asking(database), f"telegram:{ANNA}")
    assert anna is not None
    async with saving(database) as session:
        await messages.add(
            session,
            account=anna.id,
            lead=None,
            direction="in",
            author="customer",
            chat=anna.address,
            message_id="1",
            at=NOW,
            text="Hello",
        )
    assert await _old(database) == [anna.id]


async def test_the_words_of_what_failed_go_with_age_unless_somebody_may_decide(
    database: Database,
) -> None:
    await a_failed_call(database, "blocked")
    await a_failed_call(database, "out of order")
    assert await retention.purge(database, LATER) == 1
    assert await retention.purge(database, LATER) == 0
    calls = await rows(database, outbox_table.select().order_by(outbox_table.c.id))
    assert [one.payload == NOTHING for one in calls] == [True, False]
    assert [one.mark for one in await dead.found(asking(database))] == [f"call:{calls[1].id}"]
