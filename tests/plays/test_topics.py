"""Topics of a forum, long by all that befalls them: each lead that is taken has its own there."""

from __future__ import annotations

import pytest

from bot.sandbox.telegram import Fault
from bot.sandbox.telegram.chats import Message, Topic
from bot.sandbox.telegram.people import MediaLike
from bot.sandbox.telegram.topics import ICONS
from storage.schema import cards
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM, VERA
from tests.plays.contents import OTHER_PICTURE, PICTURE
from tests.plays.play import Play

MOST = {"can_manage_chat", "can_delete_messages", "can_pin_messages"}


def topics(play: Play) -> list[Topic]:
    """The topics that are there."""
    return [one for one in play.telegram.world.chat(TEAM).topics.values() if not one.deleted]


def standing(play: Play, number: int = 1) -> list[Message]:
    """Where a lead's card stands: whatever has its buttons."""
    found = play.team(f"#{number} ")
    return [one for one in found if one.from_bot and one.labels and one.text.find("#") < 8]


def icon(topic: Topic) -> str:
    """The emoji that the topic's icon shows."""
    return ICONS.get(topic.icon, "")


async def a_lead(play: Play, **over: object) -> Message:
    """The team's chat is a forum, and Anna has asked; her card."""
    play.telegram.make_forum(TEAM)
    await play.start(**over)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    card = await play.card(1, "How much is a window?")
    await play.quiet()
    return card


async def taken(play: Play, **over: object) -> Topic:
    """Boris has taken Anna's lead; its topic."""
    await a_lead(play, **over)
    await play.press(BORIS, 1, "Take")
    await play.until(lambda: topics(play))
    await play.quiet()
    (topic,) = topics(play)
    return topic


async def test_card_stands_in_general_until_it_is_taken_and_then_in_its_own_topic(
    play: Play,
) -> None:
    before = await a_lead(play)
    assert (before.thread, topics(play)) == (None, [])
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    (topic,) = topics(play)
    assert (topic.name, icon(topic), topic.closed) == ("💬 #1 Anna", "💬", False)
    (card,) = standing(play)
    assert (card.thread, "With Boris" in card.text) == (topic.id, True)
    assert before.text == "💬 #1 Anna · With Boris → topic"
    assert before.entities[-1]["url"] == f"https://t.me/c/1000000001/{topic.id}"
    assert before.reply_markup is None


async def test_in_the_topic_nobody_has_to_reply(play: Play) -> None:
    topic = await taken(play)
    play.telegram.write(BORIS, TEAM, "From 100 euros", thread=topic.id)
    await play.heard(ANNA, "From 100 euros")
    play.telegram.write(ANNA, ANNA, "And a door?")
    asked = await play.shown("And a door?")
    assert (asked.thread, asked.reply_to) == (topic.id, None)
    said = play.telegram.write(BORIS, TEAM, "That too", reply_to=asked.id)
    await play.heard(ANNA, "That too")
    await play.until(lambda: play.telegram.message(TEAM, said).reactions)
    play.telegram.write(BORIS, TEAM, "// she haggles", thread=topic.id)
    play.telegram.write(BORIS, TEAM, "And soon", thread=topic.id)
    await play.heard(ANNA, "And soon")
    await play.quiet()
    assert not play.private(ANNA, "haggles")


async def test_what_is_said_elsewhere_in_the_forum_reaches_no_customer(play: Play) -> None:
    await taken(play)
    lunch = play.telegram.open_topic(TEAM, BORIS, "Lunch")
    play.telegram.write(BORIS, TEAM, "Soup today", thread=lunch)
    play.telegram.write(DASHA, TEAM, "Hello all")
    before = len(play.team())
    await play.quiet()
    assert not play.private(ANNA)
    assert len(play.team()) == before


