"""Who would fill the disk: so much is kept of a flood in a day, and both sides are told."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from handlers import filling
from storage.schema import inbox, messages, touches, versions
from tests.cast import ANNA, BORIS, ELSEWHERE, GLEB, PABLO, TEAM
from tests.plays.play import Play

FEW = {"messages_per_minute": 3}
TOLD = "so many messages from you today"


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound, low enough to be reached."""
    monkeypatch.setattr(filling, "KEPT", 8)


async def flood(play: Play, count: int, words: str = "Cheap!") -> None:
    """Anna writes and writes."""
    for number in range(count):
        play.telegram.write(ANNA, ANNA, f"{words} {number}")
    await play.quiet()


async def bodies(play: Play) -> list[str]:
    """What is kept of Telegram's own events."""
    rows = [row for row in await play.rows(inbox) if row.channel == "telegram"]
    return [str(row.body) for row in rows if row.body is not None]


async def test_a_flood_is_kept_up_to_a_bound_and_both_sides_are_told_once(play: Play) -> None:
    play.telegram.add_user(ANNA, "Anna", language="en")
    await play.start(leads=FEW)
    await flood(play, 30)
    await play.heard(ANNA, TOLD)
    told = await play.shown("What comes until midnight is not kept")
    assert "Anna has written more than 8 messages today" in told.text
    await flood(play, 5, "And more")
    assert len(await play.rows(messages)) == 8
    assert not [one for one in await bodies(play) if "And more" in one]
    assert len(play.private(ANNA, TOLD)) == 1
    play.telegram.write(PABLO, PABLO, "How much is a window?")
    await play.card(2, "How much is a window?")


async def test_slow_and_steady_fills_no_disk_and_commands_are_heard(play: Play) -> None:
    play.telegram.add_user(ANNA, "Anna", language="en")
    await play.start()
    await flood(play, 9)
    await play.heard(ANNA, TOLD)
    assert len(await play.rows(messages)) == 8
    play.telegram.write(ANNA, ANNA, "/privacy")
    await play.heard(ANNA, "8 messages from you")


async def test_what_is_no_message_leaves_little_behind(play: Play) -> None:
    play.telegram.add_user(ANNA, "Anna", language="en")
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    play.telegram.write(ANNA, ANNA, "/delete")
    asked = await play.heard(ANNA, "Delete everything")
    await play.quiet()
    play.telegram.press(ANNA, ANNA, asked.id, label="No, keep it")
    for _ in range(5):
        play.telegram.block(ANNA)
        play.telegram.press_start(ANNA)
    await play.quiet()
    assert len(await bodies(play)) == 1


async def test_who_goes_and_comes_all_day_fills_no_disk_and_hides_no_history(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.telegram.write(ANNA, ANNA, "How much?")
    await play.card(1)
    play.vk.write(PABLO, "How long?")
    await play.card(2)
    for _ in range(5):
        play.telegram.block(ANNA)
        play.telegram.unblock(ANNA)
        play.vk.deny(PABLO)
        play.vk.allow(PABLO)
    play.vk.deny(PABLO)
    await play.card(2, "does not allow messages")
    await play.quiet()
    kept = [row for row in await play.rows(touches) if row.kind == "reach"]
    assert sorted((row.lead, row.data["reach"]) for row in kept) == [(1, "open"), (2, "denied")]
    play.telegram.write(BORIS, TEAM, "/lead 1")
    told = await play.shown("came in")
    assert "How much?" in told.text
    assert told.text.count("blocked the bot") == 0


async def test_the_next_day_they_are_heard_again(play: Play) -> None:
    play.telegram.add_user(ANNA, "Anna", language="en")
    await play.start(leads=FEW)
    await flood(play, 12)
    await play.heard(ANNA, TOLD)
    play.move(24 * 3600)
    play.telegram.write(ANNA, ANNA, "How much is a window, please?")
    await play.shown("How much is a window, please?")


async def test_edits_count_and_are_bounded_too(play: Play) -> None:
    play.telegram.add_user(ANNA, "Anna", language="en")
    await play.start(leads=FEW)
    number = play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    await play.quiet()
    for words in range(30):
        play.telegram.edit(ANNA, ANNA, number, f"Hello {words}")
    await play.quiet()
    await play.heard(ANNA, TOLD)
    assert len(await play.rows(versions)) == 7


async def test_what_is_long_counts_by_its_pages(play: Play) -> None:
    play.telegram.add_user(ANNA, "Anna", language="en")
    await play.start(leads=FEW)
    await flood(play, 12, "w" * 4093)
    await play.heard(ANNA, TOLD)
    assert len(await play.rows(messages)) < 8


async def test_who_is_banned_fills_no_disk_either(play: Play) -> None:
    play.telegram.add_user(ANNA, "Anna", language="en")
    await play.start(leads={"messages_per_minute": 0})
    play.telegram.write(ANNA, ANNA, "Buy my followers")
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Ban")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "Banned: Spam")
    await flood(play, 20)
    assert len(await play.rows(messages)) == 8
    assert len([one for one in await bodies(play) if "Cheap!" in one]) == 7
    assert not play.private(ANNA, TOLD)


async def test_what_is_not_kept_leaves_little_behind(play: Play) -> None:
    await play.start(leads=FEW)
    await flood(play, 12)
    await flood(play, 20, "x" * 4000)
    assert play.product is not None
    async with play.product.database.read() as connection:
        left = sa.select(inbox).where(inbox.c.channel == "telegram").order_by(inbox.c.id.desc())
        rows = list(await connection.execute(left.limit(20)))
    assert [row.body for row in rows] == [None] * 20


async def test_what_changes_nothing_leaves_little_behind(play: Play) -> None:
    await play.start()
    number = play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    await play.quiet()
    for _ in range(3):
        play.telegram.edit(ANNA, ANNA, number, "Hello")
    await play.quiet()
    assert len(await bodies(play)) == 1


async def test_forged_presses_leave_little_behind(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    for data in ("1:take:1", "nothing that we know"):
        await play.forge(ANNA, data, chat=ANNA)
    await play.quiet()
    assert len(await bodies(play)) == 1


async def test_what_is_of_no_interest_leaves_little_behind(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    update = play.telegram.world.updates.pending()[-1]
    await play.card(1)
    notice = {one: update["message"][one] for one in ("message_id", "date", "chat", "from")}
    for number in range(3):
        pinned = {"message_id": 100 + number, "pinned_message": update["message"]}
        play.telegram.inject({"message": notice | pinned})
    await play.quiet()
    assert len(await bodies(play)) == 1


async def test_a_foreign_groups_words_leave_little_behind(play: Play) -> None:
    await play.start()
    members = play.telegram.world.chat(ELSEWHERE).members
    members[play.telegram.bot_id] = play.telegram.world.chat(TEAM).members[play.telegram.bot_id]
    play.telegram.write(GLEB, ELSEWHERE, "I want a window")
    await play.quiet()
    assert await bodies(play) == []


async def test_strangers_words_in_an_open_group_leave_little_behind(play: Play) -> None:
    """Anybody writes in a public group, or as a channel, and no bound of a day counts it."""
    play.telegram.make_public(TEAM, "sales_of_windows")
    await play.start()
    play.telegram.write(GLEB, TEAM, "x" * 4000)
    play.telegram.write(GLEB, TEAM, "x" * 4000, sender_chat=ELSEWHERE)
    play.telegram.write(BORIS, TEAM, "Good day")
    await play.quiet()
    assert ["Good day" in one for one in await bodies(play)] == [True]
