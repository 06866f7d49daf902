"""Reasons to reject: begun by the settings, edited in the chat, and spam offers a ban."""

from __future__ import annotations

import pytest

from handlers.policy import reason_mark
from storage.schema import accounts, leads, reasons
from tests.cast import ANNA, BORIS, DASHA, TEAM, VERA
from tests.plays.play import Play
from tests.plays.test_commands import ask
from tests.plays.test_erasing import erased

DEFAULT = [
    "Too expensive",
    "No reply",
    "Chose a competitor",
    "Not what we do",
    "Duplicate",
    "Spam",
]


async def a_lead(play: Play, **over: object) -> None:
    """Anna's lead is free."""
    await play.start(**over)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)


async def offered(play: Play, number: int = 1) -> list[str]:
    """The reasons that the card offers."""
    await play.press(BORIS, number, "Reject")
    menu = await play.until(lambda: play._with_button(number, "In my own words"))
    found = [label for label in menu.labels if label not in ("✍️ In my own words", "‹ Back")]
    await play.press(BORIS, number, "Back")
    await play.until(lambda: play._with_button(number, "Take"))
    return found


async def test_a_reason_that_a_supervisor_adds_is_offered_and_can_be_chosen(play: Play) -> None:
    await a_lead(play)
    assert await offered(play) == DEFAULT
    await ask(play, VERA, "/reasons + Out  of stock", "Added: Out of stock")
    assert await offered(play) == [*DEFAULT, "Out of stock"]
    await play.press(BORIS, 1, "Reject")
    assert await play.press(BORIS, 1, "Out of stock") == "#1 is rejected"
    await play.card(1, "Reason: Out of stock")


async def test_the_edited_list_outlives_a_restart_with_other_settings(play: Play) -> None:
    await a_lead(play, leads={"reject_reasons": ["Dear", "Silent"]})
    await ask(play, VERA, "/reasons - dear", "Removed: Dear")
    await ask(play, VERA, "/reasons+ Far", "Added: Far")
    await ask(play, VERA, "/reasons + Away", "Added: Away")
    await play.stop()
    await play.start(leads={"reject_reasons": ["Something else"]})
    assert await offered(play) == ["Silent", "Far", "Away"]
    assert [row.reason for row in await play.rows(reasons)] == ["Away", "Far", "Silent"]


async def test_a_reason_is_removed_by_its_button_and_added_by_a_reply(play: Play) -> None:
    await a_lead(play)
    await ask(play, VERA, "/reasons", "6 reasons to reject")
    listed = await play.shown("6 reasons to reject")
    assert listed.labels == [*(f"✖️ {one}" for one in DEFAULT), "➕ Add"]
    await told(play, VERA, listed.id, "✖️ Duplicate", "Removed: Duplicate")
    shorter = await play.shown("5 reasons to reject")
    assert shorter.id == listed.id
    assert "Duplicate" not in shorter.text
    await told(play, VERA, listed.id, "➕ Add", "Reply to the message below")
    asked = await play.shown("Which reason shall I add?")
    play.telegram.write(VERA, TEAM, "Out of stock", reply_to=asked.id)
    await play.shown("Added: Out of stock")
    assert await offered(play) == [*(one for one in DEFAULT if one != "Duplicate"), "Out of stock"]


async def test_a_list_of_many_is_turned_page_by_page(play: Play) -> None:
    many = [f"Reason {number:02}" for number in range(1, 31)]
    await a_lead(play, leads={"reject_reasons": many})
    await ask(play, VERA, "/reasons", "30 reasons to reject")
    listed = await play.shown("30 reasons to reject")
    assert listed.labels == [*(f"✖️ {one}" for one in many[:6]), "›", "➕ Add"]
    await told(play, VERA, listed.id, "›", "")
    await play.until(lambda: "✖️ Reason 07" in play.telegram.message(TEAM, listed.id).labels)
    assert play.telegram.message(TEAM, listed.id).labels[-3:] == ["‹", "›", "➕ Add"]
    await told(play, VERA, listed.id, "✖️ Reason 08", "Removed: Reason 08")
    await play.until(lambda: "✖️ Reason 13" in play.telegram.message(TEAM, listed.id).labels)


async def told(play: Play, who: int, message: int, label: str, words: str) -> None:
    """Press a button of the list; what the presser is told."""
    query = play.telegram.press(who, TEAM, message, label=label)
    answer = await play.until(lambda: play.telegram.answers.get(query))
    assert answer.text == words


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("+ " + "x" * 41, "Too long for a button: 41 characters"),
        ("+ sPAM", "This reason is there already: Spam"),
        ("+", "Like this: /reasons + Out of stock"),
        ("-", "Like this: /reasons + Out of stock"),
        ("- nothing like it", "There is no such reason"),
        ("+ " + "x" * 40, "Added: xxxx"),
    ],
)
async def test_what_is_no_reason_gets_a_clear_answer(play: Play, words: str, answer: str) -> None:
    await a_lead(play)
    await ask(play, VERA, f"/reasons {words}", answer)