async def test_voices_and_albums_go_both_ways(play: Play) -> None:
    topic = await taken(play)
    play.telegram.write(ANNA, ANNA, voice=b"OggS a voice")
    play.telegram.album(ANNA, ANNA, [("photo", PICTURE), ("photo", OTHER_PICTURE)], "Both")
    album: list[tuple[str, MediaLike]] = [("photo", OTHER_PICTURE), ("photo", PICTURE)]
    play.telegram.album(BORIS, TEAM, album, "Like these", thread=topic.id)
    play.telegram.write(BORIS, TEAM, voice=b"OggS another", thread=topic.id)
    await play.quiet()
    inside = [one for one in play.team() if one.from_bot and one.thread == topic.id]
    assert sum("voice" in one.body for one in inside) == 1
    assert sum("photo" in one.body for one in inside) == 2
    got = play.private(ANNA)
    assert [kind for one in got for kind in ("photo", "voice") if kind in one.body] == [
        "photo",
        "photo",
        "voice",
    ]


async def test_commands_in_the_topic_are_about_its_lead_and_answered_there(play: Play) -> None:
    topic = await taken(play)
    play.telegram.write(BORIS, TEAM, "/tag urgent", thread=topic.id)
    await play.until(lambda: "#urgent" in standing(play)[0].text)
    play.telegram.write(BORIS, TEAM, "/lead", thread=topic.id)
    told = await play.shown("How much is a window?\n")
    assert told.thread == topic.id


