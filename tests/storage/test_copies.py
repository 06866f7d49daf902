"""What a reply's calls become when it is changed or taken back while the sender is at work."""

from __future__ import annotations

import pytest

from bot.messages import OUTGOING, Post, Priority, characters, plain
from storage import copies, messages, outbox
from storage.copies import Copies
from storage.database import Database
from storage.outbox import Delivery, Outcome
from storage.schema import outbox as outbox_table
from storage.session import Conflict
from tests.cast import ANNA
from tests.storage.making import CHAT, NOW, annas_lead, asking, saving

WHERE = f"telegram:{ANNA}"


async def _reply(database: Database) -> int:
    """A manager's reply that waits to be sent; its number."""
    lead = await annas_lead(database)
    async with saving(database) as session:
        number = await messages.add(
            session,
            account=lead.account,
            lead=lead.id,
            direction="out",
            author="staff",
            chat=CHAT,
            message_id="7",
            at=NOW,
            text="From 100 euros",
        )
        await outbox.add(
            session,
            "telegram",
            Post(str(ANNA), plain("From 100 euros")),
            chat=str(ANNA),
            key=WHERE,
            priority=Priority.REPLY,
            now=NOW,
            lead=lead.id,
            message=number,
        )
    return number


async def _found(database: Database, number: int) -> Copies:
    return await copies.of(asking(database), WHERE, [number])


async def _chosen(database: Database) -> list[Delivery]:
    async with database.read() as connection:
        return list(await outbox.waiting(connection, "telegram", busy=(), now=NOW, limit=9))


async def _claimed(database: Database, chosen: list[Delivery]) -> list[str]:
    """The words of the calls that are about to be made."""
    async with database.write() as connection:
        found = await outbox.claim(connection, chosen, NOW)
    return [characters(one.text) for one in found.values() if isinstance(one, Post)]


async def test_a_claim_takes_the_words_of_now_and_nothing_that_was_dropped(
    database: Database,
) -> None:
    number = await _reply(database)
    chosen = await _chosen(database)
    (call,) = (await _found(database, number)).waiting
    async with saving(database) as session:
        copies.reword(session, call, plain("From 200 euros"))
    again = await _chosen(database)
    async with saving(database) as session:
        copies.drop(session, call, NOW)
    assert await _claimed(database, chosen) == []
    assert [characters(post.text) for one in again if isinstance(post := one.outgoing, Post)] == [
        "From 200 euros"
    ]


async def test_words_changed_after_a_call_was_chosen_are_the_ones_that_go(
    database: Database,
) -> None:
    number = await _reply(database)
    chosen = await _chosen(database)
    (call,) = (await _found(database, number)).waiting
    async with saving(database) as session:
        copies.reword(session, call, plain("From 200 euros"))
    assert await _claimed(database, chosen) == ["From 200 euros"]


async def test_what_is_being_sent_is_neither_changed_nor_dropped(database: Database) -> None:
    number = await _reply(database)
    (call,) = (await _found(database, number)).waiting
    await _claimed(database, await _chosen(database))
    assert (await _found(database, number)).busy
    with pytest.raises(Conflict):
        async with saving(database) as session:
            copies.reword(session, call, plain("From 200 euros"))
    with pytest.raises(Conflict):
        async with saving(database) as session:
            copies.drop(session, call, NOW)
    (row,) = await asking(database).rows(outbox_table.select())
    post = OUTGOING.validate_python(row.payload)
    assert isinstance(post, Post)
    assert (characters(post.text), row.state) == ("From 100 euros", "claimed")


async def test_what_came_into_doubt_meanwhile_is_not_dropped_as_certainly_unsent(
    database: Database,
) -> None:
    number = await _reply(database)
    (call,) = (await _found(database, number)).waiting
    (chosen,) = await _chosen(database)
    await _claimed(database, [chosen])
    async with database.write() as connection:
        unheard = Outcome(chosen, "queued", "no answer", unsure=True)
        await outbox.record(connection, [unheard], NOW)
    with pytest.raises(Conflict):
        async with saving(database) as session:
            copies.drop(session, call, NOW)
    found = await _found(database, number)
    assert (found.busy, found.doubted) == (False, True)
    async with saving(database) as session:
        copies.drop(session, found.waiting[0], NOW)
    assert (await _found(database, number)).waiting == ()
