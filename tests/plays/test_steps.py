"""Next steps, long as one day's story: planned by buttons, reminded of once, put off, and done."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.messages import ErasureWanted
from bot.sandbox.telegram.chats import Message
from storage.schema import leads, steps, touches
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM, VERA
from tests.handlers.invariants import assert_invariants
from tests.plays.play import Play

MADRID = ZoneInfo("Europe/Madrid")
WEEK = {"mon-fri": ["09:00-18:00"]}
OFFICE = {"hours": {"week": WEEK}, "deadlines": {"take": "P90D", "first_reply": "P90D"}}
DUE = "time for the next step"


def local(play: Play) -> datetime:
    return datetime.fromtimestamp(play.now(), UTC).astimezone(MADRID)


def wait_until(play: Play, day: date, hour: int, minute: int = 0) -> None:
    """Let the clock be that time in Madrid."""
    then = datetime.combine(day, time(hour, minute), MADRID)
    play.move(then.timestamp() - play.now())


async def on_monday(play: Play) -> date:
    """It is Monday noon, and Boris has taken Anna's lead; that Monday."""
    today = local(play).date()
    monday = today + timedelta(days=7 - today.weekday())
    wait_until(play, monday, 12)
    await play.start(**OFFICE)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    await play.card(1, "With Boris")
    return monday


async def choose(play: Play, *labels: str, who: int = BORIS, number: int = 1) -> str:
    """Press one button of the card after the other; what was said to the last."""
    told = ""
    for label in labels:
        told = await play.press(who, number, label)
    return told


async def under(play: Play, message: Message, label: str, who: int = BORIS) -> str:
    """Press a button under a message of the bot once it is there; what was said."""
    await play.until(lambda: [one for one in message_now(play, message).labels if label in one])
    query = play.telegram.press(who, message.chat_id, message.id, label=label)
    return str((await play.until(lambda: play.telegram.answers.get(query))).text)


def message_now(play: Play, message: Message) -> Message:
    return play.telegram.message(message.chat_id, message.id)


async def says(play: Play, message: Message, words: str) -> Message:
    await play.until(lambda: words in message_now(play, message).text)
    return message_now(play, message)


async def reminded(play: Play, words: str = DUE) -> Message:
    found = await play.until(lambda: [one for one in play.team(words) if one.from_bot])
    newest: Message = found[-1]
    return newest


async def planned(play: Play) -> list[Any]:
    return [row for row in await play.rows(steps) if row.done_at is None]


async def test_tomorrow_morning_is_planned_in_words_and_reminded_of(play: Play) -> None:
    monday = await on_monday(play)
    told = await choose(play, "Next step", "Tomorrow morning, 10:00")
    assert told == "I'll remind you tomorrow at 10:00"
    question = await play.shown("What is to be done tomorrow at 10:00?")
    play.telegram.write(BORIS, TEAM, "call about the balcony", reply_to=question.id)
    await play.card(1, "⏭ tomorrow at 10:00 · call about the balcony")
    assert not play.private(ANNA, "balcony")
    wait_until(play, monday + timedelta(days=1), 0, 1)
    await play.card(1, "⏭ today at 10:00 · call about the balcony")
    wait_until(play, monday + timedelta(days=1), 10)
    reminder = await reminded(play)
    assert "call about the balcony" in reminder.text
    assert "Boris" in reminder.text
    assert reminder.reply_to == (await play.card(1)).id
    await play.card(1, "⏰ ")
    await assert_invariants(play.product.database)  # type: ignore[union-attr]


async def test_who_opened_the_bot_is_reminded_in_private_too(play: Play) -> None:
    play.telegram.started(BORIS)
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    play.move(3600)
    private = await play.heard(BORIS, DUE)
    assert "#1 Anna" in private.text
    await reminded(play)
    await under(play, private, "Done")
    await says(play, private, "What comes next?")
    assert not await planned(play)


async def test_who_never_opened_it_is_reminded_in_the_team_alone(play: Play) -> None:
    await on_monday(play)
    await play.press(BORIS, 1, "Assign")
    await play.press(BORIS, 1, "Vera")  # a supervisor, whose digests go to the team in such a case
    await play.card(1, "With Vera")
    await choose(play, "Next step", "In an hour", who=VERA)
    play.move(3600)
    await reminded(play)
    await play.quiet()
    assert len(play.team(DUE)) == 1
    assert not play.team("set aside")


