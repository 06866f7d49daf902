"""All leads of somebody go to one colleague, or to the queue, in one act."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.sandbox.telegram.chats import Message
from storage.schema import assignments, deadlines, leads, staff_accounts, steps, touches
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM, VERA
from tests.plays.play import Play
from tests.plays.test_commands import ask

OVER = "These leads have found their managers"


async def two_of_boris(play: Play, **over: object) -> None:
    """Boris has two leads; Dasha, Vera and he are known."""
    await play.start(**over)
    for who in (DASHA, VERA):
        play.telegram.write(who, TEAM, "Good morning!")
    for number, who in enumerate((ANNA, PABLO), 1):
        play.telegram.write(who, who, "How much is a window?")
        await play.press(BORIS, number, "Take")
        await play.card(number, "With Boris")


async def left(play: Play) -> Message:
    """Boris left with two leads; the notice."""
    await two_of_boris(play)
    play.telegram.leave(TEAM, BORIS)
    return await play.shown("Boris left the chat, 2 leads are back in the queue: #1, #2")


async def tap(play: Play, who: int, message: int, label: str, chat: int = TEAM) -> str:
    """Press a button of a message; what the presser is told."""
    await play.until(
        lambda: [one for one in play.telegram.message(chat, message).labels if label in one]
    )
    shown = next(one for one in play.telegram.message(chat, message).labels if label in one)
    query = play.telegram.press(who, chat, message, label=shown)
    return str((await play.until(lambda: play.telegram.answers.get(query))).text)


async def held(play: Play) -> Counter[tuple[str, int | None]]:
    """How many leads are in which state with whom."""
    await play.quiet()
    return Counter((row.state, row.responsible) for row in await play.rows(leads))


async def number_of(play: Play, who: int) -> int:
    """The number by which the product knows somebody of the team."""
    rows = await play.rows(staff_accounts)
    return int(next(row.staff for row in rows if row.address == f"telegram:{who}"))


async def test_one_press_gives_what_somebody_left_to_a_colleague(play: Play) -> None:
    notice = await left(play)
    assert notice.labels == ["Dasha", "Vera"]
    assert await tap(play, VERA, notice.id, "Dasha") == "Leads of Boris: handed over to Dasha"
    told = await play.shown("2 leads of Boris are yours now, from Vera: #1, #2")
    assert told.text.startswith("🤝 Dasha, ")
    await play.card(1, "With Dasha")
    await play.card(2, "With Dasha")
    await play.until(lambda: not play.telegram.message(TEAM, notice.id).labels)
    assert len(play.team("are yours now")) == 1
    story = await ask(play, DASHA, "/lead 2", "came in")
    assert "assigned by Vera to Dasha" in story


async def test_only_what_is_still_free_is_given(play: Play) -> None:
    notice = await left(play)
    await play.press(DASHA, 1, "Take")
    await tap(play, VERA, notice.id, "Vera")
    await play.shown("1 lead of Boris is yours now, from Vera: #2")
    assert set((await held(play)).values()) == {1}


async def test_what_was_given_and_returned_since_is_nobodys_legacy(play: Play) -> None:
    notice = await left(play)
    for number in (1, 2):
        await play.press(DASHA, number, "Take")
        await play.press(DASHA, number, "Return")
        await play.card(number, "new")
    data = f"1:left:0:{await number_of(play, BORIS)}.{await number_of(play, DASHA)}"
    assert (await play.forge(VERA, data, message=notice.id)).text == OVER
    assert await held(play) == {("new", None): 2}


async def test_a_second_press_is_harmless(play: Play) -> None:
    notice = await left(play)
    data = f"1:left:0:{await number_of(play, BORIS)}.{await number_of(play, DASHA)}"
    first = play.telegram.press(VERA, TEAM, notice.id, data, forged=True)
    second = play.telegram.press(VERA, TEAM, notice.id, data, forged=True)
    await play.until(lambda: {first, second} <= play.telegram.answers.keys())
    answers = [play.telegram.answers[one].text for one in (first, second)]
    assert sorted(answers) == sorted(["Leads of Boris: handed over to Dasha", OVER])
    await play.quiet()
    assert len(play.team("are yours now")) == 1
    assert [row.kind for row in await play.rows(touches)].count("give") == 2


async def test_managers_hand_nothing_over(play: Play) -> None:
    notice = await left(play)
    assert "Only supervisors, dispatchers" in await tap(play, DASHA, notice.id, "Dasha")
    await ask(play, DASHA, "/handover", "Only supervisors, dispatchers")
    forged = await play.forge(DASHA, "1:hand:0:1.2")
    assert "Only supervisors, dispatchers" in forged.text
    assert await held(play) == {("new", None): 2}


async def chosen(play: Play, who: int, whose: str) -> Message:
    """`/handover`, and whose leads."""
    await ask(play, who, "/handover", "Whose leads shall be handed over?")
    menu = await play.shown("Whose leads shall be handed over?")
    await tap(play, who, menu.id, whose)
    return await play.shown("Who gets all of them?")


async def test_a_holiday_hands_over_everything_with_its_next_step(play: Play) -> None:
    await two_of_boris(play)
    play.telegram.promote(TEAM, DASHA)
    await play.press(BORIS, 1, "Next step")
    await play.press(BORIS, 1, "In an hour")
    await play.card(1, "With Boris")
    menu = await chosen(play, VERA, "Boris · 2")
    assert menu.text.startswith("Boris has 2 open leads: #1, #2")
    assert menu.labels == ["Dasha", "Vera", "📭 To the queue", "‹ Back"]
    await tap(play, VERA, menu.id, "Dasha")
    await play.card(2, "With Dasha")
    (step,) = await play.rows(steps)
    assert (step.lead, step.done_at) == (1, None)
    assert await held(play) == {("taken", await number_of(play, DASHA)): 2}
    given = [row for row in await play.rows(assignments) if row.ended_at is None]
    assert [(row.kind, row.by) for row in given] == [("give", await number_of(play, VERA))] * 2


async def test_whoever_gets_late_leads_has_a_fair_moment_to_answer(play: Play) -> None:
    await two_of_boris(play, deadlines={"first_reply": "PT15M"})
    play.move(3600)
    menu = await chosen(play, VERA, "Boris · 2")
    await tap(play, VERA, menu.id, "Dasha")
    await play.card(1, "With Dasha")
    await play.quiet()
    waiting = [
        row
        for row in await play.rows(deadlines)
        if row.kind == "first_reply" and row.done_at is None
    ]
    assert len(waiting) == 2
    assert all(row.due_at.timestamp() > play.now() + 60 for row in waiting)


async def test_leads_go_to_the_queue_and_offers_are_left_alone(play: Play) -> None:
    await two_of_boris(play)
    menu = await chosen(play, VERA, "Boris · 2")
    assert await tap(play, VERA, menu.id, "To the queue") == "Leads of Boris: back in the queue"
    await play.shown("Vera returned 2 leads of Boris to the queue: #1, #2")
    assert await held(play) == {("new", None): 2}
    await ask(play, VERA, "/handover", "Nobody has open leads")


async def test_an_offer_ends_when_the_lead_is_handed_over(play: Play) -> None:
    await play.start(
        channels={"telegram": {"distribution": "round_robin"}},
        team={"managers": [f"telegram:{BORIS}", f"telegram:{DASHA}"]},
    )
    play.telegram.write(VERA, TEAM, "Good morning!")
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1, "Offered to Boris")
    await play.press(BORIS, 1, "Take")
    play.telegram.leave(TEAM, BORIS)
    notice = await play.shown("1 lead is back in the queue")
    await play.card(1, "Offered to Dasha")
    await tap(play, VERA, notice.id, "Vera")
    await play.card(1, "With Vera")
    await play.quiet()
    (given,) = [row for row in await play.rows(assignments) if row.ended_at is None]
    assert (given.kind, given.staff) == ("give", await number_of(play, VERA))


async def test_what_changed_hands_meanwhile_stays_where_it_is(play: Play) -> None:
    await two_of_boris(play)
    menu = await chosen(play, VERA, "Boris · 2")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Duplicate")
    await play.press(BORIS, 2, "Assign")
    await play.press(BORIS, 2, "Vera")
    await play.card(2, "With Vera")
    assert await tap(play, VERA, menu.id, "Dasha") == "Boris has no open leads any more"
    assert not play.team("yours now, from Vera:")


async def test_a_handover_to_whoever_left_asks_again(play: Play) -> None:
    await two_of_boris(play)
    menu = await chosen(play, VERA, "Boris · 2")
    dasha = await number_of(play, DASHA)
    boris = await number_of(play, BORIS)
    play.telegram.leave(TEAM, DASHA)
    await play.quiet()
    told = await play.forge(VERA, f"1:hand:0:{boris}.{dasha}", message=menu.id)
    assert told.text == "This colleague has left the chat, please choose again"
    assert await held(play) == {("taken", boris): 2}


@pytest.mark.parametrize("data", ["x", "0", "999", "999.1", "1.x", "1.-1", "p99", "9" * 30])
async def test_forged_presses_change_nothing(play: Play, data: str) -> None:
    await two_of_boris(play)
    menu = await chosen(play, VERA, "Boris · 2")
    for verb in ("hand", "left"):
        await play.forge(VERA, f"1:{verb}:0:{data}", message=menu.id)
    assert {state for state, _ in await held(play)} == {"taken"}


async def test_a_hundred_leads_go_in_one_act_and_one_message(play: Play) -> None:
    await play.start()
    play.telegram.write(DASHA, TEAM, "Good morning!")
    for number in range(100):
        play.telegram.add_user(1000 + number, f"Customer {number}")
        play.telegram.started(1000 + number)
        play.telegram.write(1000 + number, 1000 + number, "Hello")
    await play.quiet()
    for lead in await play.rows(leads):
        play.telegram.press(BORIS, TEAM, 1, f"1:take:{lead.id}", forged=True)
    await play.quiet()
    menu = await chosen(play, VERA, "Boris · 100")
    assert await tap(play, VERA, menu.id, "Dasha") == "Leads of Boris: handed over to Dasha"
    assert await held(play) == {("taken", await number_of(play, DASHA)): 100}
    assert len(play.team("100 leads of Boris are yours now")) == 1


async def test_a_big_team_is_turned_page_by_page(play: Play) -> None:
    await two_of_boris(play)
    for number in range(9):
        play.telegram.add_user(500 + number, f"Nina {number}")
        play.telegram.join(TEAM, 500 + number)
        play.telegram.write(500 + number, TEAM, "Hello")
    await play.quiet()
    menu = await chosen(play, VERA, "Boris · 2")
    assert menu.labels[-3:] == ["›", "📭 To the queue", "‹ Back"]
    await tap(play, VERA, menu.id, "›")
    assert await tap(play, VERA, menu.id, "Nina 8") == "Leads of Boris: handed over to Nina 8"
