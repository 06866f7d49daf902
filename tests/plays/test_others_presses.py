"""Presses by others than the team, as fast as they like, take nothing from anybody else."""

from __future__ import annotations

from collections import Counter

from bot.messages import Priority
from storage.schema import accounts, messages, outbox
from tests.cast import ANNA, GLEB, PABLO, TEAM
from tests.plays.play import AWAITED, Play


async def test_presses_by_others_than_the_team_have_one_answer_each_that_waits(play: Play) -> None:
    """Each answer takes a call from those that the bot may make in a second."""
    await play.start(telegram={"per_second": 1}, vk={"per_second": 1})
    await play.until(lambda: play.vk.polling)
    for _ in range(20):
        play.telegram.press(ANNA, ANNA, 1, "c1:zz:1", forged=True)
        play.telegram.press(PABLO, PABLO, 1, "1:take:1", forged=True)
        play.telegram.press(GLEB, TEAM, 1, "forged", forged=True)
        play.vk.press(ANNA, ANNA, 1, {"d": "c1:zz:1"}, forged=True)
    await play.over(play.telegram.world.updates.pending, *AWAITED[:1])
    await play.until(lambda: play.vk.answers)
    await play.handled()
    rows = await play.rows(outbox)
    waits = Counter((row.channel, row.payload["author"]) for row in rows if row.state == "queued")
    assert rows
    assert not [who for who, count in waits.items() if count > 1]
    assert {row.priority for row in rows} == {Priority.OTHERS}


async def test_a_press_by_others_is_answered_again_once_the_last_answer_is_on_its_way(
    play: Play,
) -> None:
    await play.start()
    for data in ("c1:zz:1", "1:take:1") * 3:
        assert (await play.forge(ANNA, data, chat=ANNA)).text


async def test_presses_of_who_is_shut_out_or_slowed_cost_no_call(play: Play) -> None:
    await play.start(leads={"messages_per_minute": 1})
    for words in ("Cheap!", "Cheap! Cheap!"):
        play.telegram.write(ANNA, ANNA, words)
    await play.shown("is writing too fast")
    play.telegram.write(PABLO, PABLO, "Buy my followers")
    await play.card(2)
    assert play.product is not None
    async with play.product.database.write() as connection:
        banned = accounts.update().where(accounts.c.platform_id == str(PABLO))
        await connection.execute(banned.values(banned_at=(await play.rows(messages))[0].at))
    for who in (ANNA, PABLO):
        for data in ("c1:zz:1", "1:take:1", "forged"):
            play.telegram.press(who, who, 1, data, forged=True)
    await play.quiet()
    assert not [row for row in await play.rows(outbox) if row.priority == Priority.OTHERS]
