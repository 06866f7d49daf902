"""Step by step a chat shows what is wanted of a lead, wherever it is interrupted and refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.delivery.showing import showing
from bot.messages import Failure, Outgoing, Post, SendError, plain
from storage.cards import Card, Face, Topic
from tests.storage.making import NOW

NEW = Card(1, 1, None, "telegram:-100", 1, 0, "", None, 0, None, NOW)
TAKEN = Face(plain("card"), (), Topic("💬 #1 Anna", "💬", False), inside=True, pointer=plain("→"))
WAITING = replace(TAKEN, topic=Topic("🆕 #1 Anna", "🆕", False), inside=False)
CLOSED = replace(TAKEN, topic=Topic("✅ #1 Anna", "✅", True))
PLAIN = Face(plain("card"))
NOTHING = Face(())
GENERAL = NEW.complete("9")
DOUBTED = replace(NEW, posted_above=8)


def wanted(card: Card) -> Card:
    """Something happened to its lead."""
    return replace(card, wanted=card.wanted + 1)


def played(card: Card, face: Face) -> tuple[Card, list[str]]:
    """The card once all is shown, and the calls that it took."""
    calls: list[str] = []
    for number in range(10, 30):
        shows = showing(card, face)
        card = shows.made(str(number))
        if shows.outgoing is not None:
            calls.append(shows.outgoing.kind)
        if card.shown == card.wanted:
            return card, calls
    raise AssertionError(f"it never comes to an end: {calls}")


def refused(card: Card, face: Face, failure: Failure) -> tuple[Outgoing | None, Card | None]:
    """The next call, and how the card stands once it is refused."""
    shows = showing(card, face)
    return shows.outgoing, shows.mended(SendError(failure, "refused"))


def test_in_a_plain_group_a_card_is_posted_and_then_changed() -> None:
    card, calls = played(NEW, PLAIN)
    assert calls == ["post"]
    assert played(wanted(card), PLAIN)[1] == ["edit"]


def test_a_new_lead_of_a_forum_costs_no_more() -> None:
    card, calls = played(NEW, WAITING)
    assert (calls, card.topic, card.thread) == (["post"], "", "")


def test_a_taken_lead_gets_topic_card_and_a_line_that_leads_there() -> None:
    card, calls = played(wanted(GENERAL), TAKEN)
    assert calls == ["open_topic", "post", "edit"]
    assert (card.topic, card.thread, card.left) == ("10", "10", "")


def test_one_that_nobody_saw_yet_goes_straight_to_its_topic() -> None:
    assert played(NEW, TAKEN)[1] == ["open_topic", "post"]


def test_words_come_before_title_and_lock() -> None:
    taken, _ = played(wanted(GENERAL), TAKEN)
    closed, calls = played(wanted(taken), CLOSED)
    assert calls == ["edit", "rename_topic", "close_topic"]
    assert played(wanted(closed), TAKEN)[1] == ["edit", "rename_topic", "close_topic"]


def test_what_changes_meanwhile_is_said_again() -> None:
    taken, _ = played(wanted(GENERAL), TAKEN)
    edited = showing(wanted(taken), CLOSED).made("")
    assert edited.shown < edited.wanted
    assert played(wanted(edited), CLOSED)[1] == ["edit", "rename_topic", "close_topic"]


def test_returned_it_is_in_general_and_taken_again_in_the_same_topic() -> None:
    taken, _ = played(wanted(GENERAL), TAKEN)
    back, calls = played(wanted(taken), WAITING)
    assert calls == ["post", "edit", "rename_topic"]
    assert (back.thread, back.topic) == ("", taken.topic)
    again, calls = played(wanted(back), TAKEN)
    assert calls == ["post", "edit", "rename_topic"]
    assert again.thread == taken.topic


def test_a_topic_that_is_gone_is_made_again_with_the_card() -> None:
    taken, _ = played(wanted(GENERAL), TAKEN)
    lost = replace(wanted(taken), message_id=None)
    call, mended = refused(lost, TAKEN, Failure.LOST)
    assert (call and call.kind, mended and mended.topic) == ("post", "")
    assert mended is not None
    assert played(mended, TAKEN)[1] == ["open_topic", "post"]


def test_a_title_that_finds_no_topic_takes_the_card_along() -> None:
    taken, _ = played(wanted(GENERAL), TAKEN)
    edited = showing(wanted(taken), CLOSED).made("")
    call, mended = refused(edited, CLOSED, Failure.LOST)
    assert (call and call.kind) == "rename_topic"
    assert mended is not None
    assert (mended.message_id, mended.left, mended.topic) == (None, taken.message_id, "")


@pytest.mark.parametrize("face", [PLAIN, WAITING, TAKEN, CLOSED, NOTHING])
def test_what_may_stand_there_is_sought_before_all_else(face: Face) -> None:
    shows = showing(DOUBTED, face)
    sought = shows.outgoing
    assert isinstance(sought, Post)
    assert (bool(sought.text), sought.thread) == (True, "")
    assert (shows.made("9").message_id, shows.made("").message_id) == ("9", None)


def test_what_was_found_is_where_it_was_posted_and_goes_on_from_there() -> None:
    found = showing(DOUBTED, TAKEN).made("9")
    card, calls = played(found, TAKEN)
    assert calls == ["open_topic", "post", "edit"]
    assert (card.topic, card.thread, card.left) == ("10", "10", "")
    assert played(showing(DOUBTED, TAKEN).made(""), TAKEN)[1] == ["open_topic", "post"]


def test_a_list_that_was_found_goes_when_nothing_is_left_in_it() -> None:
    found = showing(DOUBTED, NOTHING).made("9")
    assert played(found, NOTHING)[1] == ["delete"]
    assert showing(DOUBTED, NOTHING).made("").shown == DOUBTED.wanted


def test_where_a_card_is_to_stand_is_known_before_it_is_posted() -> None:
    opened = showing(wanted(GENERAL), TAKEN).made("10")
    shows = showing(opened, WAITING)
    assert (shows.outgoing, shows.made("").thread) == (None, "")
    assert played(shows.made(""), WAITING)[1] == ["post", "edit", "rename_topic"]


@pytest.mark.parametrize("failure", [Failure.LOST, Failure.TOO_LATE, Failure.REFUSED])
def test_a_line_that_cannot_be_left_is_let_be(failure: Failure) -> None:
    opened = showing(wanted(GENERAL), TAKEN).made("10")
    posted = showing(opened, TAKEN).made("11")
    call, mended = refused(posted, TAKEN, failure)
    assert (call and call.kind) == "edit"
    assert mended is not None
    assert (mended.left, mended.shown) == ("", mended.wanted)


@pytest.mark.parametrize("failure", [Failure.PACE, Failure.TRANSIENT, Failure.AMBIGUOUS])
def test_what_may_pass_changes_nothing(failure: Failure) -> None:
    assert refused(wanted(GENERAL), TAKEN, failure)[1] is None
    assert not showing(wanted(GENERAL), TAKEN).refuses_topics(SendError(failure, "wait"))


def test_a_chat_in_which_no_topic_is_ever_found_is_taken_to_have_none() -> None:
    opened = showing(wanted(GENERAL), TAKEN).made("10")
    lost = SendError(Failure.LOST, "message thread not found")
    assert not showing(opened, TAKEN).refuses_topics(lost)
    assert showing(replace(opened, attempts=5), TAKEN).refuses_topics(lost)
    assert showing(wanted(GENERAL), TAKEN).refuses_topics(SendError(Failure.RIGHTS, "no"))