async def test_title_icon_and_lock_show_how_the_lead_stands(play: Play) -> None:
    topic = await taken(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Too expensive")
    await play.quiet()
    assert (topic.name, icon(topic), topic.closed) == ("✖️ #1 Anna", "", True)
    await play.press(BORIS, 1, "Reopen")
    await play.quiet()
    assert (topic.name, icon(topic), topic.closed) == ("💬 #1 Anna", "💬", False)
    await play.press(BORIS, 1, "Convert")
    await play.press(BORIS, 1, "Contact")
    await play.quiet()
    assert (topic.name, icon(topic), topic.closed) == ("✅ #1 Anna", "✅", True)
    (card,) = standing(play)
    assert card.thread == topic.id
    assert topics(play) == [topic]


async def test_returned_to_the_queue_the_card_is_in_general_and_the_topic_is_used_again(
    play: Play,
) -> None:
    topic = await taken(play)
    (inside,) = standing(play)
    await play.press(BORIS, 1, "Return")
    await play.quiet()
    (card,) = standing(play)
    assert (card.thread, topic.name, topic.closed) == (None, "🆕 #1 Anna", False)
    assert inside.text == "🆕 #1 Anna · back in the queue → card"
    play.telegram.write(ANNA, ANNA, "Are you there?")
    assert (await play.shown("Are you there?")).reply_to == card.id
    await play.press(DASHA, 1, "Take")
    await play.quiet()
    (card,) = standing(play)
    assert (card.thread, topic.name) == (topic.id, "💬 #1 Anna")
    assert topics(play) == [topic]


async def test_a_lead_that_nobody_took_is_rejected_without_a_topic(play: Play) -> None:
    await a_lead(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.quiet()
    assert topics(play) == []
    assert standing(play)[0].thread is None


async def test_a_deleted_topic_is_made_again_with_the_card_and_what_was_on_its_way(
    play: Play,
) -> None:
    topic = await taken(play)
    play.telegram.delete_topic(TEAM, topic.id)
    play.telegram.write(ANNA, ANNA, "Are you there?")
    asked = await play.shown("Are you there?")
    await play.quiet()
    (new,) = topics(play)
    (card,) = standing(play)
    assert (card.thread, asked.thread, new.name) == (new.id, new.id, "💬 #1 Anna")
    play.telegram.write(BORIS, TEAM, "Yes", thread=new.id)
    await play.heard(ANNA, "Yes")
    assert not play.private(VERA)


async def test_a_topic_whose_lead_changes_after_it_was_deleted_is_made_again(play: Play) -> None:
    topic = await taken(play)
    play.telegram.delete_topic(TEAM, topic.id)
    query = play.telegram.press(BORIS, TEAM, 1, "1:warm:1:hot", forged=True)
    await play.until(lambda: play.telegram.answers.get(query))
    await play.quiet()
    (new,) = topics(play)
    (card,) = standing(play)
    assert card.thread == new.id


async def test_a_topic_that_somebody_closed_goes_on(play: Play) -> None:
    topic = await taken(play)
    play.telegram.close_topic(TEAM, VERA, topic.id)
    play.telegram.write(ANNA, ANNA, "Are you there?")
    asked = await play.shown("Are you there?")
    assert asked.thread == topic.id
    await play.press(BORIS, 1, "Convert")
    await play.press(BORIS, 1, "Contact")
    await play.until(lambda: topic.name == "✅ #1 Anna")


async def test_what_is_written_while_the_topic_is_written_down_is_heard(play: Play) -> None:
    await a_lead(play)
    play.telegram.fail("createForumTopic", Fault.SLOW, chat=TEAM, seconds=5, applied=True)
    query = play.telegram.press(BORIS, TEAM, 1, "1:take:1", forged=True)
    await play.until(lambda: play.telegram.answers.get(query))
    (topic,) = await play.until(lambda: topics(play))
    play.telegram.write(BORIS, TEAM, "From 100 euros", thread=topic.id)
    await play.heard(ANNA, "From 100 euros")


async def test_without_the_right_the_card_stays_and_replies_go_on_with_one_alarm(
    play: Play,
) -> None:
    play.telegram.started(VERA)
    play.telegram.promote(TEAM, play.telegram.bot_id, rights=MOST, by=VERA)
    card = await a_lead(play)
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    play.telegram.write(BORIS, TEAM, "From 100 euros", reply_to=card.id)
    await play.heard(ANNA, "From 100 euros")
    play.telegram.write(PABLO, PABLO, "Good morning")
    await play.card(2)
    await play.press(BORIS, 2, "Take")
    await play.quiet()
    assert topics(play) == []
    assert [one.thread for one in (*standing(play, 1), *standing(play, 2))] == [None, None]
    (alarm,) = play.private(VERA)
    assert "Manage topics" in alarm.text
    play.telegram.promote(TEAM, play.telegram.bot_id, by=VERA)
    await play.quiet()
    play.telegram.write(ANNA, ANNA, "Thanks, I take two")
    await play.press(BORIS, 1, "More")
    await play.quiet()
    assert [one.name for one in topics(play)] == ["💬 #1 Anna"]
    assert [one.text[0] for one in play.private(VERA)] == ["⚠", "✅"]
    assert "can have their own topics again" in play.private(VERA)[-1].text


async def test_a_bot_that_is_thrown_out_with_a_topic_to_open_says_so_once(play: Play) -> None:
    play.telegram.started(VERA)
    await a_lead(play)
    query = play.telegram.press(BORIS, TEAM, 1, "1:take:1", forged=True)
    play.telegram.leave(TEAM, play.telegram.bot_id, by=VERA)
    await play.until(lambda: play.private(VERA))
    await play.handled()
    play.move(3600)
    await play.handled()
    (alarm,) = play.private(VERA)
    assert "refuses me" in alarm.text
    assert query


async def test_a_group_becomes_a_forum_and_a_plain_one_again_while_it_runs(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    play.telegram.make_forum(TEAM)
    play.telegram.write(BORIS, TEAM, "Now we have topics")
    await play.quiet()
    assert topics(play) == []  # not all at once
    await play.press(BORIS, 1, "More")
    await play.quiet()
    (topic,) = topics(play)
    play.telegram.make_forum(TEAM, forum=False)
    play.telegram.write(DASHA, TEAM, "And now we have none")
    await play.quiet()
    play.telegram.write(ANNA, ANNA, "And a door?")
    asked = await play.shown("And a door?")
    (card,) = standing(play)
    assert (asked.reply_to, "is_topic_message" in asked.body) == (card.id, False)
    play.telegram.write(BORIS, TEAM, "That too", reply_to=asked.id)
    await play.heard(ANNA, "That too")
    play.telegram.make_forum(TEAM)
    play.telegram.write(BORIS, TEAM, "Once more", thread=topic.id)
    await play.heard(ANNA, "Once more")
    assert topics(play) == [topic]


async def test_a_plain_group_of_which_nobody_told_keeps_what_was_on_its_way(play: Play) -> None:
    await taken(play)
    play.telegram.make_forum(TEAM, forum=False)
    play.telegram.write(ANNA, ANNA, "And a door?")
    asked = await play.shown("And a door?")
    await play.quiet()
    (card,) = standing(play)
    assert asked.reply_to == card.id


async def test_who_wants_replies_has_no_topics(play: Play) -> None:
    await a_lead(play, team={"conversation": "replies"})
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    assert topics(play) == []
    assert standing(play)[0].thread is None


async def test_who_wants_topics_in_a_plain_group_is_told_once(play: Play) -> None:
    play.telegram.started(VERA)
    await play.start(team={"conversation": "topics"})
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    card = await play.card(1)
    await play.press(BORIS, 1, "Take")
    play.telegram.write(BORIS, TEAM, "From 100 euros", reply_to=card.id)
    await play.heard(ANNA, "From 100 euros")
    await play.quiet()
    (alarm,) = play.private(VERA)
    assert "turn topics on" in alarm.text
    play.telegram.make_forum(TEAM)
    play.telegram.write(DASHA, TEAM, "Now we have topics")
    await play.until(lambda: play.private(VERA, "can have their own topics again"))


async def test_an_erased_customer_leaves_no_name_in_the_title(play: Play) -> None:
    topic = await taken(play)
    await play.press(BORIS, 1, "Return")
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    play.telegram.write(ANNA, ANNA, "/delete")
    asked = await play.heard(ANNA, "?")
    play.telegram.press(ANNA, ANNA, asked.id, label=asked.labels[0])
    await play.until(lambda: "Anna" not in topic.name)
    await play.quiet()
    assert topic.name.startswith("#1 · ")
    assert topic.closed
    assert not [one for one in play.team("Anna") if one.from_bot and not one.service]


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.CONFLICT, Fault.HTML_502])
async def test_a_call_that_must_wait_leaves_one_topic(play: Play, fault: Fault) -> None:
    await a_lead(play)
    for method in ("createForumTopic", "sendMessage", "editMessageText", "editForumTopic"):
        play.telegram.fail(method, fault, chat=TEAM, retry_after=2)
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    (topic,) = topics(play)
    (card,) = standing(play)
    assert card.thread == topic.id


async def test_a_crash_between_topic_and_card_leaves_one_of_each(play: Play) -> None:
    await a_lead(play)
    play.telegram.fail("sendMessage", Fault.HANG, chat=TEAM, times=-1)
    query = play.telegram.press(BORIS, TEAM, 1, "1:take:1", forged=True)
    await play.until(lambda: play.telegram.answers.get(query))
    await play.until(lambda: topics(play))
    await play.until(lambda: [c for c in play.telegram.calls if c.fault == Fault.HANG])
    await play.stop()
    play.telegram.heal()
    await play.start()
    await play.quiet()
    (topic,) = topics(play)
    (card,) = standing(play)
    assert card.thread == topic.id
    (row,) = await play.rows(cards)
    assert (row.topic, row.thread, row.left) == (str(topic.id), str(topic.id), "")


async def test_an_answer_lost_may_leave_an_empty_topic_but_never_two_cards(play: Play) -> None:
    await a_lead(play)
    play.telegram.fail("createForumTopic", Fault.DROP_AFTER, chat=TEAM)
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    assert len(topics(play)) == 2
    (card,) = standing(play)
    inside = [one for one in play.team() if one.thread == card.thread and not one.service]
    assert inside == [card]


async def test_who_writes_in_a_topic_left_over_is_told_where_the_leads_own_is(play: Play) -> None:
    await a_lead(play)
    play.telegram.fail("createForumTopic", Fault.DROP_AFTER, chat=TEAM)
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    (card,) = standing(play)
    (empty,) = [one for one in topics(play) if one.id != card.thread]
    for words in ("From 100 euros", "// she haggles"):
        written = play.telegram.write(BORIS, TEAM, words, thread=empty.id)
        await play.quiet()
        told = play.team("Nothing was sent")[-1]
        assert (told.thread, told.body["reply_to_message"]["message_id"]) == (empty.id, written)
        assert told.text.endswith("#1 → topic")
        assert told.entities[-1]["url"] == f"https://t.me/c/1000000001/{card.thread}"
    assert not play.private(ANNA)
    play.telegram.write(BORIS, TEAM, "From 100 euros", reply_to=told.id)
    await play.heard(ANNA, "From 100 euros")
    play.telegram.write(BORIS, TEAM, "And soon", thread=card.thread)
    await play.heard(ANNA, "And soon")
    await play.quiet()
    assert len(play.team("Nothing was sent")) == 2


async def test_a_card_whose_post_was_not_answered_is_found_in_its_topic(play: Play) -> None:
    await a_lead(play)
    await play.stop()
    await play.start(telegram={"group_per_minute": 59})
    play.telegram.fail("sendMessage", Fault.DROP_AFTER, chat=TEAM)
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    (topic,) = topics(play)
    (card,) = standing(play)
    assert card.thread == topic.id


async def test_a_card_taken_before_it_is_found_is_found_before_it_gets_its_topic(
    play: Play,
) -> None:
    await begun(play)
    play.telegram.fail("sendMessage", Fault.DROP_AFTER, chat=TEAM)
    play.telegram.fail("editMessageText", Fault.HTML_502, chat=TEAM, times=-1)
    lost = await taken_unfound(play)
    play.telegram.heal()
    await stands_in_its_topic_only(play, lost)


async def test_a_card_taken_before_a_death_that_left_it_in_doubt_stands_in_its_topic_only(
    play: Play,
) -> None:
    await begun(play)
    play.telegram.fail("sendMessage", Fault.HANG, chat=TEAM, applied=True)
    lost = await taken_unfound(play)
    await play.stop()
    await play.start(telegram={"group_per_minute": 59})
    await stands_in_its_topic_only(play, lost)


async def begun(play: Play) -> None:
    """A forum at a pace of one call at a time, in which something was said."""
    play.telegram.make_forum(TEAM)
    await play.start(telegram={"group_per_minute": 59})
    play.telegram.write(DASHA, TEAM, "Good morning")
    await play.quiet()


async def taken_unfound(play: Play) -> Message:
    """Boris takes Anna's lead under a card of which the product does not know; that card."""
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    card: Message = (await play.until(lambda: standing(play)))[0]
    query = play.telegram.press(BORIS, TEAM, card.id, label="Take")
    await play.until(lambda: play.telegram.answers.get(query))
    assert (await play.rows(cards))[0].message_id is None
    return card


async def stands_in_its_topic_only(play: Play, lost: Message) -> None:
    """What was in doubt leads to the one card."""
    await play.quiet()
    (topic,) = topics(play)
    (card,) = standing(play)
    assert card.thread == topic.id
    (left,) = [one for one in play.team("→ topic") if one.from_bot]
    assert (left.id, left.labels) == (lost.id, [])


async def test_an_absorbed_leads_topic_leads_to_the_other(play: Play) -> None:
    await taken(play)
    play.telegram.write(ANNA, ANNA, "Call +34 612 345 678")
    play.vk.write(PABLO, "Hello, +34 612 345 678")
    await play.card(2)
    await play.press(BORIS, 2, "Take")
    await play.quiet()
    await play.press(BORIS, 2, "Same")
    await play.quiet()
    gone = [one for one in topics(play) if "→" in one.name]
    assert [(one.name.startswith("↪️ #"), one.closed) for one in gone] == [(True, True)]


@pytest.mark.parametrize("command", ["/leads", "/help", "/digest", "/find window"])
async def test_a_reply_to_a_list_in_a_topic_goes_to_the_topics_customer(
    play: Play, command: str
) -> None:
    topic = await taken(play)
    play.telegram.write(BORIS, TEAM, command, thread=topic.id)
    await play.quiet()
    answer = [one for one in play.team() if one.from_bot and not one.service][-1]
    play.telegram.write(BORIS, TEAM, "It costs 100 euros", thread=topic.id, reply_to=answer.id)
    await play.heard(ANNA, "It costs 100 euros")
