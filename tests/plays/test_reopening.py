"""A lead that is opened again is as it was: who has it, what is next, what is awaited."""

from __future__ import annotations

from typing import Any

from storage.schema import assignments, deadlines, lead_tags, leads, steps
from tests.cast import ANNA, BORIS, DASHA, TEAM
from tests.plays.play import Play
from tests.plays.test_commands import ask

HOUR = 3600


async def worked_on(play: Play) -> None:
    """Boris has Anna's lead, hot, tagged, with something to be done in an hour."""
    await play.start(deadlines={"take": "PT5M", "first_reply": "PT15M"})
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    await play.press(BORIS, 1, "Next step")
    await play.press(BORIS, 1, "In an hour")
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Hot")
    await play.reply(BORIS, 1, "/tag urgent")
    await play.card(1, "#urgent")


async def rejected(play: Play) -> None:
    """And then rejected it."""
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Too expensive")
    await play.card(1, "Reason: Too expensive")


async def awaited(play: Play) -> list[str]:
    """What is awaited of the team."""
    await play.quiet()
    return [row.kind for row in await play.rows(deadlines) if row.done_at is None]


async def the_lead(play: Play) -> Any:
    await play.quiet()
    (lead,) = await play.rows(leads)
    return lead


async def test_everything_comes_back_with_it(play: Play) -> None:
    await worked_on(play)
    await rejected(play)
    (ended,) = await play.rows(steps)
    assert ended.done_at is not None
    assert await play.press(DASHA, 1, "Reopen") == "#1 is open again, with Boris"
    card = await play.card(1, "With Boris")
    for told in ("🔥", "#urgent", "⏭"):
        assert told in card.text
    (step,) = await play.rows(steps)
    assert (step.done_at, step.due_at, step.next_at) == (None, ended.due_at, ended.next_at)
    lead = await the_lead(play)
    assert (lead.state, lead.warmth, lead.reason, lead.closed_at) == ("taken", "hot", "", None)
    assert [row.tag for row in await play.rows(lead_tags)] == ["urgent"]


async def test_a_step_done_before_the_lead_was_closed_stays_done(play: Play) -> None:
    await worked_on(play)
    await play.press(BORIS, 1, "Next step")
    await play.press(BORIS, 1, "Done")
    await play.press(BORIS, 1, "Back")
    await rejected(play)
    await play.press(BORIS, 1, "Reopen")
    await play.card(1, "With Boris")
    assert [row.done_at is None for row in await play.rows(steps)] == [False]


async def test_a_step_that_came_due_meanwhile_is_reminded_of(play: Play) -> None:
    await worked_on(play)
    await rejected(play)
    play.move(2 * HOUR)
    await play.quiet()
    assert not play.team("time for the next step")
    await play.press(BORIS, 1, "Reopen")
    await play.shown("time for the next step")


async def test_an_unanswered_lead_awaits_its_answer_again_with_all_the_time(play: Play) -> None:
    await worked_on(play)
    await rejected(play)
    assert await awaited(play) == []
    play.move(2 * HOUR)
    await play.press(BORIS, 1, "Reopen")
    await play.card(1, "With Boris")
    assert "first_reply" in await awaited(play)
    due_at = next(r.due_at for r in await play.rows(deadlines) if r.done_at is None)
    assert due_at.timestamp() > play.now() + 600


async def test_an_answered_lead_awaits_no_first_answer(play: Play) -> None:
    await worked_on(play)
    await play.reply(BORIS, 1, "From 100 euros")
    await play.heard(ANNA, "From 100 euros")
    await rejected(play)
    await play.press(BORIS, 1, "Reopen")
    await play.card(1, "With Boris")
    assert "first_reply" not in await awaited(play)


async def test_a_lead_whose_manager_is_gone_waits_in_the_queue(play: Play) -> None:
    await worked_on(play)
    await rejected(play)
    play.telegram.leave(TEAM, BORIS)
    await play.quiet()
    assert "in the queue" in await play.press(DASHA, 1, "Reopen")
    await play.card(1, "new")
    lead = await the_lead(play)
    assert (lead.state, lead.responsible) == ("new", None)
    assert await awaited(play) == ["take"]
    assert [row for row in await play.rows(assignments) if row.ended_at is None] == []
    assert "reopened by Dasha, into the queue" in await ask(play, DASHA, "/lead 1", "came in")
    assert await play.press(DASHA, 1, "Take") == "#1 is yours"


async def test_a_lead_that_nobody_ever_had_waits_in_the_queue_again(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    await rejected(play)
    assert "in the queue" in await play.press(DASHA, 1, "Reopen")
    await play.card(1, "new")
    assert (await the_lead(play)).responsible is None


async def test_two_who_reopen_at_once_do_it_once(play: Play) -> None:
    await worked_on(play)
    await rejected(play)
    for who in (BORIS, DASHA):
        play.telegram.press(who, TEAM, 1, "1:reopen:1", forged=True)
    await play.quiet()
    story = await ask(play, DASHA, "/lead 1", "came in")
    assert story.count("reopened by") == 1
    assert [row.done_at for row in await play.rows(steps)] == [None]


async def test_of_a_lead_that_nobody_had_no_manager_is_missed(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await rejected(play)
    assert await play.press(DASHA, 1, "Reopen") == "#1 is open again, in the queue"
