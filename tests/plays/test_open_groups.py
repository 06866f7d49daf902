"""The team's group where Telegram does not tell who is a member: who acts may be anybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.messages import TroubleSeen
from bot.sandbox.telegram import TelegramServer
from tests.cast import ANNA, BORIS, ELSEWHERE, GLEB, TEAM, VERA
from tests.plays.play import Play
from tests.plays.test_roles import REFUSAL, states, taken_by_boris

DAY = 86_400.0
OPENED: dict[str, Callable[[TelegramServer], None]] = {
    "public": lambda server: server.make_public(TEAM, "sales_of_windows"),
    "takes comments": lambda server: server.link(TEAM, ELSEWHERE),
}


@pytest.mark.parametrize("opened", OPENED.values(), ids=OPENED)
async def test_who_never_joined_an_open_group_is_a_stranger_though_nobody_tells(
    play: Play, opened: Callable[[TelegramServer], None]
) -> None:
    opened(play.telegram)
    play.telegram.demote(TEAM, play.telegram.bot_id, by=VERA)
    play.telegram.started(VERA)
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    assert await play.press(GLEB, 1, "Take") == REFUSAL
    await play.reply(GLEB, 1, "Nothing at all")
    await play.heard(VERA, "I cannot see who is in the team's group")
    play.move(600)
    assert await play.press(GLEB, 1, "Take") == REFUSAL
    assert await states(play) == ["new"]
    assert not play.private(ANNA)
    assert len(play.private(VERA)) == 1
    play.telegram.promote(TEAM, play.telegram.bot_id, by=VERA)
    assert await play.press(BORIS, 1, "Take") == "#1 is yours"
    await play.heard(VERA, "I can tell again who is of the team")


async def test_that_nobody_tells_of_members_outlives_a_restart_and_is_told_once(play: Play) -> None:
    play.telegram.make_public(TEAM, "sales_of_windows")
    play.telegram.demote(TEAM, play.telegram.bot_id, by=VERA)
    play.telegram.started(VERA)
    for _ in range(2):
        await play.start()
        play.telegram.write(GLEB, TEAM, "Good day")
        await play.heard(VERA, "I cannot see who is in the team's group")
        await play.quiet()
        await play.stop()
    play.telegram.make_public(TEAM, "")
    await play.start()
    play.telegram.write(BORIS, TEAM, "Good day")
    await play.heard(VERA, "I can tell again who is of the team")
    assert len(play.private(VERA)) == 2


async def test_what_another_process_saw_begin_is_seen_to_be_over(play: Play) -> None:
    play.telegram.started(VERA)
    product = await play.start()
    play.telegram.write(BORIS, TEAM, "Good day")
    await play.quiet()
    seen = TroubleSeen("members", f"telegram:{TEAM}", product.now())
    await product.inbox.add({"trouble:members": seen})
    await play.heard(VERA, "I cannot see who is in the team's group")
    play.move(61)
    play.telegram.write(BORIS, TEAM, "Good day")
    await play.heard(VERA, "I can tell again who is of the team")


async def test_where_members_alone_act_the_team_works_though_nobody_tells(play: Play) -> None:
    play.telegram.demote(TEAM, play.telegram.bot_id, by=VERA)
    play.telegram.started(VERA)
    card = await taken_by_boris(play)
    play.move(3 * DAY + 60)
    assert (await play.forge(BORIS, "1:return:1", message=card)).text == "#1 is back in the queue"
    await play.quiet()
    assert not play.private(VERA)


async def test_a_standing_that_cannot_be_asked_for_does_not_last_for_ever(play: Play) -> None:
    await taken_by_boris(play)
    play.telegram.leave(TEAM, BORIS)
    play.telegram.world.updates._queue.clear()  # the event never came
    play.telegram.demote(TEAM, play.telegram.bot_id, by=VERA)
    play.telegram.write(BORIS, BORIS, "/start")
    await play.heard(BORIS, "/leads — open leads")
    play.move(3 * DAY)
    assert (await play.forge(BORIS, "1:return:1", chat=BORIS)).text == REFUSAL
    assert await states(play) == ["taken"]


async def test_a_manager_whose_standing_cannot_be_asked_for_is_told_so_and_no_customer(
    play: Play,
) -> None:
    await taken_by_boris(play)
    reply = await play.reply(BORIS, 1, "Thirty euros")
    await play.heard(ANNA, "Thirty euros")
    play.telegram.demote(TEAM, play.telegram.bot_id, by=VERA)
    play.move(3 * DAY + 60)
    play.telegram.edit(BORIS, TEAM, reply, "Forty euros")
    await play.heard(ANNA, "Forty euros")
    play.telegram.write(BORIS, BORIS, "/leads")
    await play.heard(BORIS, "Write anything there, and I will know you again")
    assert await states(play) == ["taken"]
    play.telegram.write(BORIS, TEAM, "Good day")
    await play.quiet()
    play.telegram.write(BORIS, BORIS, "/leads")
    await play.heard(BORIS, "1 open lead")
