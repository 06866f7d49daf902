"""What time brings: reminders, each once, and digests at the team's local time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.cast import ANNA, BORIS, PABLO, TEAM, VERA
from tests.plays.play import Play

MADRID = ZoneInfo("Europe/Madrid")


async def started(play: Play, **over: object) -> None:
    """The product runs with digests out of the way, and Anna has asked."""
    play.telegram.started(VERA)
    await play.start(**over)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)


async def test_a_lead_nobody_takes_is_recalled_under_its_card_then_to_supervisors(
    play: Play,
) -> None:
    await started(play, deadlines={"take": "PT5M"})
    play.move(5 * 60 + 1)
    reminder = await play.shown("This lead has waited for 5 min. Who takes it?")
    assert reminder.reply_to == (await play.card(1)).id
    await play.quiet()
    assert not play.private(VERA)
    play.move(5 * 60 + 1)
    alarm = await play.heard(VERA, "Nobody has taken lead #1 (Anna) for 10 min.")
    play.move(5 * 60 + 1)
    play.telegram.write(PABLO, PABLO, "Hello")
    await play.card(2)
    play.move(5 * 60 + 1)
    await play.until(lambda: len(play.team("Who takes it?")) == 2)
    await play.quiet()
    assert play.private(VERA) == [alarm]


async def test_a_taken_lead_is_recalled_to_its_manager_first(play: Play) -> None:
    await started(play, deadlines={"first_reply": "PT15M"})
    await play.press(BORIS, 1, "Take")
    play.move(15 * 60 + 5)
    reminder = await play.shown("the customer has waited 15 min for an answer")
    assert reminder.text.startswith("⏰ Boris, ")
    assert "text_" in reminder.entities[0]["type"]
    play.move(15 * 60 + 5)
    await play.heard(VERA, "Lead #1 (Anna) has had no answer for 30 min. It is with Boris.")
    await play.quiet()
    assert len(play.team("has waited")) == 1


@pytest.mark.parametrize("take_first", [True, False])
async def test_nobody_is_reminded_of_what_was_done(play: Play, take_first: bool) -> None:
    await started(play)
    if take_first:
        await play.press(BORIS, 1, "Take")
    await play.reply(BORIS, 1, "From 100 euros")
    await play.heard(ANNA, "From 100 euros")
    play.telegram.write(PABLO, PABLO, "Hello")
    await play.card(2)
    play.move(3600)
    await play.until(lambda: play.team("Who takes it?"))
    play.move(3600)
    await play.heard(VERA, "Nobody has taken lead #2")
    await play.quiet()
    assert len(play.team("Who takes it?")) == 1
    assert len(play.private(VERA, "⏰")) == 1


async def test_a_returned_lead_waits_anew(play: Play) -> None:
    await started(play)
    await play.press(BORIS, 1, "Take")
    play.move(60)
    await play.press(BORIS, 1, "Return")
    await play.card(1, "new")
    play.move(5 * 60 + 1)
    await play.shown("Who takes it?")


def to_nine(play: Play) -> float:
    """Seconds from the play's now until the next 9:00 in Madrid."""
    now = datetime.fromtimestamp(play.now(), UTC).astimezone(MADRID)
    nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
    nine += timedelta(days=nine <= now)
    return nine.timestamp() - now.timestamp()


async def test_the_digest_tells_of_the_day_at_nine_local_time(play: Play) -> None:
    await started(play, deadlines={"take": "P9D", "first_reply": "P9D"})
    await play.reply(BORIS, 1, "From 100 euros")
    play.telegram.write(PABLO, PABLO, "And a door?")
    await play.press(BORIS, 2, "Reject")
    await play.press(BORIS, 2, "Too expensive")
    await play.card(2, "rejected")
    await play.quiet()
    play.move(to_nine(play) - 1)
    await play.quiet()
    assert not play.private(VERA)
    play.move(2)
    digest = await play.heard(VERA, "The day since")
    for line in (
        "Received: 2",
        "Taken: 1",
        "Answered: 1",
        "Converted: 0",
        "Rejected: 1",
        "   Too expensive — 1",
    ):
        assert line in digest.text.splitlines()
    assert "Unprocessed now: 1 (the oldest has waited " in digest.text
    play.move(24 * 3600)
    await play.until(lambda: len(play.private(VERA, "The day since")) == 2)
    second = play.private(VERA, "The day since")[-1].text.splitlines()
    assert "Received: 0" in second
    await play.quiet()
    assert len(play.private(VERA, "The day since")) == 2


async def test_a_day_later_by_the_clock_counts_what_was_just_done(play: Play) -> None:
    await started(play, deadlines={"take": "P9D"})
    play.move(24 * 3600)
    digest = await play.heard(VERA, "The day since")
    assert "Received: 1" in digest.text.splitlines()


async def test_the_weekly_digest_comes_on_its_day(play: Play) -> None:
    await started(play, deadlines={"take": "P9D"})
    play.move(7 * 24 * 3600)
    digest = await play.heard(VERA, "The week since")
    assert "Received: 1" in digest.text.splitlines()


async def test_who_never_started_the_bot_gets_the_digest_in_the_team_chat(play: Play) -> None:
    await play.start(deadlines={"take": "P9D"})
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(VERA, 1, "Take")
    play.move(24 * 3600)
    told = await play.shown("The day since")
    assert told.text.startswith("Vera, the bot cannot write to you in private until you open it")
    assert "Received: 1" in told.text.splitlines()


async def test_a_supervisors_chat_gets_the_digest_instead(play: Play) -> None:
    play.telegram.add_group(-1001000000002, "Heads", members=[VERA])
    await started(
        play,
        deadlines={"take": "P9D"},
        team={"supervisors_chat": "telegram:-1001000000002"},
    )
    play.move(24 * 3600)
    await play.until(
        lambda: [m for m in play.telegram.shown(-1001000000002) if "Received" in m.text]
    )
    await play.quiet()
    assert not play.private(VERA)


async def test_a_digest_of_nothing_says_so(play: Play) -> None:
    play.telegram.started(VERA)
    await play.start()
    await play.quiet()
    play.telegram.write(BORIS, TEAM, "/digest")
    await play.shown("No leads came in, none are open.")
