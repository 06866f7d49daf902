"""A card shows in the end what it should show, and is never shown by two at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import Priority
from storage import cards, folding, messages
from storage.cards import Card
from storage.database import Database
from storage.schema import cards as cards_table
from storage.session import Ids, Reads, Session, flush
from tests.cast import ANNA, BORIS, DASHA, PABLO
from tests.storage.making import CHAT, NOW, a_customer, a_lead, annas_lead, asking, count, saving

LATER = NOW + timedelta(minutes=1)


async def _wanted(database: Database, *busy: str, channel: str = "telegram") -> Sequence[Card]:
    async with database.read() as connection:
        return await cards.wanted(connection, channel, busy=busy, now=NOW, limit=100)


async def _crowded(database: Database) -> Sequence[str]:
    """Chats of more new cards than one."""
    async with database.read() as connection:
        return await folding.crowded(connection, "telegram", lambda _: 1.0, busy=())


async def _claim(database: Database) -> Card:
    (found,) = await _wanted(database)
    async with database.write() as connection:
        await cards.claim(connection, [found], NOW)
    return found


async def _unclaim(database: Database, card: Card) -> None:
    async with database.write() as connection:
        await cards.unclaim(connection, [card])


async def _refresh(database: Database, lead: int, menu: str = "") -> None:
    async with saving(database) as session:
        cards.refresh(session, lead, LATER, menu=menu)


async def _shown(database: Database, card: Card, message_id: str) -> None:
    async with database.write() as connection:
        await cards.shown(connection, [(card, card.complete(message_id))], NOW)


async def _card(database: Database, lead: int) -> Card:
    found = await cards.of_lead(asking(database), lead)
    assert found is not None
    return found


async def test_a_new_card_is_wanted_until_it_was_shown(database: Database) -> None:
    lead = await annas_lead(database)
    card = await _claim(database)
    assert (card.lead, card.chat, card.priority) == (lead.id, CHAT, Priority.CARD)
    assert await _wanted(database) == []  # nobody else may post it
    await _shown(database, card, "55")
    assert await _wanted(database) == []
    place = await messages.place(asking(database), CHAT, "55")
    assert place is not None
    assert place.lead == lead.id


async def test_a_change_while_it_is_shown_never_frees_the_claim(database: Database) -> None:
    lead = await annas_lead(database)
    card = await _claim(database)
    await _refresh(database, lead.id, menu="reject")
    assert await _wanted(database) == []
    await _shown(database, card, "55")
    (again,) = await _wanted(database)
    assert (again.message_id, again.menu, again.priority) == ("55", "reject", Priority.CHANGE)
    assert again.wanted == card.wanted + 1


async def test_a_claim_that_is_put_back_leaves_the_card_as_it_was(database: Database) -> None:
    lead = await annas_lead(database)
    card = await _claim(database)
    await _unclaim(database, card)
    assert await _wanted(database) == [card]
    await _claim(database)
    await _shown(database, card, "55")
    await _unclaim(database, card)  # not claimed any more
    assert (await _card(database, lead.id)).message_id == "55"


async def test_sixty_changes_are_shown_as_one(database: Database) -> None:
    lead = await annas_lead(database)
    await _shown(database, await _claim(database), "55")
    await asyncio.gather(*(_refresh(database, lead.id) for _ in range(60)))
    card = await _claim(database)
    assert (card.wanted, card.shown) == (61, 1)
    await _shown(database, card, "55")
    assert await _wanted(database) == []


async def test_what_could_not_be_shown_waits_and_tells_when(database: Database) -> None:
    lead = await annas_lead(database)
    card = await _claim(database)
    async with database.write() as connection:
        await cards.put_back(connection, card, reason="slow down", not_before=LATER)
    assert await _wanted(database) == []
    async with database.read() as connection:
        (later,) = await cards.wanted(connection, "telegram", busy=(), now=LATER, limit=9)
    assert (later.lead, later.attempts) == (lead.id, 1)


async def test_a_lost_card_is_posted_anew(database: Database) -> None:
    lead = await annas_lead(database)
    await _shown(database, await _claim(database), "55")
    await _refresh(database, lead.id)
    card = await _claim(database)
    async with database.write() as connection:
        await cards.put_back(connection, card, reason="deleted", lost=True)
    again = await _claim(database)
    assert again.message_id is None
    await _shown(database, again, "77")
    assert (await _card(database, lead.id)).message_id == "77"
    for message_id in ("55", "77"):  # a reply to the old one is still understood
        place = await messages.place(asking(database), CHAT, message_id)
        assert place is not None
        assert place.lead == lead.id


async def test_a_card_given_up_is_tried_again_when_it_changes(database: Database) -> None:
    lead = await annas_lead(database)
    card = await _claim(database)
    async with database.write() as connection:
        await cards.put_back(connection, card, reason="refused", failed=True)
    assert await _wanted(database) == []
    await _refresh(database, lead.id)
    assert [one.lead for one in await _wanted(database)] == [lead.id]


async def test_a_card_that_changed_while_it_was_refused_is_not_given_up(
    database: Database,
) -> None:
    lead = await annas_lead(database)
    card = await _claim(database)
    await _refresh(database, lead.id)
    async with database.write() as connection:
        await cards.put_back(connection, card, reason="refused", failed=True)
    assert [one.lead for one in await _wanted(database)] == [lead.id]


async def test_new_cards_go_before_changes_of_old_ones(database: Database) -> None:
    old = await annas_lead(database)
    await _shown(database, await _claim(database), "55")
    await _refresh(database, old.id)
    async with saving(database) as session:
        new = await a_lead(session, await a_customer(session, PABLO))
    assert [one.lead for one in await _wanted(database)] == [new.id, old.id]


async def test_cards_of_busy_chats_and_of_other_channels_wait(database: Database) -> None:
    await annas_lead(database)
    assert await _wanted(database, CHAT) == []
    assert await _wanted(database, channel="vk") == []
    assert await _wanted(database, channel="tele_ram") == []  # no pattern, but a name
    assert await _wanted(database, channel="Telegram") == []


async def test_a_process_that_died_leaves_its_cards_to_be_found(database: Database) -> None:
    lead = await annas_lead(database)
    await _claim(database)
    async with database.read() as connection:
        (left,) = await cards.left_claimed(connection, "telegram")
        assert await cards.left_claimed(connection, "vk") == []
    assert (left.lead, left.claimed_at) == (lead.id, NOW)


async def test_a_card_on_its_way_is_where_it_was_left(database: Database) -> None:
    lead = await annas_lead(database)
    was = await _claim(database)
    topic = replace(was, message_id="56", thread="50", topic="50", left="9", closed=False)
    async with database.write() as connection:
        await cards.shown(connection, [(was, replace(topic, text=was.wanted, title="a1"))], NOW)
    (card,) = await _wanted(database)  # not all is shown yet
    assert (card.message_id, card.thread, card.topic, card.left) == ("56", "50", "50", "9")
    assert (card.shown, card.text, card.title, card.closed) == (0, card.wanted, "a1", False)
    async with database.write() as connection:
        done = replace(card, left="", closed=True).complete("56")
        await cards.shown(connection, [(card, done)], NOW)
    card = await _card(database, lead.id)
    assert (card.left, card.title, card.closed, card.text) == ("", "a1", True, card.wanted)


async def test_a_topic_leads_to_its_lead_until_it_is_gone(database: Database) -> None:
    lead = await annas_lead(database)
    was = await _claim(database)
    inside = replace(was, thread="50", topic="50", title="a1", closed=False)
    async with database.write() as connection:
        await cards.shown(connection, [(was, inside.complete("56"))], NOW)
    assert await cards.lead_of_topic(asking(database), CHAT, "50") == lead.id
    assert await cards.lead_of_topic(asking(database), CHAT, "51") is None
    assert await cards.lead_of_topic(asking(database), "telegram:-2", "50") is None
    async with database.write() as connection:
        await cards.lose_topic(connection, CHAT, "50", LATER)
    assert await cards.lead_of_topic(asking(database), CHAT, "50") is None
    (card,) = await _wanted(database)
    assert (card.message_id, card.left, card.thread, card.closed) == (None, "56", "", None)


@pytest.mark.parametrize("moving", [{"topic": "70", "thread": "70"}, {"left": "55"}])
async def test_a_card_that_moves_is_no_news_to_be_listed(
    database: Database, moving: dict[str, str]
) -> None:
    lead = await annas_lead(database)
    async with saving(database) as session:
        await a_lead(session, await a_customer(session, PABLO))
        session.update(cards_table, {"lead": lead.id}, **moving)
    assert await _crowded(database) == []
    async with saving(database) as session:
        session.update(cards_table, {"lead": lead.id}, topic="", thread="", left="")
    (where,) = await _crowded(database)
    await folding.fold(database, Ids(database), where, NOW)
    assert await count(database, cards_table, cards_table.c.folded.is_not(None)) == 2


async def test_a_list_and_new_cards_have_numbers_of_their_own_after_a_refusal(
    database: Database,
) -> None:
    senders, handlers = Ids(database), Ids(database)
    for who in (ANNA, PABLO, BORIS, DASHA):
        session = Session(Reads(database), handlers)
        await a_lead(session, await a_customer(session, who))
        await flush(database, [session])
        if who in (PABLO, DASHA):
            (where,) = await _crowded(database)
            await folding.fold(database, senders, where, NOW)
        handlers.forget()
    assert await count(database, cards_table, cards_table.c.lead.is_(None)) == 2
    assert await count(database, cards_table, cards_table.c.folded.is_not(None)) == 4
