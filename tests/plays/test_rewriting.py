"""Managers change replies, long by all that differs: the copy follows, or it is told why not."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.telegram.faults import Fault
from bot.sandbox.telegram.files import Media, content
from bot.sandbox.vk.faults import Fault as VkFault
from storage.schema import inbox, messages, versions
from tests.cast import ANNA, BORIS, TEAM, VERA
from tests.plays.contents import OTHER_PICTURE, PICTURE
from tests.plays.play import Play

DAY = 24 * 3600


async def boris_has_it(play: Play) -> None:
    """The product runs, and Anna's lead is Boris's."""
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    await play.card(1, "With Boris")


async def answered(play: Play, text: str = "From 100 euros", **attached: Any) -> int:
    """Boris has answered Anna on Telegram; his message's id."""
    await boris_has_it(play)
    reply = await play.reply(BORIS, 1, text, **attached)
    await play.until(lambda: reaction(play, reply) == ("👍",))
    await play.quiet()
    return reply


async def answered_on_vk(play: Play, text: str = "From 100 euros", **attached: Any) -> int:
    """Boris has answered Anna on VK; his message's id."""
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    reply = await play.reply(BORIS, 1, text, **attached)
    await play.until(lambda: reaction(play, reply) == ("👍",))
    await play.quiet()
    return reply


def reaction(play: Play, message: int) -> tuple[str, ...]:
    """What the bot put under a message of the team's."""
    found: tuple[str, ...] = play.telegram.message(TEAM, message).reactions.get(
        play.telegram.bot_id, ()
    )
    return found


def texts(play: Play) -> list[str]:
    """What Anna sees of the bot on Telegram."""
    return [one.text for one in play.private(ANNA)]


def on_vk(play: Play) -> list[str]:
    """What Anna sees of the community."""
    return [one.text for one in play.vk.dialog(ANNA) if one.author < 0]


def edits(play: Play) -> int:
    """How often the bot changed something that Anna sees."""
    edited = ("editMessageText", "editMessageCaption")
    return sum(c.method in edited and c.chat_id == ANNA for c in play.telegram.calls)


async def test_a_changed_reply_is_changed_at_the_customer(play: Play) -> None:
    reply = await answered(play)
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros\n// not a cent less")
    await play.until(lambda: reaction(play, reply) == ("🫡",))
    assert texts(play) == ["From 200 euros"]
    (kept,) = await play.rows(versions)
    assert kept.text == "From 100 euros"
    play.telegram.write(BORIS, TEAM, "/lead 1")
    story = (await play.shown("came in")).text
    assert "→ Boris: From 200 euros" in story
    assert "(before: From 100 euros)" in story


async def test_a_changed_reply_is_changed_on_vk_with_its_picture(play: Play) -> None:
    reply = await answered_on_vk(play, "This one", photo=PICTURE)
    play.telegram.edit(BORIS, TEAM, reply, "That one")
    await play.until(lambda: on_vk(play) == ["That one"])
    await play.until(lambda: reaction(play, reply) == ("🫡",))
    assert play.vk.dialog(ANNA)[-1].attachments


async def test_a_caption_changes_and_goes(play: Play) -> None:
    reply = await answered(play, "This one", photo=PICTURE)
    play.telegram.edit(BORIS, TEAM, reply, "That one")
    await play.heard(ANNA, "That one")
    play.telegram.edit(BORIS, TEAM, reply, "")
    await play.until(lambda: texts(play) == [""])


async def test_an_album_keeps_its_parts_and_gets_the_new_words(play: Play) -> None:
    await boris_has_it(play)
    card = (await play.card(1)).id
    group: dict[str, Any] = {"media_group_id": "A1", "reply_to": card}
    play.telegram.write(BORIS, TEAM, photo=PICTURE, **group)
    second = play.telegram.write(BORIS, TEAM, photo=OTHER_PICTURE, caption="Both", **group)
    await play.heard(ANNA, "Both")
    await play.quiet()
    play.telegram.edit(BORIS, TEAM, second, "Both of them")
    await play.heard(ANNA, "Both of them")
    assert texts(play) == ["Both of them", ""]


async def test_a_long_reply_is_changed_part_by_part(play: Play) -> None:
    reply = await answered(play, "a" * 4000)
    world, message = play.telegram.world, play.telegram.message(TEAM, reply)
    vk_long = "word " * 1500
    world.rewrite(message, message.body | {"text": vk_long, "edit_date": world.now})
    world.announce(message, "edited_message")
    told = await play.shown("The customer still has the earlier text: it takes another number")
    assert told.reply_to == reply
    play.telegram.edit(BORIS, TEAM, reply, "b" * 4000)
    await play.until(lambda: texts(play) == ["b" * 4000])