async def test_a_day_and_an_hour_are_chosen_from_a_calendar(play: Play) -> None:
    monday = await on_monday(play)
    await choose(play, "Next step", "Another day")
    await play.until(lambda: "Mo" in play.team("#1 ")[0].labels)
    card = await play.card(1)
    days = [int(label) for label in card.labels if label.isdigit()]
    assert days[0] == monday.day
    following = (monday.replace(day=1) + timedelta(days=32)).replace(day=1)
    query = play.telegram.press(BORIS, TEAM, card.id, label="›")
    await play.until(lambda: play.telegram.answers.get(query))
    await play.until(lambda: f"{following:%B %Y}" in message_now(play, card).labels)
    chosen = following + timedelta(days=(9 - following.weekday()) % 7 + 7)  # a Wednesday
    data = f"1:step:1:day:{chosen}"
    query = play.telegram.press(BORIS, TEAM, card.id, data)
    await play.until(lambda: play.telegram.answers.get(query))
    await play.until(lambda: "15:00" in message_now(play, card).labels)
    labels = message_now(play, card).labels
    assert labels[:9] == [f"{hour}:00" for hour in range(9, 18)]
    assert f"‹ Wednesday, {chosen:%B} {chosen.day}" in labels
    await choose(play, "Another hour")
    await play.until(lambda: "20:00" in message_now(play, card).labels)
    assert (await choose(play, "20:00")).startswith("I'll remind you on ")
    (step,) = await planned(play)
    assert step.due_at.astimezone(MADRID) == datetime.combine(chosen, time(20), MADRID)
    await play.card(1, f"⏭ {chosen:%b} {chosen.day}, 20:00")


async def test_the_way_back_leads_out_of_the_calendar(play: Play) -> None:
    monday = await on_monday(play)
    await choose(play, "Next step", "Another day")
    await play.until(lambda: "Mo" in play.team("#1 ")[0].labels)
    await play.press(BORIS, 1, "‹ Back")  # to the moments
    await play.until(lambda: "In an hour" in str(play.team("#1 ")[0].labels))
    await play.press(BORIS, 1, "‹ Back")  # to the card
    await play.until(lambda: any("Convert" in one for one in play.team("#1 ")[0].labels))
    assert not await planned(play)
    assert monday.weekday() == 0


async def test_done_asks_for_the_next_under_the_reminder(play: Play) -> None:
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    question = await play.shown("What is to be done")
    play.telegram.write(BORIS, TEAM, "send the offer", reply_to=question.id)
    await play.card(1, "send the offer")
    play.move(3600)
    reminder = await reminded(play)
    assert await under(play, reminder, "Done") == "Done. When is the next step?"
    await says(play, reminder, "What comes next?")
    await play.until(lambda: "⏰" not in play.team("#1 ")[0].text)
    await under(play, reminder, "Another day")
    await play.until(lambda: "Mo" in message_now(play, reminder).labels)
    await under(play, reminder, "Back")
    told = await under(play, reminder, "Tomorrow morning")
    assert told == "I'll remind you tomorrow at 10:00"
    changed = await says(play, reminder, "⏭ ")
    assert changed.text.startswith("✅ send the offer")
    assert not changed.labels
    await play.card(1, "⏭ tomorrow at 10:00")
    assert len(await planned(play)) == 1
    assert len({one.text for one in play.team("What is to be done")}) == 2


async def test_nothing_may_come_next(play: Play) -> None:
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    play.move(3600)
    reminder = await reminded(play)
    await under(play, reminder, "Done")
    assert await under(play, reminder, "Nothing for now") == "All right, no reminder"
    await play.until(lambda: not message_now(play, reminder).labels)
    assert not await planned(play)


async def test_a_reminder_is_put_off_in_the_same_words(play: Play) -> None:
    monday = await on_monday(play)
    await choose(play, "Next step", "In an hour")
    question = await play.shown("What is to be done")
    play.telegram.write(BORIS, TEAM, "send the offer", reply_to=question.id)
    await play.card(1, "send the offer")
    play.move(3600)
    first = await reminded(play)
    await under(play, first, "In an hour")
    assert not (await says(play, first, "⏭ ")).labels
    assert len({one.text for one in play.team("What is to be done")}) == 1
    play.move(3601)
    second = await reminded(play)
    assert second.id != first.id
    assert "send the offer" in second.text
    assert await under(play, second, "Tomorrow") == "I'll remind you tomorrow at 10:00"
    await says(play, second, "⏭ ")
    wait_until(play, monday + timedelta(days=1), 10)
    assert (await reminded(play)).id != second.id
    assert len(await play.rows(steps)) == 1


async def test_done_twice_is_done_once(play: Play) -> None:
    play.telegram.started(BORIS)
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    play.move(3600)
    reminder, private = await reminded(play), await play.heard(BORIS, DUE)
    assert await under(play, reminder, "Done") == "Done. When is the next step?"
    assert await under(play, private, "Done") == "That step is done already"
    await says(play, private, "What comes next?")
    await under(play, private, "Tomorrow morning")
    await says(play, private, "⏭ ")
    await says(play, reminder, "What comes next?")
    told = await under(play, reminder, "In an hour")
    assert told == "There is a next step already: tomorrow at 10:00"
    assert not (await says(play, reminder, "⏭ ")).labels
    assert len(await planned(play)) == 1