async def test_there_is_one_reason_at_least_and_thirty_at_most(play: Play) -> None:
    await a_lead(play, leads={"reject_reasons": ["Only"]})
    await ask(play, VERA, "/reasons - only", "The last reason stays")
    for number in range(29):
        play.telegram.write(VERA, TEAM, f"/reasons + Number {number}")
    await play.shown("Added: Number 28")
    await ask(play, VERA, "/reasons + One more", "There are 30 reasons already")


async def test_managers_see_the_list_and_change_nothing(play: Play) -> None:
    await a_lead(play)
    play.telegram.promote(TEAM, DASHA)
    seen = await ask(play, BORIS, "/reasons", "6 reasons to reject")
    assert seen.splitlines()[-1] == "Supervisors may change this list."
    assert (await play.shown("6 reasons to reject")).labels == []
    for who in (BORIS, DASHA):
        await ask(play, who, "/reasons + Mine", "Only supervisors may do this")
        await ask(play, who, "/reasons- Spam", "Only supervisors may do this")
        refused = await play.forge(who, f"1:reasons:0:{reason_mark('Spam')}")
        assert (refused.text, refused.alert) == ("Only supervisors may do this", True)
    assert await play.rows(reasons) == []


async def test_changes_of_two_supervisors_at_once_both_hold(play: Play) -> None:
    await a_lead(play, team={"supervisors": [f"telegram:{VERA}", f"telegram:{DASHA}"]})
    play.telegram.write(VERA, TEAM, "/reasons + Out of stock")
    play.telegram.write(DASHA, TEAM, "/reasons - Duplicate")
    play.telegram.write(VERA, VERA, "/reasons - Spam")
    await play.quiet()
    found = {row.reason for row in await play.rows(reasons)}
    assert found == {*DEFAULT, "Out of stock"} - {"Duplicate", "Spam"}


async def test_the_same_reason_added_twice_at_once_stands_once(play: Play) -> None:
    await a_lead(play, team={"supervisors": [f"telegram:{VERA}", f"telegram:{DASHA}"]})
    play.telegram.write(VERA, TEAM, "/reasons + Out of stock")
    play.telegram.write(DASHA, TEAM, "/reasons + out of stock")
    await play.quiet()
    assert len([one for one in await offered(play) if one.lower() == "out of stock"]) == 1


async def test_a_button_of_a_reason_that_was_removed_says_so(play: Play) -> None:
    await a_lead(play)
    await ask(play, VERA, "/reasons - Duplicate", "Removed: Duplicate")
    told = await play.forge(BORIS, f"1:reject:1:{reason_mark('Duplicate')}")
    assert told.text == "The list has changed, please choose again"
    assert [row.state for row in await play.rows(leads)] == ["new"]
    assert (await play.forge(VERA, f"1:reasons:0:{reason_mark('Duplicate')}")).text == told.text


async def test_spam_offers_a_ban_beside_reopen(play: Play) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Reject")
    assert await play.press(BORIS, 1, "Spam") == (
        "#1 is rejected. To ban them: the button on the card"
    )
    closed = await play.card(1, "Reason: Spam")
    assert closed.labels[:2] == ["Reopen", "⛔ Ban"]
    assert "Banned" in await play.press(BORIS, 1, "⛔ Ban")
    banned = await play.card(1, "Banned: Spam")
    assert "⛔ Ban" not in banned.labels
    (account,) = await play.rows(accounts)
    assert account.banned_at is not None


async def test_spam_in_a_list_of_ones_own_and_in_own_words_offers_it_too(play: Play) -> None:
    await a_lead(play, leads={"reject_reasons": ["СПАМ и реклама", "Далеко"]})
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "СПАМ")
    assert "⛔ Ban" in (await play.card(1, "СПАМ и реклама")).labels
    play.telegram.write(102, 102, "And a door?")
    await play.press(BORIS, 2, "Reject")
    await play.press(BORIS, 2, "Далеко")
    assert "⛔ Ban" not in (await play.card(2, "Далеко")).labels


async def test_erasing_keeps_reasons_of_the_edited_list_and_no_others(play: Play) -> None:
    await a_lead(play)
    await ask(play, VERA, "/reasons + Out of stock", "Added: Out of stock")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Out of stock")
    await play.card(1, "Out of stock")
    await erased(play)
    assert [row.reason for row in await play.rows(leads)] == ["Out of stock"]
