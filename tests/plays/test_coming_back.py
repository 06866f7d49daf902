"""A long story: a date to come back to a rejected lead, planned, shown, reminded of, over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.messages import ErasureWanted
from bot.sandbox.telegram.chats import Message
from storage.schema import leads, steps
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM, VERA
from tests.handlers.invariants import assert_invariants
from tests.plays.play import Play

MADRID = ZoneInfo("Europe/Madrid")
WEEK = {"mon-fri": ["09:00-18:00"]}
OFFICE = {"hours": {"week": WEEK}, "deadlines": {"take": "P90D", "first_reply": "P90D"}}
DUE = "time to come back"


def wait_until(play: Play, day: date, hour: int) -> None:
    """Let the clock be that hour in Madrid."""
    then = datetime.combine(day, time(hour), MADRID)
    play.move(then.timestamp() - play.now())


def today(play: Play) -> date:
    return datetime.fromtimestamp(play.now(), UTC).astimezone(MADRID).date()


async def rejected(play: Play) -> date:
    """Boris had Anna's lead and rejected it; that Wednesday."""
    await play.start(**OFFICE)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    await play.card(1, "With Boris")
    await reject(play)
    return today(play)


async def reject(play: Play, number: int = 1) -> None:
    await play.press(BORIS, number, "Reject")
    await play.press(BORIS, number, "Too expensive")
    await play.card(number, "rejected")


async def choose(play: Play, label: str, who: int = BORIS) -> str:
    """Open the menu of the card and choose."""
    await play.press(who, 1, "Come back later")
    return await play.press(who, 1, label)


async def under(play: Play, message: Message, label: str, who: int = BORIS) -> str:
    """Press a button under a message of the bot; what was said."""
    query = play.telegram.press(who, message.chat_id, message.id, label=label)
    return str((await play.until(lambda: play.telegram.answers.get(query))).text)


async def planned(play: Play) -> list[Any]:
    return [row for row in await play.rows(steps) if row.done_at is None]


async def unplanned(play: Play) -> None:
    await play.quiet()
    assert not await planned(play)
    await assert_invariants(play.product.database)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("label", "days"), [("In a week", 7), ("In a month", 28), ("In three months", 89)]
)
async def test_it_is_planned_shown_and_reminded_of(play: Play, label: str, days: int) -> None:
    play.telegram.started(BORIS)
    day = await rejected(play)
    told = await choose(play, label)
    assert told.startswith("I'll remind you on ")
    question = await play.shown("What should we come back with")
    play.telegram.write(BORIS, TEAM, "the summer prices", reply_to=question.id)
    card = await play.card(1, "the summer prices")
    assert "come back: " in card.text
    assert "rejected" in card.text
    (step,) = await planned(play)
    at = step.due_at.astimezone(MADRID)
    assert at.time() == time(10)
    assert timedelta(days=days) <= at.date() - day <= timedelta(days=days + 5)
    await assert_invariants(play.product.database)  # type: ignore[union-attr]
    wait_until(play, at.date(), 9)
    await play.card(1, "come back: today at 10:00")
    wait_until(play, at.date(), 10)
    reminder = await play.shown(DUE)
    assert "Boris" in reminder.text
    assert "the summer prices" in reminder.text
    first, *_, week, never = reminder.labels
    assert (first, week, never) == ("Reopen", "In a week", "Don't come back")
    private = await play.heard(BORIS, DUE)
    assert "#1 Anna" in private.text
    assert private.labels == reminder.labels
    await under(play, private, "Reopen")
    assert "⏰" not in (await play.card(1, "With Boris")).text
    await unplanned(play)
    assert not play.private(ANNA)


async def test_a_day_is_chosen_from_the_calendar(play: Play) -> None:
    day = await rejected(play) + timedelta(days=14)
    await choose(play, "Another day")
    await play.until(lambda: "Mo" in play.team("#1 ")[0].labels)
    card = await play.card(1)
    query = play.telegram.press(BORIS, TEAM, card.id, f"1:later:1:cal:{day:%Y-%m}", forged=True)
    await play.until(lambda: play.telegram.answers.get(query))
    await play.until(
        lambda: f"1:later:1:day:{day}" in str(play.telegram.message(TEAM, card.id).buttons)
    )
    query = play.telegram.press(BORIS, TEAM, card.id, f"1:later:1:day:{day}")
    await play.until(lambda: play.telegram.answers.get(query))
    await play.press(BORIS, 1, "15:00")
    await play.card(1, f"come back: {day:%b} {day.day}, 15:00")
    wait_until(play, day, 15)
    await play.shown(DUE)


async def test_the_way_back_leads_out_of_the_menu(play: Play) -> None:
    await rejected(play)
    await choose(play, "Another day")
    await play.until(lambda: "Mo" in play.team("#1 ")[0].labels)
    await play.press(BORIS, 1, "‹ Back")
    await play.until(lambda: "In a week" in play.team("#1 ")[0].labels)
    await play.press(BORIS, 1, "‹ Back")
    await play.until(lambda: "Reopen" in play.team("#1 ")[0].labels)
    await unplanned(play)


async def test_it_is_put_off_and_given_up(play: Play) -> None:
    await rejected(play)
    await choose(play, "In a week")
    (step,) = await planned(play)
    wait_until(play, step.due_at.astimezone(MADRID).date(), 10)
    first = await play.shown(DUE)
    assert await under(play, first, "Tomorrow") == "I'll remind you tomorrow at 10:00"
    await play.until(lambda: not play.telegram.message(TEAM, first.id).labels)
    await play.card(1, "come back: tomorrow at 10:00")
    play.move(24 * 3600)
    second = (await play.until(lambda: play.team(DUE)))[-1]
    assert second.id != first.id
    assert await under(play, second, "Don't come back") == "All right, no reminder"
    await play.until(lambda: not play.telegram.message(TEAM, second.id).labels)
    await play.until(lambda: "come back" not in play.team("#1 Anna")[0].text)
    await unplanned(play)
    play.telegram.write(BORIS, TEAM, "/lead 1")
    history = await play.shown("no coming back: Boris")
    assert "to come back later: Boris" in history.text


