"""A group that became a supergroup: what is still to be shown or sent there follows it once."""

from __future__ import annotations

from bot.domain.lead import State
from bot.messages import Member, Post, Priority, plain
from storage import cards, chats, leads, messages, outbox, staff
from storage.database import Database
from tests.cast import BORIS, DASHA, PABLO, TEAM
from tests.storage.making import CHAT, NOW, a_customer, a_lead, annas_lead, asking, saving

NEW = str(-1002000000001)
THERE = f"telegram:{NEW}"


async def _move(database: Database) -> None:
    async with saving(database) as session:
        chats.move(session, "telegram", str(TEAM), NEW)


async def test_waiting_calls_go_to_the_new_chat_in_their_order(database: Database) -> None:
    numbers = []
    for words in ("first", "second"):
        async with saving(database) as session:
            numbers.append(
                await outbox.add(
                    session,
                    "telegram",
                    Post(str(TEAM), plain(words)),
                    chat=str(TEAM),
                    key=CHAT,
                    priority=Priority.CARD,
                    now=NOW,
                )
            )
    await _move(database)
    async with saving(database) as session:
        await outbox.add(
            session,
            "telegram",
            Post(NEW, plain("third")),
            chat=NEW,
            key=THERE,
            priority=Priority.ANSWER,
            now=NOW,
        )
    async with database.read() as connection:
        found = await outbox.waiting(connection, "telegram", busy=(), now=NOW, limit=9)
    assert [(one.id, one.chat, one.key) for one in found] == [(numbers[0], NEW, THERE)]
    assert found[0].outgoing == Post(NEW, plain("first"))


async def test_cards_of_open_leads_are_posted_anew_there(database: Database) -> None:
    lead = await annas_lead(database)
    async with saving(database) as session:
        closed = await a_lead(session, await a_customer(session, PABLO))
        leads.change(session, closed, state=State.REJECTED)
    async with database.write() as connection:
        found = await cards.wanted(connection, "telegram", busy=(), now=NOW, limit=9)
        await cards.claim(connection, found, NOW)
        await cards.shown(connection, [(one, one.complete(f"5{one.lead}")) for one in found], NOW)
    await _move(database)
    async with database.read() as connection:
        wanted = await cards.wanted(connection, "telegram", busy=(), now=NOW, limit=9)
    assert [(one.lead, one.chat, one.message_id) for one in wanted] == [(lead.id, THERE, None)]


async def test_what_was_shown_in_the_old_chat_keeps_its_place(database: Database) -> None:
    lead = await annas_lead(database)
    for where in (CHAT, THERE):  # the new chat counts its messages from one again
        async with database.write() as connection:
            (card,) = await cards.wanted(connection, "telegram", busy=(), now=NOW, limit=9)
            await cards.claim(connection, [card], NOW)
            await cards.shown(connection, [(card, card.complete("5"))], NOW)
        await _move(database)
        place = await messages.place(asking(database), where, "5")
        assert place is not None
        assert place.lead == lead.id
        async with saving(database) as session:
            cards.refresh(session, lead.id, NOW)


async def test_members_follow_but_for_those_of_whom_the_new_chat_has_told(
    database: Database,
) -> None:
    async with saving(database) as session:
        staff.remember(session, CHAT, f"telegram:{BORIS}", Member(True), NOW)
        staff.remember(session, CHAT, f"telegram:{DASHA}", Member(True), NOW)
        staff.remember(session, THERE, f"telegram:{BORIS}", Member(False), NOW)
    await _move(database)
    session = asking(database)
    boris = await staff.membership(session, THERE, f"telegram:{BORIS}")
    dasha = await staff.membership(session, THERE, f"telegram:{DASHA}")
    assert boris is not None
    assert dasha is not None
    assert (boris.present, dasha.present) == (False, True)


async def test_a_move_told_twice_changes_nothing_more(database: Database) -> None:
    lead = await annas_lead(database)
    await _move(database)
    async with database.write() as connection:
        (card,) = await cards.wanted(connection, "telegram", busy=(), now=NOW, limit=9)
        await cards.claim(connection, [card], NOW)
        await cards.shown(connection, [(card, card.complete("5"))], NOW)
    await _move(database)
    kept = await cards.of_lead(asking(database), lead.id)
    assert kept is not None
    assert (kept.chat, kept.message_id, kept.shown) == (THERE, "5", kept.wanted)


async def test_the_present_address_is_found_over_several_moves(database: Database) -> None:
    assert await chats.current(database, CHAT) == CHAT
    await _move(database)
    async with saving(database) as session:
        chats.move(session, "telegram", NEW, "-1003")
    assert await chats.current(database, CHAT) == "telegram:-1003"


async def test_moves_in_a_circle_come_to_an_end(database: Database) -> None:
    for old, new in (("-1", "-2"), ("-2", "-1")):
        async with saving(database) as session:
            chats.move(session, "telegram", old, new)
    assert await chats.current(database, "telegram:-1") in ("telegram:-1", "telegram:-2")
