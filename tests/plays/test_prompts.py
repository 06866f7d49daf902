"""What the bot asks one person to answer: their client opens the reply; forgotten, it is asked."""

from __future__ import annotations

import pytest

from bot.sandbox.telegram.chats import Message, Topic
from storage.schema import deals, leads, messages
from tests.cast import ANNA, BORIS, DASHA, TEAM, VERA
from tests.handlers.invariants import assert_invariants
from tests.plays.play import Play
from tests.plays.test_handing_over import given
from tests.plays.test_topics import a_lead, standing, taken

QUESTION = "Is this the answer to my question, or for the customer?"
WORDS = "I need words here"
ANSWER, CUSTOMER = "It answers the question", "To the customer"


async def pressed(play: Play, who: int, question: Message, label: str) -> str:
    """Press a button under a question; what the presser is told."""
    query = play.telegram.press(who, TEAM, question.id, label=label)
    return str((await play.until(lambda: play.telegram.answers.get(query))).text)


async def forgot(play: Play, words: str = "Has no money") -> tuple[Topic, Message]:
    """Boris was asked for a reason and wrote it without replying; what he is asked then."""
    topic = await taken(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "In my own words")
    await play.shown("Why is #1 rejected?")
    await play.quiet()
    play.telegram.write(BORIS, TEAM, words, thread=topic.id)
    question = await play.shown(QUESTION)
    await play.quiet()
    assert (question.thread, question.labels) == (topic.id, [ANSWER, CUSTOMER])
    assert not play.private(ANNA)
    return topic, question


async def state(play: Play) -> tuple[str, str]:
    """How the lead stands, and why."""
    (lead,) = await play.rows(leads)
    return lead.state, lead.reason


async def test_the_reply_opens_by_itself_for_whoever_was_asked_and_nobody_else(play: Play) -> None:
    topic = await taken(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "In my own words")
    asked = await play.shown("Why is #1 rejected?")
    assert asked.thread == topic.id
    assert play.telegram.opened_reply(BORIS, TEAM) is asked
    assert play.telegram.opened_reply(DASHA, TEAM) is None
    play.telegram.write(BORIS, TEAM, "Has no money", reply_to=asked.id)
    await play.until(lambda: topic.closed)
    assert await state(play) == ("rejected", "Has no money")


async def test_a_reason_written_without_a_reply_never_reaches_the_customer(play: Play) -> None:
    topic, question = await forgot(play)
    told = await pressed(play, BORIS, question, ANSWER)
    assert told == "Taken as the answer, the customer will not see it"
    await play.quiet()
    assert await state(play) == ("rejected", "Has no money")
    assert (topic.closed, question.labels, play.private(ANNA)) == (True, [], [])
    assert [one.direction for one in await play.rows(messages) if one.author == "staff"] == ["note"]
    assert play.product is not None
    await assert_invariants(play.product.database)


async def test_what_was_meant_for_the_customer_goes_and_is_not_asked_again(play: Play) -> None:
    topic, question = await forgot(play, "From 100 euros")
    play.telegram.write(BORIS, TEAM, "With a door 200", thread=topic.id)
    await play.quiet()
    await pressed(play, BORIS, question, CUSTOMER)
    await play.heard(ANNA, "With a door 200")
    play.telegram.write(BORIS, TEAM, "And soon", thread=topic.id)
    await play.heard(ANNA, "And soon")
    await play.quiet()
    assert [one.text.rpartition("\n")[2] for one in play.private(ANNA)] == [
        "From 100 euros",
        "With a door 200",
        "And soon",
    ]
    assert (await state(play))[0] == "taken"


async def test_a_colleague_decides_nothing_and_two_presses_count_once(play: Play) -> None:
    _, question = await forgot(play)
    told = await pressed(play, VERA, question, CUSTOMER)
    assert told == "Only the author decides: Boris"
    for label in (ANSWER, CUSTOMER):
        play.telegram.press(BORIS, TEAM, question.id, label=label)
    await play.quiet()
    assert (await state(play), play.private(ANNA)) == (("rejected", "Has no money"), [])


async def test_answered_by_a_reply_meanwhile_what_was_held_is_a_note(play: Play) -> None:
    _, question = await forgot(play)
    asked = await play.shown("Why is #1 rejected?")
    play.telegram.write(BORIS, TEAM, "Went elsewhere", reply_to=asked.id)
    await play.quiet()
    told = await pressed(play, BORIS, question, ANSWER)
    assert told == "Kept as a note, the customer will not see it"
    await play.quiet()
    assert (await state(play), play.private(ANNA)) == (("rejected", "Went elsewhere"), [])


