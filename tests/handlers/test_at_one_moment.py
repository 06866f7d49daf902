"""Two events decided upon in the same moment, of which neither saw what the other did."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from bot.messages import (
    EVENTS,
    Author,
    Chat,
    ErasureWanted,
    Facts,
    Member,
    MemberChanged,
    MessageReceived,
)
from storage.erasure import LIST
from storage.forgetting import NOTHING
from storage.schema import assignments, inbox, leads, members, outbox, staff, steps
from storage.session import Conflict, flush
from tests.cast import ANNA, BORIS, DASHA, NAMES, PABLO, TEAM
from tests.databases import Cluster
from tests.handlers.invariants import assert_invariants
from tests.handlers.stand import MORNING, Asked, Stand, message, press

WORDS = "How much is an aquamarine?"
WAITS = sa.text(
    "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
)


@pytest.fixture
async def stand(database_url: str) -> AsyncIterator[Stand]:
    """Handlers on a fresh database of either kind; Anna wrote."""
    found = Stand(database_url)
    await found.database.open()
    await found.happen(message("telegram", ANNA, "1", WORDS))
    yield found
    await found.database.close()


def told(who: int, text: str) -> Asked:
    """Somebody of the team writes in its chat."""
    author, chat = Author(str(who), NAMES[who]), Chat(str(TEAM), private=False)
    event = MessageReceived("telegram", chat, author, "30", MORNING, text)
    return event, Facts(member=Member(present=True, name=NAMES[who]))


def moves(who: int, *, present: bool) -> Asked:
    """Somebody leaves the team's chat, or comes back."""
    member, chat = Author(str(who), NAMES[who]), Chat(str(TEAM), private=False)
    return MemberChanged("telegram", chat, member, present), Facts()


async def again(stand: Stand, name: str) -> None:
    """What is to be looked at once more happens."""
    query = sa.select(inbox.c.body).where(inbox.c.event_id.like(name))
    (row,) = await stand.rows(query)
    await stand.happen((EVENTS.validate_python(row.body), Facts()))


async def lists(stand: Stand) -> list[sa.Row[Any]]:
    """The calls that post lists."""
    return await stand.rows(sa.select(outbox).where(outbox.c.asks == LIST))


@pytest.mark.parametrize("state", ["queued", "failed", "sent"])
async def test_a_list_put_together_while_somebody_in_it_is_erased_is_forgotten(
    stand: Stand, state: str
) -> None:
    await stand.happen((ErasureWanted(1, "customer", "R1"), Facts()), told(BORIS, "/leads"))
    (known,) = await lists(stand)
    assert "Anna" in str(known.payload)
    async with stand.database.write() as connection:
        ended = None if state == "queued" else stand.now
        changed = outbox.update().where(outbox.c.id == known.id)
        await connection.execute(changed.values(state=state, ended_at=ended))
    await again(stand, "erasure:R1:again")
    (known,) = await lists(stand)
    assert known.payload == NOTHING
    assert known.state == ("sent" if state == "sent" else "dropped")
    answers = sa.select(outbox.c.payload).where(outbox.c.ended_at.is_(None))
    outdated = [row for row in await stand.rows(answers) if "out of date" in str(row.payload)]
    assert [row.payload["reply_to"] for row in outdated] == ["30"] * (state == "queued")


async def test_no_part_of_a_list_that_shows_who_is_erased_is_left(stand: Stand) -> None:
    await stand.happen(told(BORIS, "/find aquamarine"))
    (first,) = await lists(stand)
    assert "#1" in str(first.payload)
    more = {**first._mapping, "id": first.id + 100}
    more["payload"] = {**first.payload, "reply_to": "", "text": [{"text": WORDS}]}
    async with stand.database.write() as connection:
        await connection.execute(outbox.insert().values(more))
        changed = outbox.update().where(outbox.c.id == first.id)
        await connection.execute(changed.values(state="sent", ended_at=stand.now))
    await stand.happen((ErasureWanted(1, "customer", "R1"), Facts()))
    assert [one.payload for one in await lists(stand)] == [NOTHING, NOTHING]
    assert [one.state for one in await lists(stand)] == ["sent", "dropped"]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("#1 waits", True),
        ("Call ANNA, she waits", True),
        ("@customer_101", True),
        ("telegram:101", True),
        ("+34 612-345-678", True),
        ("#12, #21 and 1", False),
        ("Annabel and customer_1012", False),
        ("+34 612 345 679", False),
    ],
)
async def test_a_list_that_waits_ends_if_it_can_show_who_is_erased(
    stand: Stand, text: str, ends: bool
) -> None:
    await stand.happen(message("telegram", ANNA, "2", "Call +34612345678"), told(BORIS, "/help"))
    (known,) = await lists(stand)
    async with stand.database.write() as connection:
        words = {**known.payload, "text": [{"text": text[:3]}, {"text": text[3:]}]}
        await connection.execute(outbox.update().where(outbox.c.id == known.id), {"payload": words})
    await stand.happen((ErasureWanted(1, "customer", "R1"), Facts()))
    (known,) = await lists(stand)
    assert known.state == ("dropped" if ends else "queued")
    assert known.payload == (NOTHING if ends else words)