async def test_snoozing_what_was_done_elsewhere_plans_nothing(play: Play) -> None:
    play.telegram.started(BORIS)
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    play.move(3600)
    reminder, private = await reminded(play), await play.heard(BORIS, DUE)
    await under(play, reminder, "Done")
    assert await under(play, private, "In an hour") == "That step is done already"
    await play.quiet()
    assert not await planned(play)


async def test_outside_working_time_the_reminder_waits_for_the_opening(play: Play) -> None:
    monday = await on_monday(play)
    wait_until(play, monday, 17, 30)
    told = await choose(play, "Next step", "In an hour")
    assert told == "I'll remind you tomorrow at 9:00"
    wait_until(play, monday, 19)
    await play.quiet()
    assert not play.team(DUE)
    wait_until(play, monday + timedelta(days=1), 9)
    await reminded(play)


async def test_an_hour_that_was_chosen_is_kept_whatever_the_working_time(play: Play) -> None:
    monday = await on_monday(play)
    await choose(play, "Next step", "Another day")
    await play.forge(BORIS, f"1:step:1:at:{monday}T21", message=(await play.card(1)).id)
    await play.card(1, "⏭ today at 21:00")
    wait_until(play, monday, 21)
    await reminded(play)


async def test_who_was_down_at_the_chosen_hour_disturbs_nobody_at_night(play: Play) -> None:
    monday = await on_monday(play)
    await play.forge(BORIS, f"1:step:1:at:{monday}T21", message=(await play.card(1)).id)
    await play.card(1, "⏭ today at 21:00")
    await play.stop()
    wait_until(play, monday, 23)
    await play.start(**OFFICE)
    await play.card(1, f"⏭ {monday:%b} {monday.day}, 21:00")
    await play.quiet()
    assert not play.team(DUE)
    wait_until(play, monday + timedelta(days=1), 9)
    await reminded(play)


async def test_a_restart_neither_loses_a_reminder_nor_repeats_it(play: Play) -> None:
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    await play.card(1, "⏭ today at 13:")
    await play.stop()
    play.move(2 * 3600)
    await play.start(**OFFICE)
    await reminded(play)
    await play.quiet()
    await play.stop()
    play.move(600)
    await play.start(**OFFICE)
    await play.quiet()
    assert len(play.team(DUE)) == 1


async def test_a_stale_calendar_plans_nothing_in_the_past(play: Play) -> None:
    monday = await on_monday(play)
    card = await play.card(1)
    yesterday = monday - timedelta(days=1)
    for data in (f"at:{monday}T11", f"at:{yesterday}T15", "at:2026-02-31T10", "at:9999-12-31T23"):
        told = await play.forge(BORIS, f"1:step:1:{data}", message=card.id)
        assert told.text == "That time has passed, choose another"
    for data in (f"cal:{yesterday:%Y-%m}", "cal:9999-12", "day:0001-01-01", "evening", "later-x"):
        await play.forge(BORIS, f"1:step:1:{data}", message=card.id)
    await play.forge(BORIS, "1:step:1:77/done", message=card.id)
    wait_until(play, monday, 19)
    told = await play.forge(BORIS, "1:step:1:evening", message=card.id)
    assert told.text == "That time has passed, choose another"
    await play.quiet()
    assert len(await planned(play)) == 1  # the evening that was pressed at noon


async def test_another_time_replaces_the_one_before(play: Play) -> None:
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    await play.card(1, "⏭ today")
    assert (await choose(play, "Next step", "Tomorrow morning")).startswith("I'll remind you")
    await play.card(1, "⏭ tomorrow at 10:00")
    assert len(await play.rows(steps)) == 1
    assert await choose(play, "Next step", "Done") == "Done. When is the next step?"
    await play.until(lambda: "In an hour" in str(play.team("#1 ")[0].labels))
    assert not await planned(play)


async def test_only_who_may_act_on_the_lead_plans_for_it(play: Play) -> None:
    await on_monday(play)
    card = await play.card(1)
    told = await play.forge(DASHA, "1:step:1:hour", message=card.id)
    assert (told.text, told.alert) == ("#1 is with Boris", True)
    assert not await planned(play)
    play.telegram.write(PABLO, PABLO, "And a door?")
    fresh = await play.card(2)
    assert not any("Next step" in one for one in fresh.labels)


