"""`/del` takes a reply back from the customer, in time, too late, or by somebody who may not."""

from __future__ import annotations

from typing import Any

from bot.sandbox.telegram.faults import Fault
from storage.schema import messages
from tests.cast import ANNA, BORIS, DASHA, TEAM, VERA
from tests.plays.contents import OTHER_PICTURE, PICTURE
from tests.plays.play import Play
from tests.plays.test_rewriting import (
    DAY,
    answered,
    answered_on_vk,
    boris_has_it,
    on_vk,
    reaction,
    texts,
)

DONE = "Taken back, the customer no longer sees it"


async def withdrawn(play: Play) -> list[bool]:
    """Of each message of the team's whether it was taken back."""
    found = await play.rows(messages)
    return [row.withdrawn_at is not None for row in found if row.author == "staff"]


async def test_a_reply_is_taken_back_and_struck_in_its_story(play: Play) -> None:
    reply = await answered(play)
    play.telegram.write(BORIS, TEAM, "/del", reply_to=reply)
    told = await play.shown(DONE)
    assert (told.reply_to, texts(play)) == (reply, [])
    await play.until(lambda: reaction(play, reply) == ())
    play.telegram.write(BORIS, TEAM, "/lead 1")
    story = await play.shown("came in")
    assert "Boris: From 100 euros (taken back)" in story.text
    assert "strikethrough" in [one["type"] for one in story.entities]
    assert await withdrawn(play) == [True]


async def test_a_reply_is_taken_back_on_vk_for_everybody(play: Play) -> None:
    reply = await answered_on_vk(play)
    play.telegram.write(BORIS, TEAM, "/del", reply_to=reply)
    await play.shown(DONE)
    assert on_vk(play) == []


async def test_a_second_time_it_is_gone_already(play: Play) -> None:
    reply = await answered(play)
    play.telegram.write(BORIS, TEAM, "/del", reply_to=reply)
    play.telegram.write(BORIS, TEAM, "/del", reply_to=reply)
    await play.shown("This was taken back already")
    await play.shown(DONE)
    await play.quiet()
    assert len(play.team(DONE)) == 1


async def test_all_parts_of_an_album_are_taken_back(play: Play) -> None:
    await boris_has_it(play)
    group: dict[str, Any] = {"media_group_id": "A1", "reply_to": (await play.card(1)).id}
    play.telegram.write(BORIS, TEAM, photo=PICTURE, **group)
    second = play.telegram.write(BORIS, TEAM, photo=OTHER_PICTURE, caption="Both", **group)
    await play.heard(ANNA, "Both")
    await play.quiet()
    play.telegram.write(BORIS, TEAM, "/del", reply_to=second)
    await play.shown(DONE)
    await play.quiet()
    assert texts(play) == []
    assert len(play.team(DONE)) == 1
    assert await withdrawn(play) == [True, True]


async def test_what_waits_to_be_sent_is_not(play: Play) -> None:
    await boris_has_it(play)
    play.telegram.fail("sendMessage", Fault.TOO_MANY, chat=ANNA, retry_after=5)
    reply = await play.reply(BORIS, 1, "From 100 euros")
    await play.until(lambda: play.telegram.calls[-1].fault == "too_many")
    await play.handled()
    play.telegram.write(BORIS, TEAM, "/del", reply_to=reply)
    await play.shown("Taken back in time, the customer will not get it")
    play.move(60)
    await play.quiet()
    assert texts(play) == []


async def test_too_late_is_said_and_the_reply_stays(play: Play) -> None:
    reply = await answered(play)
    play.move(2 * DAY + 60)
    play.telegram.write(BORIS, TEAM, "/del", reply_to=reply)
    await play.shown("The customer still sees this message: the messenger no longer allows it")
    await play.quiet()
    assert texts(play) == ["From 100 euros"]
    assert await withdrawn(play) == [False]


async def test_too_late_on_vk_is_said(play: Play) -> None:
    reply = await answered_on_vk(play)
    play.move(DAY + 60)
    play.telegram.write(BORIS, TEAM, "/del", reply_to=reply)
    await play.shown("The customer still sees this message: the messenger no longer allows it")
    assert on_vk(play) == ["From 100 euros"]


async def test_its_author_may_and_who_gives_out_leads_but_no_other_colleague(play: Play) -> None:
    reply = await answered(play)
    play.telegram.write(DASHA, TEAM, "/del", reply_to=reply)
    await play.shown("This can be taken back by its author (Boris)")
    await play.quiet()
    assert texts(play) == ["From 100 euros"]
    play.telegram.write(VERA, TEAM, "/del", reply_to=reply)
    await play.shown(DONE)
    assert texts(play) == []


async def test_a_notice_about_a_reply_stands_for_it(play: Play) -> None:
    reply = await answered(play)
    play.telegram.edit(BORIS, TEAM, reply, "// nothing")
    notice = await play.shown("nothing would be left of it, /del takes it back")
    play.telegram.write(BORIS, TEAM, "/del", reply_to=notice.id)
    await play.shown(DONE)
    assert texts(play) == []


async def test_what_is_no_reply_is_not_taken_back(play: Play) -> None:
    await boris_has_it(play)
    note = await play.reply(BORIS, 1, "// call her")
    await play.quiet()
    play.telegram.write(BORIS, TEAM, "/del", reply_to=note)
    await play.shown("This is a note, the customer does not see it anyway")
    await play.reply(BORIS, 1, "/del")
    await play.shown("Reply with /del to your message")
    await play.quiet()
    assert await withdrawn(play) == [False]


async def test_a_reply_of_unknown_fate_is_at_least_not_sent_again(play: Play) -> None:
    await boris_has_it(play)
    play.telegram.fail("sendMessage", Fault.DROP_BEFORE, chat=ANNA)
    await play.reply(BORIS, 1, "From 100 euros")
    unsure = await play.shown("Not sure this message reached the customer")
    play.telegram.write(BORIS, TEAM, "/del", reply_to=unsure.id)
    await play.shown("It will not be sent again")
    query = play.telegram.press(BORIS, TEAM, unsure.id, label="Send again")
    told = await play.until(lambda: play.telegram.answers.get(query))
    assert told.text == "This button is out of date"
    await play.quiet()
    assert texts(play) == []


async def test_a_death_between_command_and_call_loses_nothing(play: Play) -> None:
    reply = await answered(play)
    play.telegram.fail("deleteMessage", Fault.HANG, chat=ANNA, applied=True)
    play.telegram.write(BORIS, TEAM, "/del", reply_to=reply)
    await play.until(lambda: [c for c in play.telegram.calls if c.fault == "hang"])
    await play.stop()
    await play.start()
    await play.shown(DONE)
    await play.quiet()
    assert texts(play) == []
    assert len(play.team(DONE)) == 1


async def test_an_edit_of_what_was_taken_back_is_told_to_go_nowhere(play: Play) -> None:
    reply = await answered(play)
    play.telegram.write(BORIS, TEAM, "/del", reply_to=reply)
    await play.shown(DONE)
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros")
    await play.shown("This message was taken back, the customer will not see the change")