@pytest.mark.parametrize("asked", ["/help", "/find door"])
async def test_what_shows_others_alone_outlives_an_erasure_and_its_second_look(
    stand: Stand, asked: str
) -> None:
    await stand.happen(message("telegram", PABLO, "2", "A door?"))
    await stand.happen((ErasureWanted(1, "customer", "R1"), Facts()), told(BORIS, asked))
    await stand.happen(told(BORIS, asked))
    await again(stand, "erasure:R1:again")
    assert {one.state for one in await lists(stand)} == {"queued"}


async def number_of(stand: Stand, who: int) -> int:
    """The number of somebody of the team."""
    rows = await stand.rows(sa.select(staff.c.id).where(staff.c.name == NAMES[who]))
    (row,) = rows
    return int(row.id)


async def given(stand: Stand) -> tuple[Asked, Asked]:
    """Dasha has Anna's lead; she gives it to Boris, and he leaves."""
    await stand.happen(told(BORIS, "Hi"))
    await stand.happen(press(DASHA, "p1", "1:take:1"))
    assign = f"1:assign:1:{await number_of(stand, BORIS)}"
    return press(DASHA, "p2", assign), moves(BORIS, present=False)


async def notices(stand: Stand) -> Sequence[Any]:
    """What the chat is told of those who left."""
    rows = await stand.rows(sa.select(outbox.c.payload))
    return [row.payload for row in rows if "Boris left the chat" in str(row.payload)]


@pytest.mark.parametrize("gone_first", [True, False])
async def test_a_lead_given_to_who_is_just_leaving_returns_to_the_queue(
    stand: Stand, gone_first: bool
) -> None:
    both = await given(stand)
    await stand.happen(*(reversed(both) if gone_first else both))
    assert not await notices(stand)
    for _ in range(2):
        await again(stand, "left:%:again")
    (lead,) = await stand.rows(sa.select(leads))
    assert (lead.state, lead.responsible) == ("new", None)
    assert len(await notices(stand)) == 1
    await assert_invariants(stand.database)


async def test_who_is_back_by_then_keeps_what_they_were_given(stand: Stand) -> None:
    await stand.happen(*(await given(stand)))
    await stand.happen(moves(BORIS, present=True))
    await again(stand, "left:%:again")
    (lead,) = await stand.rows(sa.select(leads))
    assert (lead.state, lead.responsible) == ("taken", await number_of(stand, BORIS))
    assert not await notices(stand)


async def test_what_was_told_when_they_left_is_not_told_again(stand: Stand) -> None:
    assign, leaving = await given(stand)
    await stand.happen(assign)
    await stand.happen(leaving)
    assert len(await notices(stand)) == 1
    await again(stand, "left:%:again")
    assert len(await notices(stand)) == 1


async def test_whoever_came_with_others_is_known_as_they_are(stand: Stand) -> None:
    for who in (BORIS, DASHA):
        await stand.happen(moves(who, present=False))
    came, facts = moves(BORIS, present=True)
    assert isinstance(came, MemberChanged)
    bot = Author("77", "Helper", bot=True)
    others = (came.member, Author(str(DASHA), NAMES[DASHA]))
    await stand.happen((replace(came, member=bot, others=others), facts))
    there = await stand.rows(sa.select(members.c.member).where(members.c.present))
    assert {row.member for row in there} == {f"telegram:{BORIS}", f"telegram:{DASHA}"}


async def waiting(stand: Stand, *tasks: asyncio.Task[None]) -> None:
    """Each waits for what others hold, if it is not done already."""
    while len(await stand.rows(WAITS)) < sum(not one.done() for one in tasks):
        await asyncio.sleep(0.01)


async def test_who_takes_a_lead_amid_an_erasure_neither_stops_it_nor_has_it(
    postgres: Cluster,
) -> None:
    url = await postgres.create(migrated=True)
    stand = Stand(url)
    await stand.database.open()
    await stand.happen(message("telegram", ANNA, "1", WORDS))
    await stand.happen(told(BORIS, "Hi"))
    boris = await number_of(stand, BORIS)
    planned = {"lead": 1, "words": "", "by": boris, "at": MORNING, "due_at": MORNING}
    async with stand.database.write() as connection:
        await connection.execute(steps.insert().values(planned))
    erasure = await stand._decided(ErasureWanted(1, "staff", "R1"), Facts())
    taking = await stand._decided(*press(BORIS, "p1", "1:take:1"))
    async with stand.database.write() as connection:  # in the midst of what the erasure changes
        await connection.execute(sa.select(steps).with_for_update())
        erased = asyncio.create_task(flush(stand.database, [erasure]))
        await waiting(stand, erased)
        taken = asyncio.create_task(flush(stand.database, [taking]))
        await waiting(stand, erased, taken)
    found = await asyncio.gather(erased, taken, return_exceptions=True)
    assert found[0] is None
    assert isinstance(found[1], Conflict)
    assert not await stand.rows(sa.select(assignments).where(assignments.c.ended_at.is_(None)))
    await assert_invariants(stand.database)
    await stand.database.close()
    await postgres.drop(url)