async def test_it_is_given_up_on_the_card(play: Play) -> None:
    await rejected(play)
    await choose(play, "In a week")
    await play.card(1, "come back:")
    assert await choose(play, "Don't come back") == "All right, no reminder"
    await unplanned(play)
    wait_until(play, today(play) + timedelta(days=10), 12)
    await play.quiet()
    assert not play.team(DUE)


async def test_reopening_before_leaves_nothing_stale(play: Play) -> None:
    await rejected(play)
    await choose(play, "In a week")
    await play.card(1, "come back:")
    await play.press(DASHA, 1, "Reopen")
    assert "come back" not in (await play.card(1, "With Boris")).text
    await unplanned(play)
    told = await play.forge(BORIS, "1:later:1:week", message=(await play.card(1)).id)
    assert told.text == "#1 is still open"
    await unplanned(play)


async def test_who_writes_before_ends_the_plan(play: Play) -> None:
    await rejected(play)
    await choose(play, "In a week")
    await play.card(1, "come back:")
    play.telegram.write(ANNA, ANNA, "What about a door?")
    await play.card(2, "What about a door?")
    await play.until(lambda: "come back" not in play.team("#1 ")[0].text)
    await unplanned(play)
    assert [row.repeat_of for row in await play.rows(leads)] == [None, 1]
    told = await play.forge(BORIS, "1:later:1:week", message=(await play.card(1)).id)
    assert told.text == "The customer has another open lead"
    await unplanned(play)


async def test_who_writes_from_elsewhere_and_is_merged_ends_it_too(play: Play) -> None:
    await play.start(**OFFICE)
    await play.until(lambda: play.vk.polling)
    play.telegram.write(ANNA, ANNA, "A window, +34 600 111 222")
    await play.press(BORIS, 1, "Take")
    await play.card(1, "With Boris")
    await reject(play)
    await choose(play, "In a week")
    await play.card(1, "come back:")
    (step,) = await planned(play)
    play.vk.write(PABLO, "I asked about a window, +34 600 111 222")
    await play.press(BORIS, 2, "Same person")
    await play.quiet()
    wait_until(play, step.due_at.astimezone(MADRID).date(), 10)
    await play.until(lambda: "come back" not in play.team("#1 ")[0].text)
    await unplanned(play)
    assert not play.team(DUE)


async def test_who_left_the_team_is_not_called_and_anybody_may_go_on(play: Play) -> None:
    await rejected(play)
    await choose(play, "In a week")
    (step,) = await planned(play)
    play.telegram.leave(TEAM, BORIS)
    await play.quiet()
    wait_until(play, step.due_at.astimezone(MADRID).date(), 10)
    reminder = await play.shown("Time to come back to this customer. Who will?")
    assert "Boris" not in reminder.text
    assert (await under(play, reminder, "In an hour", who=DASHA)).startswith("I'll remind you")
    await play.press(DASHA, 1, "Reopen")
    await play.card(1, "new")
    await unplanned(play)


async def test_only_who_may_act_on_the_lead_plans(play: Play) -> None:
    await rejected(play)
    told = await play.forge(DASHA, "1:later:1:week", message=(await play.card(1)).id)
    assert (told.text, told.alert) == ("#1 is with Boris", True)
    await unplanned(play)
    assert (await choose(play, "In a week", who=VERA)).startswith("I'll remind you")
    play.telegram.write(PABLO, PABLO, "A door?")
    fresh = await play.card(2)
    assert not any("Come back" in one for one in fresh.labels)
    told = await play.forge(BORIS, "1:later:2:week", message=fresh.id)
    assert told.text == "#2 is still open"


async def test_forged_moments_plan_nothing(play: Play) -> None:
    day = await rejected(play)
    card = await play.card(1)
    for data in ("at:2020-01-01T10", f"at:{day + timedelta(days=400)}T10", "century", "later-x"):
        told = await play.forge(BORIS, f"1:later:1:{data}", message=card.id)
        assert told.text == "That time has passed, choose another"
    for data in ("99/later-week", "x/never"):
        await play.forge(BORIS, f"1:later:1:{data}", message=card.id)
    await unplanned(play)


async def test_a_restart_neither_loses_the_date_nor_repeats_it(play: Play) -> None:
    await rejected(play)
    await choose(play, "In a week")
    await play.card(1, "come back:")
    await play.stop()
    play.move(12 * 24 * 3600)
    await play.start(**OFFICE)
    await play.shown(DUE)
    await play.quiet()
    await play.stop()
    play.move(600)
    await play.start(**OFFICE)
    await play.quiet()
    assert len(play.team(DUE)) == 1


async def test_who_is_erased_is_come_back_to_by_nobody(play: Play) -> None:
    await rejected(play)
    await choose(play, "In a week")
    await play.card(1, "come back:")
    wanted = ErasureWanted(await play.account(ANNA), "staff", "D-1")
    await play.product.inbox.add({"e": wanted})  # type: ignore[union-attr]
    await play.shown("data are erased")
    await unplanned(play)
    wait_until(play, today(play) + timedelta(days=10), 12)
    await play.quiet()
    assert not play.team(DUE)
