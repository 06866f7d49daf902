"""Erasing one account of a person: who else they are lives on, and nothing of it is shown."""

from __future__ import annotations

import pytest

from storage.schema import deadlines, erasures, leads, messages, outbox
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM, VERA
from tests.handlers.invariants import assert_invariants
from tests.plays.play import Play
from tests.plays.test_erasing_races import later
from tests.plays.test_overdue import HOUR, many_wait

PHONE = "+34 612 345 678"
MAIL = "secret@example.org"
OWN = "Anna Petrova is bankrupt"


async def two(play: Play, words: str = "Call me") -> None:
    """Anna on Telegram has #1, which Boris took; Pablo on VK gives the same phone."""
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.telegram.write(ANNA, ANNA, f"{words}, {PHONE}")
    await play.card(1)
    play.vk.write(PABLO, f"How much is a door? {PHONE}")
    await play.card(2)
    await play.press(BORIS, 1, "Take")


async def merged(play: Play) -> None:
    """They are one person, and #2 went up in #1."""
    await two(play)
    await play.press(DASHA, 2, "Same")
    await play.quiet()


async def deleted(play: Play) -> None:
    """Anna confirms her /delete."""
    play.telegram.write(ANNA, ANNA, "/delete")
    asked = await play.heard(ANNA, "?")
    await play.handled()
    play.telegram.press(ANNA, ANNA, asked.id, label=asked.labels[0])
    await play.quiet()
    assert await play.rows(erasures)
    await later(play)


async def rejected(play: Play) -> None:
    """Anna's lead was rejected in Boris's own words, which name her."""
    await play.start()
    play.telegram.write(ANNA, ANNA, "aquamarine")
    await play.press(BORIS, 1, "Take")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "In my own words")
    prompt = await play.shown("✍️ Boris")
    play.telegram.write(BORIS, TEAM, OWN, reply_to=prompt.id)
    await play.card(1, "bankrupt")
    await play.quiet()


async def sound(play: Play) -> None:
    """Nothing that is promised of the database is broken."""
    assert play.product is not None
    await assert_invariants(play.product.database)


def from_bot(play: Play, words: str) -> list[str]:
    """What the bot still shows the team with these words."""
    return [one.text for one in play.team(words) if one.from_bot]


async def test_the_other_of_a_merge_is_answered_still(play: Play) -> None:
    await merged(play)
    play.vk.write(PABLO, "I still wait for your answer")
    under = await play.shown("I still wait")
    await deleted(play)
    assert [(row.id, row.state, row.absorbed_into) for row in await play.rows(leads)] == [
        (1, "rejected", None),
        (2, "taken", None),
    ]
    assert "Pablo" in (await play.card(2, "With Boris")).text
    assert play.team("#2 goes on by itself")
    awaited = [one.kind for one in await play.rows(deadlines) if one.done_at is None]
    assert sorted(awaited) == ["close", "first_reply"]
    assert [one.lead for one in await play.rows(messages)] == [2, 2]
    await sound(play)
    play.telegram.write(BORIS, TEAM, "A door is 200 euros", reply_to=under.id)
    await play.until(lambda: [m for m in play.vk.dialog(PABLO) if "200 euros" in m.text])
    play.telegram.write(BORIS, TEAM, "/lead 2")
    told = await play.shown("goes on after #1 was erased")
    assert "I still wait" in told.text
    assert not from_bot(play, "Anna")
    assert not from_bot(play, "Call me")
    await play.quiet()
    await sound(play)


async def test_whoever_was_answered_there_is_answered(play: Play) -> None:
    await merged(play)
    await play.reply(BORIS, 1, "A door is 200 euros")
    await play.until(lambda: [m for m in play.vk.dialog(PABLO) if "200 euros" in m.text])
    await play.quiet()
    await deleted(play)
    lead = (await play.rows(leads))[1]
    assert (lead.state, lead.answered_at is None) == ("taken", False)
    awaited = [one for one in await play.rows(deadlines) if one.done_at is None]
    assert [(one.kind, one.paused_at is None) for one in awaited] == [("close", False)]
    await sound(play)


async def test_who_never_had_a_lead_of_their_own_gets_one(play: Play) -> None:
    await two(play)
    await play.press(BORIS, 2, "Take")
    await play.press(BORIS, 2, "Reject")
    await play.press(BORIS, 2, "Spam")
    await play.card(2, "Reason")
    play.vk.write(PABLO, "And a window?")
    await play.card(3)
    await play.press(DASHA, 3, "Same")
    await play.quiet()
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "Reason")
    play.telegram.write(ANNA, ANNA, "A house")
    await play.press(BORIS, 4, "Take")
    play.vk.write(PABLO, "I still wait for your answer")
    under = await play.shown("I still wait")
    await deleted(play)
    assert "I still wait" in (await play.card(5, "Pablo")).text
    states = {row.id: row.state for row in await play.rows(leads)}
    assert (states[4], states[5]) == ("rejected", "taken")
    await sound(play)
    play.telegram.write(BORIS, TEAM, "A door is 200 euros", reply_to=under.id)
    await play.until(lambda: [m for m in play.vk.dialog(PABLO) if "200 euros" in m.text])
    await play.quiet()
    await sound(play)


async def test_a_merge_may_be_split_after_an_erasure(play: Play) -> None:
    await merged(play)
    await deleted(play)
    await play.press(VERA, 2, "More")
    await play.press(VERA, 2, "Split")
    await play.quiet()
    assert [row.state for row in await play.rows(leads)] == ["rejected", "taken"]
    await sound(play)


async def test_no_card_of_the_other_shows_who_was_erased(play: Play) -> None:
    await two(play, f"My mail is {MAIL}")
    await play.press(DASHA, 2, "Same")
    await play.card(1, MAIL)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "Reason")
    play.vk.write(PABLO, "And a window?")
    await play.press(BORIS, 3, "Take")
    await play.press(BORIS, 3, "Reject")
    await play.press(BORIS, 3, "Spam")
    await play.card(3, MAIL)
    await play.quiet()
    await deleted(play)
    await play.until(lambda: not from_bot(play, MAIL))
    assert not from_bot(play, "Anna")
    await sound(play)


@pytest.mark.parametrize("what", ["/digest", "/report leads today", "/report reasons today"])
async def test_no_report_tells_what_was_said_in_own_words(play: Play, what: str) -> None:
    await rejected(play)
    play.telegram.write(VERA, TEAM, what)
    words = "Total: 1" if "leads" in what else "in their own words"
    await play.shown(words)
    await play.quiet()
    assert len(from_bot(play, "bankrupt")) == 1, "but for the card"
    drawn = [str(row.payload.get("attachments")) for row in await play.rows(outbox)]
    assert not [one for one in drawn if "bankrupt" in one]
    await deleted(play)
    assert not from_bot(play, "bankrupt")


async def test_the_digest_of_the_day_has_no_own_words(play: Play) -> None:
    play.telegram.started(VERA)
    await rejected(play)
    play.move(22 * 3600)
    await play.until(lambda: play.private(VERA, "in their own words"))
    await play.quiet()
    assert not play.private(VERA, "bankrupt")


async def test_a_reminder_of_many_leads_is_emptied(play: Play) -> None:
    await many_wait(play)
    play.move(HOUR)
    await play.shown("9 leads wait too long")
    await play.heard(VERA, "9 leads wait too long")
    await play.quiet()
    assert play.private(VERA, "Anna")
    await deleted(play)
    await play.until(lambda: not from_bot(play, "Anna") and not play.private(VERA, "Anna"))
