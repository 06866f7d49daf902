"""A card lives for months: whatever its buttons carry, a press does the right thing or says why."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from bot.domain.lead import State
from storage.schema import accounts, cards, leads, outbox, steps
from tests.cast import BORIS, VERA
from tests.handlers.stand import Stand, message, press

# Every verb that a card of the team ever carried, with what stood behind the lead's number.
EVER_ISSUED = (
    *("take", "assign", "assign:p1", "assign:1", "assign:999"),
    *("step", "step:menu", "step:hour", "step:evening", "step:morning", "step:done", "step:none"),
    *("step:cal:2026-03", "step:day:2026-03-02", "step:all:2026-03-02", "step:at:2026-03-02T10"),
    *("step:7/done", "step:7/later-hour", "step:7/none", "later", "later:week", "later:7/never"),
    *("convert", "convert:deal", "convert:task", "convert:contact"),
    *("reject", "reject:own", "reject:none", "reject:0badcafe"),
    *("return", "reopen", "pass", "next", "more", "back"),
    *("ban", "ban:spam", "ban:abuse", "ban:other", "unban", "merge:999", "differ:999", "split:999"),
    *("warm:cold", "warm:warm", "warm:hot", "repeat:999", "a_verb_of_tomorrow:1"),
)
_SILENT = ("more", "back", "step:menu", "step:cal", "step:day", "step:all")  # the card answers
# What a lead may be after any one of them.
_OPEN = {"new", "taken", "converted", "rejected"}
_AFTER = {
    State.NEW: _OPEN,
    State.TAKEN: _OPEN,
    State.REJECTED: {"rejected", "taken", "new"},
    State.CONVERTED: {"converted", "taken", "new"},
    State.ABSORBED: {"absorbed"},
}
_INTO = {
    State.NEW: (),
    State.TAKEN: ("take",),
    State.REJECTED: ("ban:spam", "unban"),
    State.CONVERTED: ("take", "convert:contact"),
}


@pytest.fixture
async def stand(database_url: str) -> AsyncIterator[Stand]:
    opened = Stand(database_url)
    await opened.database.open()
    yield opened
    await opened.database.close()


async def a_lead_in(stand: Stand, state: State) -> int:
    """A new customer's lead in this state; its number."""
    who = int(stand.fresh()) + 1000
    phone = f"+34 612 {who:06}"
    await stand.happen(message("telegram", who, stand.fresh(), f"Windows? {phone}"))
    lead = (await stand.leads())[-1]
    if state is State.ABSORBED:
        await stand.happen(message("telegram", who + 5000, stand.fresh(), f"Doors? {phone}"))
        other = (await stand.rows(sa.select(accounts.c.person).order_by(accounts.c.id)))[-1].person
        await stand.happen(press(BORIS, stand.fresh(), f"1:take:{lead + 1}"))
        await stand.happen(press(BORIS, stand.fresh(), f"1:merge:{lead}:{other}"))
    for carried in _INTO.get(state, ()):
        await pressed(stand, BORIS, lead, carried)
    assert await state_of(stand, lead) == state.value
    return lead


async def pressed(stand: Stand, who: int, lead: int, carried: str) -> str:
    """Press; what the presser is told."""
    verb, _, argument = carried.partition(":")
    data = f"1:{verb}:{lead}" + (f":{argument}" if argument else "")
    number = stand.fresh()
    await stand.happen(press(who, number, data))
    key = outbox.c.key == f"press:telegram:{number}"
    (answer,) = await stand.rows(sa.select(outbox.c.payload).where(key))
    return str(dict(answer.payload)["text"])


async def state_of(stand: Stand, lead: int) -> str:
    return str((await stand.rows(sa.select(leads.c.state).where(leads.c.id == lead)))[0].state)


async def wanted(stand: Stand, lead: int) -> int:
    found = await stand.rows(sa.select(cards.c.wanted).where(cards.c.lead == lead))
    return int(found[0].wanted)


@pytest.mark.parametrize("state", State)
async def test_every_verb_ever_issued_is_answered_in_every_state(
    stand: Stand, state: State
) -> None:
    for carried in EVER_ISSUED:
        lead = await a_lead_in(stand, state)
        for _ in range(2):  # the same press may come twice
            told = await pressed(stand, VERA, lead, carried)
            assert told or carried.startswith(_SILENT), carried
        assert await state_of(stand, lead) in _AFTER[state], carried
    await stand.show_all()


@pytest.mark.parametrize("state", State)
async def test_who_presses_a_button_that_is_gone_gets_the_card_of_now(
    stand: Stand, state: State
) -> None:
    lead = await a_lead_in(stand, state)
    before = await wanted(stand, lead)
    assert "out of date" in await pressed(stand, BORIS, lead, "a_verb_of_yesterday")
    assert await wanted(stand, lead) > before


async def test_no_verb_does_anything_to_a_lead_that_is_erased_or_was_never_there(
    stand: Stand,
) -> None:
    lead = await a_lead_in(stand, State.TAKEN)
    async with stand.database.write() as connection:
        (account,) = await connection.execute(sa.select(accounts.c.id))
        gone = {"platform_id": f"erased-{account.id}", "name": ""}
        await connection.execute(accounts.update().values(**gone))
    for carried in EVER_ISSUED:
        assert await pressed(stand, VERA, lead, carried)
        assert await pressed(stand, VERA, 999, carried)
    assert await state_of(stand, lead) == "taken"


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-02", "1970-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    ("verb", "state"), [("step", State.TAKEN), ("later", State.REJECTED)], ids=["step", "later"]
)
async def test_a_day_out_of_all_time_is_answered_and_plans_nothing(
    stand: Stand, verb: str, state: State, day: str
) -> None:
    """In Moscow, whose midnight before all other days is in no year."""
    lead = await a_lead_in(stand, state)
    for hour in ("00", "23"):
        told = await pressed(stand, BORIS, lead, f"{verb}:at:{day}T{hour}")
        assert told == "That time has passed, choose another"
    for menu in ("day", "all", "cal"):
        await pressed(stand, BORIS, lead, f"{verb}:{menu}:{day[:7] if menu == 'cal' else day}")
    assert not await stand.rows(sa.select(steps.c.id))
    await stand.show_all()


async def test_the_button_of_the_first_days_still_leaves_it_to_the_next(stand: Stand) -> None:
    """It said `pass` before it said `next`."""
    lead = await a_lead_in(stand, State.NEW)
    assert await pressed(stand, BORIS, lead, "pass") == await pressed(stand, BORIS, lead, "next")
