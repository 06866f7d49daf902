"""What is overdue, long by its ladder: who is reminded of it one after the other, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.sandbox.telegram.chats import Message
from storage.schema import deadlines
from tests.cast import ANNA, BORIS, DASHA, NAMES, PABLO, TEAM, VERA
from tests.plays.play import Play

HOUR = 3600
SHORT = {"take": "PT5M", "first_reply": "PT20M", "next_reply": "PT1H", "close": "PT10H"}
CUSTOMERS = range(501, 509)


async def answered(play: Play, **over: Any) -> None:
    """Boris has Anna's lead, and has answered it."""
    play.telegram.started(VERA)
    await play.start(**{"deadlines": SHORT, **over})
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    await play.reply(BORIS, 1, "From 100 euros")
    await play.heard(ANNA, "From 100 euros")
    await play.quiet()


async def open_ones(play: Play) -> dict[str, Any]:
    """What is awaited of the one lead, by its kind."""
    return {one.kind: one for one in await play.rows(deadlines) if one.done_at is None}


def reminders(shown: Sequence[Message]) -> list[str]:
    """What tells that something is overdue, but for cards and lists."""
    return [one.text for one in shown if one.text.startswith("⏰") and "⏰ #" not in one.text[:4]]


# --- who hears of it ---


async def test_a_taken_lead_is_recalled_to_its_manager_then_the_chat_then_the_supervisors(
    play: Play,
) -> None:
    play.telegram.started(BORIS)
    play.telegram.started(VERA)
    await play.start(deadlines=SHORT)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    play.move(20 * 60)
    reminder = await play.shown("the customer has waited 20 min for an answer")
    assert reminder.reply_to == (await play.card(1)).id
    private = await play.heard(BORIS, "the customer has waited 20 min for an answer")
    assert private.text.startswith("⏰ #1 Anna: ")
    await play.quiet()
    assert not play.team("had no answer")
    play.move(10 * 60)
    await play.shown("Lead #1 (Anna) has had no answer for 30 min. It is with Boris.")
    await play.quiet()
    assert not play.private(VERA)
    play.move(10 * 60)
    await play.heard(VERA, "Lead #1 (Anna) has had no answer for 40 min. It is with Boris.")
    play.move(9 * HOUR)
    await play.quiet()
    told = (reminders(play.team()), play.private(BORIS, "⏰"), play.private(VERA, "⏰"))
    assert [len(found) for found in told] == [2, 1, 1]


async def test_a_manager_who_never_opened_the_bot_is_reminded_under_the_card_alone(
    play: Play,
) -> None:
    await play.start(deadlines=SHORT)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    play.move(20 * 60)
    await play.shown("the customer has waited 20 min for an answer")
    await play.quiet()
    assert not play.private(BORIS)
    assert len(play.team("has waited")) == 1


async def test_where_supervisors_are_the_chat_it_hears_of_it_once(play: Play) -> None:
    await play.start(deadlines=SHORT, team={"supervisors": []})
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    for _ in range(4):
        play.move(10 * 60)
        await play.quiet()
    await play.shown("has had no answer for 40 min")
    assert len(play.team("has had no answer")) == 1


async def test_the_card_says_that_it_is_late_until_somebody_acts(play: Play) -> None:
    await answered(play)
    play.telegram.write(ANNA, ANNA, "And a door?")
    await play.quiet()
    play.move(HOUR)
    await play.card(1, "Overdue since")
    await play.reply(BORIS, 1, "From 200 euros")
    await play.heard(ANNA, "From 200 euros")
    await play.quiet()
    assert "Overdue" not in (await play.card(1)).text


# --- what is awaited ---


async def test_a_customer_who_writes_on_waits_until_a_human_answers(play: Play) -> None:
    await answered(play, channels={"telegram": {"greeting": "Hello, we will answer soon"}})
    assert set(await open_ones(play)) == {"close"}
    play.telegram.write(ANNA, ANNA, "And a door?")
    await play.quiet()
    assert set(await open_ones(play)) == {"close", "next_reply"}
    play.telegram.write(ANNA, ANNA, "/start")  # the bot greets, and that is no answer
    await play.quiet()
    assert set(await open_ones(play)) == {"close", "next_reply"}
    play.move(HOUR)
    await play.shown("the customer has waited 1 h for an answer")
    await play.reply(BORIS, 1, "From 200 euros")
    await play.heard(ANNA, "From 200 euros")
    await play.quiet()
    assert set(await open_ones(play)) == {"close"}


async def test_after_thanks_nobody_waits_for_an_answer(play: Play) -> None:
    await answered(play)
    play.telegram.write(ANNA, ANNA, "Спасибо!")
    await play.quiet()
    found = await open_ones(play)
    assert set(found) == {"close"}
    assert found["close"].paused_at is not None


async def test_an_admin_of_the_community_answers_like_any_human(play: Play) -> None:
    await play.start(deadlines=SHORT)
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, "How much is a door?")
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    assert set(await open_ones(play)) == {"close", "first_reply"}
    play.vk.admin_replies(VERA, PABLO, "From 200 euros")
    await play.shown("From 200 euros")
    await play.quiet()
    assert set(await open_ones(play)) == {"close"}