async def test_a_step_goes_with_its_lead_to_whoever_gets_it(play: Play) -> None:
    await on_monday(play)
    play.telegram.write(DASHA, TEAM, "/my")
    await choose(play, "Next step", "In an hour")
    await play.press(BORIS, 1, "Assign")
    await play.press(BORIS, 1, "Dasha")
    await play.card(1, "⏭ today")
    play.move(3600)
    reminder = await reminded(play)
    assert "Dasha" in reminder.text
    assert await under(play, reminder, "Done", who=BORIS) == "#1 is with Dasha"
    assert await under(play, reminder, "Done", who=DASHA) == "Done. When is the next step?"


async def test_a_returned_lead_keeps_its_step_and_calls_whoever_takes_it(play: Play) -> None:
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    await play.press(BORIS, 1, "Return")
    returned = await play.card(1, "new")
    assert "⏭ today" in returned.text
    play.move(3600)
    reminder = await reminded(play, "Time for the next step, and nobody has the lead")
    assert await under(play, reminder, "Take", who=DASHA) == "#1 is yours"
    await play.card(1, "With Dasha")


async def test_a_closed_lead_reminds_nobody(play: Play) -> None:
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Too expensive")
    closed = await play.card(1, "rejected")
    assert "⏭" not in closed.text
    assert not await planned(play)
    play.move(2 * 3600)
    await play.quiet()
    assert not play.team(DUE)


async def test_my_leads_begin_with_what_is_planned_by_time(play: Play) -> None:
    await on_monday(play)
    for number, who in ((2, PABLO), (3, DASHA)):
        if who == PABLO:
            play.telegram.write(PABLO, PABLO, "And a door?")
        else:
            play.telegram.write(BORIS, TEAM, "/new Maria, +34 612 345 678")
        await play.press(BORIS, number, "Take")
        await play.card(number, "With Boris")
    await choose(play, "Next step", "Tomorrow morning", number=2)
    await play.card(2, "⏭ tomorrow")
    await choose(play, "Next step", "In an hour", number=3)
    await play.card(3, "⏭ today")
    play.telegram.write(BORIS, TEAM, "/my")
    listed = (await play.shown("You have 3 leads")).text
    assert listed.index("#3") < listed.index("#2") < listed.index("#1")
    assert "⏭ tomorrow at 10:00" in listed


async def test_of_two_leads_that_become_one_the_step_goes_along(play: Play) -> None:
    await on_monday(play)
    await play.until(lambda: play.vk.polling)
    play.telegram.write(ANNA, ANNA, "My phone is +34 600 111 222")
    play.vk.write(PABLO, "I asked about a window, my phone is +34600111222")
    await play.card(2, "same phone")
    await play.press(BORIS, 2, "Take")
    await play.card(2, "With Boris")
    await choose(play, "Next step", "In an hour", number=2)
    await play.card(2, "⏭ today")
    await play.press(BORIS, 1, "Same person")
    await play.card(1, "⏭ today")
    (step,) = await planned(play)
    assert step.lead == 1
    await assert_invariants(play.product.database)  # type: ignore[union-attr]
    assert {row.state for row in await play.rows(leads)} == {"taken", "absorbed"}


async def test_who_is_erased_leaves_no_step_behind(play: Play) -> None:
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    question = await play.shown("What is to be done")
    play.telegram.write(BORIS, TEAM, "bring the aquamarine umbrella", reply_to=question.id)
    await play.card(1, "aquamarine")
    assert play.product is not None
    wanted = ErasureWanted(await play.account(ANNA), "customer", "ABCD1234")
    await play.product.inbox.add({"erasure:1": wanted})
    await play.heard(ANNA, "ABCD1234")
    await play.until(lambda: not play.team("aquamarine"))
    (step,) = await play.rows(steps)
    assert (step.words, step.done_at is None) == ("", False)
    play.move(2 * 3600)
    await play.quiet()
    assert not play.team(DUE)


async def test_of_two_who_press_at_once_one_is_told_that_it_is_done(play: Play) -> None:
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    play.move(3600)
    reminder = await reminded(play)
    queries = [
        play.telegram.press(who, TEAM, reminder.id, label="Done") for who in (BORIS, VERA, BORIS)
    ]
    await play.until(lambda: all(play.telegram.answers.get(one) for one in queries))
    told = sorted(str(play.telegram.answers[one].text) for one in queries)
    assert told == ["Done. When is the next step?"] + ["That step is done already"] * 2
    await play.quiet()
    kinds = [row.kind for row in await play.rows(touches)]
    assert kinds.count("step_done") == 1


async def test_a_reply_to_a_reminder_stays_inside(play: Play) -> None:
    await on_monday(play)
    await choose(play, "Next step", "In an hour")
    play.move(3600)
    reminder = await reminded(play)
    written = play.telegram.write(BORIS, TEAM, "she did not answer", reply_to=reminder.id)
    await play.until(lambda: play.telegram.message(TEAM, written).reactions)
    await play.quiet()
    assert not play.private(ANNA, "she did not answer")