async def test_a_reply_in_parts_stays_in_as_many(play: Play) -> None:
    await boris_has_it(play)
    card = (await play.card(1)).id
    world = play.telegram.world
    chat, boris = world.chat(TEAM), world.user(BORIS)
    body = {"text": f"{'a' * 4000}\n{'b' * 4000}"}
    message = world.compose(chat, boris, body, reply=chat.messages[card])
    world.announce(message)
    await play.until(lambda: texts(play) == ["a" * 4000, "b" * 4000])
    await play.quiet()
    changed = {"text": f"{'a' * 4000}\n{'c' * 4000}", "edit_date": world.now}
    world.rewrite(message, message.body | changed)
    world.announce(message, "edited_message")
    await play.until(lambda: texts(play) == ["a" * 4000, "c" * 4000])


async def test_of_quick_edits_the_last_one_wins(play: Play) -> None:
    reply = await answered(play)
    for price in range(101, 110):
        play.telegram.edit(BORIS, TEAM, reply, f"From {price} euros")
    await play.heard(ANNA, "From 109 euros")
    await play.quiet()
    assert texts(play) == ["From 109 euros"]


async def test_the_same_edit_twice_and_an_earlier_one_late_change_nothing(play: Play) -> None:
    reply = await answered(play)
    message, world = play.telegram.message(TEAM, reply), play.telegram.world
    early = message.body | {"text": "From 150 euros", "edit_date": world.now}
    play.move(60)
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros")
    await play.heard(ANNA, "From 200 euros")
    await play.quiet()
    world.announce(message, "edited_message")
    world.updates.push("edited_message", early)
    await play.quiet()
    assert texts(play) == ["From 200 euros"]
    assert edits(play) == 1
    assert len(await play.rows(versions)) == 1


async def test_what_waits_to_be_sent_goes_in_the_new_words(play: Play) -> None:
    await boris_has_it(play)
    play.telegram.fail("sendMessage", Fault.TOO_MANY, chat=ANNA, retry_after=5)
    reply = await play.reply(BORIS, 1, "From 100 euros")
    await play.until(lambda: play.telegram.calls[-1].fault == "too_many")
    await play.handled()
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros")
    await play.heard(ANNA, "From 200 euros")
    await play.quiet()
    assert texts(play) == ["From 200 euros"]
    assert edits(play) == 0


async def test_an_edit_waits_for_what_is_just_being_sent(play: Play) -> None:
    await boris_has_it(play)
    play.telegram.fail("sendMessage", Fault.SLOW, chat=ANNA, seconds=5)
    reply = await play.reply(BORIS, 1, "From 100 euros")
    await play.until(lambda: [c for c in play.telegram.calls if c.fault == "slow"])
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros")
    await play.heard(ANNA, "From 200 euros")
    await play.quiet()
    assert texts(play) == ["From 200 euros"]
    assert [row.state for row in await play.rows(inbox) if row.reason] == ["done"]


async def test_a_death_between_edit_and_call_loses_none_and_doubles_none(play: Play) -> None:
    reply = await answered(play)
    play.telegram.fail("editMessageText", Fault.HANG, chat=ANNA)
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros")
    await play.until(lambda: [c for c in play.telegram.calls if c.fault == "hang"])
    await play.stop()
    assert texts(play) == ["From 100 euros"]
    await play.start()
    await play.until(lambda: reaction(play, reply) == ("🫡",))
    await play.quiet()
    assert texts(play) == ["From 200 euros"]
    assert len(await play.rows(versions)) == 1


async def test_vk_changes_nothing_after_a_day_and_that_is_told(play: Play) -> None:
    reply = await answered_on_vk(play)
    play.move(DAY + 60)
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros")
    told = await play.shown("The customer still has the earlier text: the messenger no longer")
    assert told.reply_to == reply
    assert on_vk(play) == ["From 100 euros"]
    play.telegram.write(BORIS, TEAM, "/lead 1")
    assert "the customer still has the earlier text" in (await play.shown("came in")).text


@pytest.mark.parametrize("gone", ["blocked", "deleted"])
async def test_an_edit_that_cannot_reach_the_customer_is_told(play: Play, gone: str) -> None:
    reply = await answered(play)
    if gone == "blocked":
        play.telegram.block(ANNA)
    else:
        play.telegram.delete(ANNA, play.private(ANNA)[0].id)
    await play.quiet()
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros")
    why = "they blocked the bot" if gone == "blocked" else "the messenger no longer finds it"
    await play.shown(f"The customer still has the earlier text: {why}")
    await play.quiet()
    assert reaction(play, reply) == ("👍",)


