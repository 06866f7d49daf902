"""Which events go in order."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.messages import Author, ButtonPressed, Chat, MemberChanged, MessageReceived
from handlers.keys import Keys
from storage.database import Database
from storage.session import Ids, Reads, Session
from tests.cast import ANNA, BORIS, DASHA, GLEB, PABLO, TEAM
from tests.storage.making import a_manager, annas_lead, saving


def in_team(who: int, message_id: str, reply_to: str) -> MessageReceived:
    """Something said in the team's chat."""
    return MessageReceived(
        channel="telegram",
        chat=Chat(str(TEAM), private=False),
        author=Author(str(who)),
        message_id=message_id,
        at=datetime(2026, 11, 22, tzinfo=UTC),
        reply_to=reply_to,
    )


async def test_a_reply_to_what_is_not_yet_handled_comes_after_it(database: Database) -> None:
    keys, session = Keys(), Session(Reads(database), Ids(database))
    first = await keys.of(in_team(BORIS, "11", reply_to="10"), session)
    assert await keys.of(in_team(DASHA, "12", reply_to="11"), session) == first
    assert await keys.of(in_team(DASHA, "13", reply_to="9"), session) != first


async def test_who_leaves_waits_for_no_later_look_at_others(database: Database) -> None:
    keys, session = Keys(), Session(Reads(database), Ids(database))
    chat = Chat(str(TEAM), private=False)
    changes = [
        MemberChanged("telegram", chat, Author(str(who)), present=False, again=again)
        for who, again in ((BORIS, False), (BORIS, True), (DASHA, False))
    ]
    left, look, other = [await keys.of(change, session) for change in changes]
    assert left == other
    assert look not in (left, other)


def pressed(who: int, data: str, channel: str = "telegram") -> ButtonPressed:
    """A press of any button by anybody."""
    return ButtonPressed(channel, Chat(str(who), private=True), Author(str(who)), "1", "1", data)


async def test_only_the_teams_presses_go_in_order_with_what_concerns_a_lead(
    database: Database,
) -> None:
    lead = await annas_lead(database)
    async with saving(database) as session:
        await a_manager(session, BORIS)
    keys, session = Keys(), Session(Reads(database), Ids(database))
    take = f"1:take:{lead.id}"
    assert await keys.of(pressed(BORIS, take), session) == f"telegram:{ANNA}"
    assert await keys.of(pressed(BORIS, take, "telegram.service"), session) == f"telegram:{ANNA}"
    for channel in ("telegram", "vk"):
        for who in (PABLO, GLEB, DASHA):
            assert await keys.of(pressed(who, take, channel), session) == f"{channel}:{who}"