async def test_the_time_to_close_stands_still_while_it_is_the_customers_turn(play: Play) -> None:
    await answered(play)
    before = (await open_ones(play))["close"]
    assert before.paused_at is not None
    left = before.due_at - before.paused_at
    play.move(30 * HOUR)
    await play.quiet()
    assert not reminders(play.team())
    play.telegram.write(ANNA, ANNA, "And a door?")
    await play.quiet()
    again = (await open_ones(play))["close"]
    assert again.paused_at is None
    now = datetime.fromtimestamp(play.now(), UTC)
    assert timedelta(0) <= now + left - again.due_at < timedelta(minutes=1)
    await play.reply(BORIS, 1, "Yes")
    await play.heard(ANNA, "Yes")
    play.telegram.write(ANNA, ANNA, "Good, I will think")
    await play.quiet()
    play.move(10 * HOUR)
    await play.shown("this lead has been open for")


async def test_handed_over_a_waiting_customer_still_waits(play: Play) -> None:
    await answered(play)
    play.telegram.write(ANNA, ANNA, "And a door?")
    await play.quiet()
    await play.press(BORIS, 1, "Return")
    await play.card(1, "new")
    assert set(await open_ones(play)) == {"take"}
    await play.press(DASHA, 1, "Take")
    await play.card(1, "Dasha")
    assert set(await open_ones(play)) == {"close", "next_reply"}


async def test_each_channel_may_have_times_of_its_own(play: Play) -> None:
    quick = {"vk": {"deadlines": {"take": "PT1M"}}}
    await play.start(deadlines=SHORT, channels=quick)
    await play.until(lambda: play.vk.polling)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    play.vk.write(PABLO, "How much is a door?")
    await play.card(2)
    play.move(60)
    reminder = await play.shown("Who takes it?")
    assert reminder.reply_to == (await play.card(2)).id
    await play.quiet()
    assert len(play.team("Who takes it?")) == 1


# --- after the product was away ---


async def many_wait(play: Play) -> None:
    """Eight leads nobody has, in the order of their numbers, and Boris has Anna's."""
    play.telegram.started(VERA)
    play.telegram.started(BORIS)
    await play.start(deadlines=SHORT)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    for number in CUSTOMERS:
        play.telegram.add_user(number, f"Customer {number}")
        play.telegram.started(number)
        play.telegram.write(number, number, "Hello")
        await play.card(number - 499)
        play.move(1)
    await play.quiet()


async def test_after_a_downtime_everybody_gets_one_summary_instead_of_a_storm(play: Play) -> None:
    await many_wait(play)
    await play.stop()
    play.move(3 * HOUR)
    await play.start(deadlines=SHORT)
    chat = await play.shown("9 leads wait too long")
    lines = chat.text.splitlines()
    assert lines[1] == "not taken: 8 · not answered: 1"
    assert [line.split()[0] for line in lines[2:]] == ["#2", *(f"#{n}" for n in range(3, 10)), "#1"]
    assert lines[2] == "#2 Customer 501 · 3 h · not taken"
    assert lines[-1] == "#1 Anna · 3 h · not answered → Boris"
    assert chat.labels[0] == "Take #2"
    assert "9 leads wait too long" in (await play.heard(VERA, "wait too long")).text
    assert "1 lead waits too long" in (await play.heard(BORIS, "waits too long")).text
    await play.quiet()
    for _ in range(3):
        play.move(HOUR)
        await play.quiet()
    told = [reminders(found) for found in (play.team(), play.private(BORIS), play.private(VERA))]
    assert [len(found) for found in told] == [1, 1, 1]


async def test_a_lead_is_taken_from_the_summary(play: Play) -> None:
    await many_wait(play)
    play.move(HOUR)
    chat = await play.shown("9 leads wait too long")
    query = play.telegram.press(DASHA, TEAM, chat.id, label="Take #5")
    told = await play.until(lambda: play.telegram.answers.get(query))
    assert "#5" in str(told.text)
    await play.card(5, "Dasha")


async def test_a_clock_that_jumps_ahead_and_back_reminds_of_nothing_twice(play: Play) -> None:
    play.telegram.started(VERA)
    await play.start(deadlines=SHORT)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    for seconds in (HOUR, -HOUR, HOUR, -HOUR, 2 * HOUR):
        play.move(seconds)
        await play.quiet()
    await play.heard(VERA, "Nobody has taken lead #1")
    assert len(play.team("Who takes it?")) == 1
    assert len(play.private(VERA, "⏰")) == 1


async def test_a_restart_between_two_steps_repeats_and_forgets_none(play: Play) -> None:
    play.telegram.started(VERA)
    await play.start(deadlines=SHORT)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    play.move(5 * 60)
    await play.shown("Who takes it?")
    await play.quiet()
    await play.stop()
    play.move(5 * 60)
    await play.start(deadlines=SHORT)
    await play.heard(VERA, "Nobody has taken lead #1")
    await play.quiet()
    assert len(play.team("Who takes it?")) == 1
    assert len(play.private(VERA, "⏰")) == 1


# --- the list ---


async def test_overdue_lists_those_that_are_late_the_longest_first(play: Play) -> None:
    await play.start(deadlines=SHORT, channels={"vk": {"deadlines": {"take": "PT20M"}}})
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, "How much is a door?")
    await play.card(1)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(2)
    play.move(25 * 60)
    await play.quiet()
    play.telegram.write(BORIS, TEAM, "/overdue")
    found = await play.shown("2 overdue leads")
    assert [line.split()[1] for line in found.text.splitlines()[1:]] == ["#2", "#1"]
    assert NAMES[ANNA] in found.text