@pytest.mark.parametrize("minutes", [9, 11])
async def test_after_ten_minutes_words_are_for_the_customer_again(play: Play, minutes: int) -> None:
    topic = await taken(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "In my own words")
    await play.shown("Why is #1 rejected?")
    await play.quiet()
    play.move(minutes * 60)
    play.telegram.write(BORIS, TEAM, "From 100 euros", thread=topic.id)
    await play.quiet()
    assert bool(play.private(ANNA)) is (minutes == 11)
    assert bool(play.team(QUESTION)) is (minutes == 9)


async def test_a_reply_to_the_customer_and_a_colleagues_words_are_not_held(play: Play) -> None:
    topic = await taken(play)
    play.telegram.write(ANNA, ANNA, "And a door?")
    words = await play.shown("And a door?")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "In my own words")
    await play.quiet()
    play.telegram.write(BORIS, TEAM, "That too", reply_to=words.id, thread=topic.id)
    await play.heard(ANNA, "That too")
    play.telegram.write(DASHA, TEAM, "Mine", thread=topic.id)
    await play.shown("Boris has #1. Send your reply to the customer?")
    await play.quiet()
    assert not play.team(QUESTION)


async def test_a_deal_can_be_told_in_its_topic_which_closes_then(play: Play) -> None:
    topic = await taken(play)
    await play.press(BORIS, 1, "Convert")
    await play.press(BORIS, 1, "Deal")
    asked = await play.shown("Title and amount for #1?")
    await play.quiet()
    assert (topic.name, topic.closed) == ("✅ #1 Anna", False)
    play.telegram.write(BORIS, TEAM, "Windows 1,200", thread=topic.id)
    question = await play.shown(QUESTION)
    await pressed(play, BORIS, question, ANSWER)
    await play.quiet()
    (deal,) = await play.rows(deals)
    assert (deal.title, topic.closed, play.private(ANNA)) == ("Windows", True, [])
    play.telegram.write(VERA, TEAM, "Doors 300", reply_to=asked.id)
    await play.quiet()
    assert (await play.rows(deals))[0].title == "Doors"  # a second answer corrects the first


async def test_no_words_are_no_answer_and_the_next_reply_still_is(play: Play) -> None:
    topic = await taken(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "In my own words")
    asked = await play.shown("Why is #1 rejected?")
    play.telegram.write(BORIS, TEAM, voice=b"OggS a voice", reply_to=asked.id)
    again = await play.shown(WORDS)
    assert play.telegram.opened_reply(BORIS, TEAM) is again
    play.telegram.write(BORIS, TEAM, voice=b"OggS a voice", thread=topic.id)
    question = await play.shown(QUESTION)
    assert await pressed(play, BORIS, question, ANSWER) == "There are no words in it to answer with"
    play.telegram.write(BORIS, TEAM, "Has no money", reply_to=again.id)
    await play.quiet()
    assert (await state(play), play.private(ANNA)) == (("rejected", "Has no money"), [])


async def test_in_general_words_without_a_reply_stay_nobodys(play: Play) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "In my own words")
    asked = await play.shown("Why is #1 rejected?")
    play.telegram.write(BORIS, TEAM, "Has no money")
    await play.quiet()
    assert ((await state(play))[0], play.team(QUESTION)) == ("new", [])
    assert (standing(play)[0].thread, asked.thread) == (None, None)


async def test_an_erased_customers_prompts_are_left_as_they_tell_nothing(play: Play) -> None:
    await given(play)
    play.telegram.started(VERA)
    asked = await play.shown("A note for your colleague?")
    await play.quiet()
    play.telegram.write(ANNA, ANNA, "/delete")
    sure = await play.heard(ANNA, "?")
    play.telegram.press(ANNA, ANNA, sure.id, label=sure.labels[0])
    await play.shown("data are erased")
    await play.quiet()
    assert (asked.deleted, play.private(VERA), "Anna" in asked.text) == (False, [], False)


async def test_in_private_and_after_a_command_the_reply_opens_too(play: Play) -> None:
    play.telegram.started(VERA)
    await play.start()
    play.telegram.write(VERA, TEAM, "/reasons")
    listed = await play.shown("reasons to reject")
    play.telegram.press(VERA, TEAM, listed.id, label="➕ Add")
    asked = await play.shown("Which reason shall I add?")
    assert play.telegram.opened_reply(VERA, TEAM) is asked
    play.telegram.write(VERA, VERA, "/new")
    alone = await play.until(lambda: play.telegram.opened_reply(VERA, VERA))
    assert alone.text.startswith("✍️ A new lead.")