async def test_an_edit_of_what_never_arrived_is_told(play: Play) -> None:
    await boris_has_it(play)
    play.telegram.block(ANNA)
    await play.quiet()
    reply = await play.reply(BORIS, 1, "From 100 euros")
    await play.shown("Not delivered")
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros")
    await play.shown("The customer never got this message")


async def test_what_is_sent_again_after_an_edit_says_it_rightly(play: Play) -> None:
    await boris_has_it(play)
    play.telegram.fail("sendMessage", Fault.DROP_BEFORE, chat=ANNA)
    reply = await play.reply(BORIS, 1, "From 100 euros")
    unsure = await play.shown("Not sure this message reached the customer")
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros")
    await play.shown("If it is sent again, it will be in the new words")
    play.telegram.press(BORIS, TEAM, unsure.id, label="Send again")
    await play.heard(ANNA, "From 200 euros")
    await play.quiet()
    assert texts(play) == ["From 200 euros"]


async def test_only_the_words_of_a_changed_file_follow(play: Play) -> None:
    reply = await answered(play, "This one", photo=PICTURE)
    world, message = play.telegram.world, play.telegram.message(TEAM, reply)
    other = content(world.files, "photo", Media(OTHER_PICTURE * 2))
    changed = other | {"caption": "That one", "edit_date": world.now}
    world.rewrite(message, message.body | changed)
    world.announce(message, "edited_message")
    await play.shown("Only words can be changed: the customer still has the earlier file")
    await play.heard(ANNA, "That one")


async def test_a_reply_that_becomes_all_note_stays_and_is_told_how_to_go(play: Play) -> None:
    reply = await answered(play)
    play.telegram.edit(BORIS, TEAM, reply, "// From 200 euros")
    await play.shown("nothing would be left of it, /del takes it back")
    await play.quiet()
    assert texts(play) == ["From 100 euros"]


async def test_a_reply_that_becomes_a_command_changes_nothing(play: Play) -> None:
    reply = await answered(play)
    play.telegram.edit(BORIS, TEAM, reply, "/del")
    await play.shown("This looks like a command, so nothing was changed")
    await play.quiet()
    assert texts(play) == ["From 100 euros"]


async def test_a_note_stays_a_note_with_its_versions(play: Play) -> None:
    await boris_has_it(play)
    note = await play.reply(BORIS, 1, "// call her")
    await play.until(lambda: reaction(play, note) == ("✍",))
    play.telegram.edit(BORIS, TEAM, note, "// call her today")
    await play.quiet()
    play.telegram.edit(BORIS, TEAM, note, "I will call today")
    await play.shown("It stays a note")
    await play.quiet()
    assert texts(play) == []
    assert len(await play.rows(versions)) == 2
    assert [row.direction for row in await play.rows(messages)] == ["in", "note"]


async def test_a_changed_answer_to_a_question_counts_as_it_was(play: Play) -> None:
    await boris_has_it(play)
    await play.press(BORIS, 1, "Convert")
    await play.press(BORIS, 1, "Deal")
    asked = await play.shown("Title and amount for #1?")
    answer = play.telegram.write(BORIS, TEAM, "Windows 1,200", reply_to=asked.id)
    await play.card(1, "$1,200")
    play.telegram.edit(BORIS, TEAM, answer, "Windows 1,300")
    await play.shown("Your answer counts as it was first given")


async def test_an_edit_on_vk_is_tried_again_through_an_outage(play: Play) -> None:
    reply = await answered_on_vk(play)
    play.vk.fail("messages.edit", VkFault.HTML_502, times=2)
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros")
    await play.until(lambda: on_vk(play) == ["From 200 euros"])


async def test_what_an_admin_changes_in_the_community_is_shown_and_kept(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "How much is a window?")
    await play.card(1)
    number = play.vk.admin_replies(BORIS, ANNA, "From 100 euros")
    await play.shown("Answered in the community (VK)\nFrom 100 euros")
    play.vk.admin_edits(number, "From 200 euros")
    shown = await play.shown("changed (VK)\nFrom 100 euros\nFrom 200 euros")
    assert [one["type"] for one in shown.entities] == ["italic", "strikethrough"]
    (kept,) = await play.rows(versions)
    assert kept.text == "From 100 euros"


@pytest.mark.parametrize("told", [True, False], ids=["members are told of", "nobody tells"])
async def test_what_is_changed_by_who_left_changes_nothing(play: Play, told: bool) -> None:
    reply = await answered(play, "From 100 euros")
    if not told:
        play.telegram.demote(TEAM, play.telegram.bot_id, by=VERA)
    play.telegram.leave(TEAM, BORIS)
    await play.quiet()
    play.move(4 * DAY)
    play.telegram.edit(BORIS, TEAM, reply, "Pay me in cash")
    await play.quiet()
    assert texts(play) == ["From 100 euros"]
    assert not await play.rows(versions)
