"""`/report`: which report, for which period, for supervisors only."""

from __future__ import annotations

import pytest

from bot.sandbox.telegram.chats import Message
from handlers.wire import pack
from tests.cast import ANNA, BORIS, PABLO, TEAM, VERA
from tests.plays.play import Play


async def asked(play: Play, text: str = "/report", **over: object) -> None:
    """Vera asks in private of a day on which Anna wrote."""
    play.telegram.started(VERA)
    await play.start(deadlines={"take": "P9D"}, **over)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    play.telegram.write(VERA, VERA, text)


async def pressed(play: Play, words: str, label: str) -> Message:
    """Vera presses a button under what shows these words."""
    message = await play.until(lambda: play.private(VERA, words))
    shown = next(one for one in message[-1].labels if label in one)
    query = play.telegram.press(VERA, VERA, message[-1].id, label=shown)
    await play.until(lambda: play.telegram.answers.get(query))
    found: Message = message[-1]
    return found


async def test_a_report_is_chosen_by_two_presses(play: Play) -> None:
    await asked(play)
    await pressed(play, "Which report?", "Sources")
    await pressed(play, "For which period?", "Today")
    told = await play.heard(VERA, "Sources · ")
    assert "Telegram · no source — received 1" in told.text
    assert "Conversion: converted of all received." in told.text


async def test_what_a_link_carried_is_told_in_part(play: Play) -> None:
    """Whoever follows a link of VK's may write five hundred characters into it."""
    play.telegram.started(VERA)
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, "Hello", ref="promo" + "x" * 200, ref_source="y" * 200)
    await play.card(1)
    for report in ("leads", "sources"):
        play.telegram.write(VERA, VERA, f"/report {report} today")
    for title in ("Leads · ", "Sources · "):
        told = await play.heard(VERA, title)
        assert "promox" in told.text
        assert "x" * 60 not in told.text


async def test_one_goes_back_and_chooses_another(play: Play) -> None:
    await asked(play)
    await pressed(play, "Which report?", "Sources")
    await pressed(play, "For which period?", "Back")
    await pressed(play, "Which report?", "Digest")
    await pressed(play, "For which period?", "Today")
    told = await play.heard(VERA, "Digest: ")
    assert "Received: 1" in told.text.splitlines()
    assert "Received 1" in told.labels


async def test_own_dates_are_given_in_a_reply_and_mistakes_are_named(play: Play) -> None:
    await asked(play)
    await pressed(play, "Which report?", "Leads")
    await pressed(play, "For which period?", "Own dates")
    question = await play.heard(VERA, "Reply with the first and the last day")
    play.telegram.write(VERA, VERA, "yesterday and today", reply_to=question.id)
    wrong = await play.heard(VERA, "Give one or two days")
    play.telegram.write(VERA, VERA, "2020-01-01", reply_to=wrong.id)
    told = await play.heard(VERA, "Leads · ")
    assert "#1 · " in told.text
    assert "Total: 1" in told.text.splitlines()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("nonsense", "No report nonsense. There are: digest, leads, reasons"),
        ("leads 2026-02-30", "2026-02-30 is not a day"),
        ("leads 2020-02-02 2020-02-01", "is after the last one"),
        ("leads 2999-01-01", "is still to come"),
        ("leads 2020-01-01 2020-01-31", "Nothing in this period."),
        ("reasons today", "Reject reasons · "),
        ("managers today", "Managers · "),
        ("warmth this_week", "not said — received 1"),
        ("days today", "By day · "),
    ],
)
async def test_a_report_is_asked_for_in_one_line(play: Play, words: str, answer: str) -> None:
    await asked(play, f"/report {words}")
    await play.heard(VERA, answer)


async def test_managers_are_told_that_it_is_for_supervisors(play: Play) -> None:
    play.telegram.started(BORIS)
    await asked(play)
    menu = await play.heard(VERA, "Which report?")
    play.telegram.write(BORIS, BORIS, "/report leads today")
    said = await play.until(lambda: play.private(BORIS))
    assert "supervisor" in said[-1].text
    answer = await play.forge(BORIS, pack("report", 0, "leads:today"), message=menu.id)
    assert "supervisor" in answer.text
    await play.quiet()
    assert not play.team("Leads · ")


async def test_what_is_asked_in_a_topic_is_answered_in_it(play: Play) -> None:
    play.telegram.make_forum(TEAM)
    await play.start(deadlines={"take": "P9D"})
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    card = await play.card(1)
    topic = play.telegram.open_topic(TEAM, BORIS, "Figures")

    async def pressed(words: str, label: str) -> None:
        found = await play.shown(words)
        shown = next(one for one in found.labels if label in one)
        query = play.telegram.press(VERA, TEAM, found.id, label=shown)
        await play.until(lambda: play.telegram.answers.get(query))

    play.telegram.write(VERA, TEAM, "/report digest", thread=topic)
    await pressed("For which period?", "Today")
    await pressed("Digest: ", "Received 1")
    await play.quiet()
    play.telegram.write(VERA, TEAM, "/report", thread=topic)
    await pressed("Which report?", "Sources")
    await play.quiet()
    await pressed("For which period?", "Own dates")
    question = await play.shown("Reply with the first and the last day")
    play.telegram.write(BORIS, TEAM, "today", thread=topic, reply_to=question.id)
    await play.shown("Only supervisors may do this")
    play.telegram.write(VERA, TEAM, "today", thread=topic, reply_to=question.id)
    await pressed("Sources · ", "Excel")
    await play.quiet()
    told = [one for one in play.team() if one.from_bot and not one.text.startswith(card.text[:4])]
    assert [one.text for one in told if one.thread != topic] == []
    assert len(told) == 8
