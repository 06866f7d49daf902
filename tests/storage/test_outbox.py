"""Calls of a key go in order: long by all that they wait for, and leave behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.lead import Lead
from bot.messages import AnswerPress, Post, Priority, plain
from storage import cards, chats, messages, outbox
from storage.database import Database
from storage.outbox import Delivery, Outcome
from storage.schema import outbox as outbox_table
from tests.cast import ANNA, BORIS, PABLO, TEAM
from tests.storage.making import CHAT, NOW, annas_lead, asking, saving

LATER = NOW + timedelta(minutes=1)


async def _say(database: Database, chat: int = ANNA, words: str = "hello", **over: Any) -> int:
    """A call kept; its number."""
    values: dict[str, Any] = {
        "chat": str(chat),
        "key": f"telegram:{chat}",
        "priority": Priority.REPLY,
        "now": NOW,
        **over,
    }
    async with saving(database) as session:
        return await outbox.add(session, "telegram", Post(str(chat), plain(words)), **values)


async def _waiting(database: Database, *busy: str, channel: str = "telegram") -> Sequence[Delivery]:
    async with database.read() as connection:
        return await outbox.waiting(connection, channel, busy=busy, now=NOW, limit=100)


async def _claim(database: Database, found: Sequence[Delivery]) -> None:
    async with database.write() as connection:
        await outbox.claim(connection, found, NOW)


async def _unclaim(database: Database, found: Sequence[Delivery]) -> None:
    async with database.write() as connection:
        await outbox.unclaim(connection, found)


async def _end(database: Database, *outcomes: Outcome) -> None:
    async with database.write() as connection:
        await outbox.record(connection, outcomes, NOW)


async def _show_card(database: Database, lead: Lead, message_id: str) -> None:
    async with database.write() as connection:
        card = await cards.of_lead(asking(database), lead.id)
        assert card is not None
        await cards.shown(connection, [(card, card.complete(message_id))], NOW)


async def test_one_call_of_each_key_goes_at_a_time_in_order(database: Database) -> None:
    anna, anna_next, pablo = [await _say(database, who) for who in (ANNA, ANNA, PABLO)]
    found = await _waiting(database)
    assert [one.id for one in found] == [anna, pablo]
    await _claim(database, found)
    assert await _waiting(database) == []  # what is being sent still stands before the next
    await _end(database, Outcome(found[0], "sent"))
    assert [one.id for one in await _waiting(database)] == [anna_next]


async def test_a_claim_that_is_put_back_leaves_the_call_as_it_was(database: Database) -> None:
    await _say(database)
    found = await _waiting(database)
    await _claim(database, found)
    await _unclaim(database, found)
    assert await _waiting(database) == found
    await _claim(database, found)
    await _end(database, Outcome(found[0], "queued", unsure=True))
    doubted = await _waiting(database)
    assert doubted[0].claimed_at == NOW
    await _claim(database, doubted)
    await _unclaim(database, doubted)
    assert await _waiting(database) == doubted


async def test_what_was_dropped_or_never_claimed_is_not_put_back(database: Database) -> None:
    await _say(database)
    await _say(database, PABLO)
    found = await _waiting(database)
    await _claim(database, found[:1])
    await _end(database, Outcome(found[0], "dropped"))
    await _unclaim(database, found)
    assert await _waiting(database) == found[1:]


async def test_a_call_comes_back_as_it_was_given(database: Database) -> None:
    number = await _say(database, words="Добрый день", told=True, expires_at=LATER, asks="reason")
    (found,) = await _waiting(database)
    assert found.id == number
    assert found.outgoing == Post(str(ANNA), plain("Добрый день"))
    assert (found.priority, found.told, found.asks) == (Priority.REPLY, True, "reason")
    assert (found.expires_at, found.attempts, found.card) == (LATER, 0, None)
    assert 0 < found.random_id < 2**31
    assert await outbox.by_id(asking(database), number) == found


async def test_a_call_that_was_dropped_while_it_was_made_is_not_made_again(
    database: Database,
) -> None:
    number = await _say(database)
    (found,) = await _waiting(database)
    await _claim(database, [found])
    async with database.write() as connection:
        dropped = outbox_table.update().values(state="dropped", ended_at=NOW, reason="erased:7")
        await connection.execute(dropped)
    await _end(database, Outcome(found, "queued", "timeout", retry_at=NOW))
    assert await _waiting(database) == []
    async with database.read() as connection:
        query = sa.select(outbox_table.c.state).where(outbox_table.c.id == number)
        assert (await connection.execute(query)).scalar() == "dropped"


async def test_a_channel_sees_its_own_calls_alone(database: Database) -> None:
    await _say(database)
    assert await _waiting(database, channel="vk") == []


async def test_the_urgent_go_first_and_nobody_waits_for_ever(database: Database) -> None:
    card = await _say(database, 1, priority=Priority.CARD)
    reply = await _say(database, 2, priority=Priority.REPLY)
    old_digest = await _say(database, 3, priority=Priority.DIGEST, now=NOW - timedelta(hours=1))
    assert [one.id for one in await _waiting(database)] == [old_digest, reply, card]


async def test_a_busy_chat_gets_answers_to_presses_alone(database: Database) -> None:
    await _say(database, TEAM)
    async with saving(database) as session:
        answer = await outbox.add(
            session,
            "telegram",
            AnswerPress("p1", str(TEAM), str(BORIS), "Taken"),
            chat=str(TEAM),
            key="press:p1",
            priority=Priority.ANSWER,
            now=NOW,
        )
    assert [one.id for one in await _waiting(database, str(TEAM))] == [answer]


async def test_the_newest_answer_to_a_press_goes_first(database: Database) -> None:
    reply = await _say(database)
    answers = [
        await _say(database, key=f"press:{second}", priority=Priority.ANSWER, now=pressed)
        for second in range(3)
        if (pressed := NOW - timedelta(seconds=9 - second))
    ]
    assert [one.id for one in await _waiting(database)] == [*reversed(answers), reply]


async def test_answers_to_others_than_the_team_yield_to_all_else_but_wait_for_no_chat(
    database: Database,
) -> None:
    answer = await _say(database, key="presses:1", priority=Priority.OTHERS)
    digest = await _say(database, PABLO, priority=Priority.DIGEST)
    reply = await _say(database, ANNA)
    assert [one.id for one in await _waiting(database)] == [reply, digest, answer]
    assert [one.id for one in await _waiting(database, str(ANNA))] == [digest, answer]


async def test_what_was_put_off_holds_up_its_own_key_alone(database: Database) -> None:
    await _say(database, ANNA)
    await _say(database, ANNA)
    pablo = await _say(database, PABLO)
    first, _ = found = await _waiting(database)
    await _claim(database, found[:1])
    await _end(database, Outcome(first, "queued", "slow down", retry_at=LATER))
    assert [one.id for one in await _waiting(database)] == [pablo]
    async with database.read() as connection:
        assert await outbox.next_retry(connection, "telegram", NOW) == LATER
        later = await outbox.waiting(connection, "telegram", busy=(), now=LATER, limit=9)
    assert [(one.id, one.attempts) for one in later] == [(first.id, 1), (pablo, 0)]


async def test_what_goes_under_a_card_waits_for_it_and_knows_it(database: Database) -> None:
    lead = await annas_lead(database)
    under: dict[str, Any] = {"lead": lead.id, "under_card": True, "key": f"{CHAT}/lead:{lead.id}"}
    await _say(database, TEAM, **under)
    assert await _waiting(database) == []
    await _show_card(database, lead, "55")
    (found,) = await _waiting(database)
    assert (found.card, found.lead) == ("55", lead.id)


async def test_what_was_sent_leaves_a_place_for_every_message(database: Database) -> None:
    lead = await annas_lead(database)
    await _say(database, TEAM, lead=lead.id, asks="reason")
    found = await _waiting(database)
    await _claim(database, found)
    await _end(database, Outcome(found[0], "sent", message_ids=("60", "61")))
    for message_id in ("60", "61"):
        place = await messages.place(asking(database), CHAT, message_id)
        assert place is not None
        assert (place.lead, place.asks) == (lead.id, "reason")
    assert await _waiting(database) == []


async def test_a_place_used_anew_stands_for_the_newer_call(database: Database) -> None:
    lead = await annas_lead(database)
    for asks in ("reason", "deal:1"):
        await _say(database, TEAM, lead=lead.id, asks=asks)
        found = await _waiting(database)
        await _claim(database, found)
        await _end(database, Outcome(found[0], "sent", message_ids=("60",)))
    place = await messages.place(asking(database), CHAT, "60")
    assert place is not None
    assert place.asks == "deal:1"


async def test_a_process_that_died_leaves_its_calls_to_be_found(database: Database) -> None:
    await _say(database, ANNA)
    await _say(database, PABLO)
    found = await _waiting(database)
    await _claim(database, found)
    await _end(database, Outcome(found[1], "failed", "blocked"))
    (left,) = await outbox.left_claimed(database, "telegram")
    assert (left.id, left.claimed_at, left.attempts) == (found[0].id, NOW, 1)
    assert await outbox.left_claimed(database, "vk") == []


async def test_the_pace_goes_on_from_what_was_sent_lately(database: Database) -> None:
    await _say(database, ANNA)
    found = await _waiting(database)
    await _claim(database, found)
    await _end(database, Outcome(found[0], "sent"))
    minute = timedelta(minutes=1)
    lately = await outbox.recent(database, "telegram", since=minute, now=NOW)
    assert lately == [(str(ANNA), Priority.REPLY, NOW)]
    assert await outbox.recent(database, "telegram", since=minute, now=NOW + minute) == []


async def test_the_pace_goes_on_from_cards_as_well(database: Database) -> None:
    await annas_lead(database)
    async with database.write() as connection:
        (card,) = await cards.wanted(connection, "telegram", busy=[], now=NOW, limit=1)
        await cards.claim(connection, [card], NOW)
    later, minute = NOW + timedelta(minutes=5), timedelta(minutes=1)
    left_behind = await outbox.recent(database, "telegram", since=minute, now=later)
    assert left_behind == [(str(TEAM), Priority.CARD, later)]  # nobody knows when it went out
    async with database.write() as connection:
        await cards.shown(connection, [(card, card.complete("55"))], NOW)
    shown = await outbox.recent(database, "telegram", since=minute, now=NOW)
    assert shown == [(str(TEAM), Priority.CARD, NOW)]
    assert await outbox.recent(database, "telegram", since=minute, now=later) == []


async def test_what_goes_under_a_card_goes_to_its_topic_while_the_chat_is_a_forum(
    database: Database,
) -> None:
    lead = await annas_lead(database)
    async with database.write() as connection:
        card = await cards.of_lead(asking(database), lead.id)
        assert card is not None
        inside = replace(card, thread="50", topic="50")
        await cards.shown(connection, [(card, inside.complete("56"))], NOW)
    await _say(database, TEAM, lead=lead.id, under_card=True)
    for forum in (False, True):
        async with database.write() as connection:
            await chats.found(connection, CHAT, forum=forum)
        (call,) = await _waiting(database)
        assert (call.card, call.thread) == ("56", "50" if forum else "")
