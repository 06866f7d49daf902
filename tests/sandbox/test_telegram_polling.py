"""getUpdates, as exact as the real one: confirmation, waiting, conflicts, allowed updates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiogram.exceptions import TelegramConflictError

from tests.sandbox.telegram_cast import (
    ANNA,
    BORIS,
    DASHA,
    PLAIN,
    TEAM,
    Stage,
    client,
    close,
    keyboard,
    stage,
)


@pytest.fixture
async def play() -> AsyncIterator[Stage]:
    async with stage() as it:
        yield it


def said(updates: Sequence[Any]) -> list[str]:
    return [update.message.text for update in updates]


async def test_unconfirmed_updates_come_again_to_whoever_polls_next(play: Stage) -> None:
    for word in ("раз", "два", "три"):
        play.server.write(ANNA, ANNA, word)
    first = await play.bot.get_updates()
    assert said(first) == ["раз", "два", "три"]
    restarted = client(play.server)
    assert said(await restarted.get_updates()) == ["раз", "два", "три"]
    offset = first[0].update_id + 1
    assert said(await restarted.get_updates(offset=offset)) == ["два", "три"]
    assert said(await restarted.get_updates()) == ["два", "три"]
    await close(restarted)


async def test_limit_takes_the_oldest_and_a_negative_offset_the_newest(play: Stage) -> None:
    for word in ("раз", "два", "три"):
        play.server.write(ANNA, ANNA, word)
    assert said(await play.bot.get_updates(limit=2)) == ["раз", "два"]
    assert said(await play.bot.get_updates(offset=-1)) == ["три"]
    assert said(await play.bot.get_updates()) == ["три"]


async def test_waiting_poll_is_answered_when_somebody_writes(play: Stage) -> None:
    waiting = asyncio.create_task(play.bot.get_updates(timeout=30))
    await play.server.until(lambda: play.server.calls)
    play.server.write(ANNA, ANNA, "наконец")
    assert said(await waiting) == ["наконец"]


async def test_killed_poller_confirms_nothing(play: Stage) -> None:
    other = client(play.server)
    waiting = asyncio.create_task(other.get_updates(timeout=30))
    await play.server.until(lambda: play.server.calls)
    await close(other)
    waiting.cancel()
    play.server.write(ANNA, ANNA, "не потеряйте")
    assert said(await play.bot.get_updates()) == ["не потеряйте"]


async def test_second_poller_ends_the_first_with_a_conflict(play: Stage) -> None:
    first = asyncio.create_task(play.bot.get_updates(timeout=30))
    await play.server.until(lambda: play.server.calls)
    other = client(play.server)
    second = asyncio.create_task(other.get_updates(timeout=30))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    play.server.write(ANNA, ANNA, "второму")
    assert said(await second) == ["второму"]
    await close(other)


async def test_members_and_reactions_come_only_when_named(play: Stage) -> None:
    play.server.join(TEAM, ANNA)
    play.server.react(BORIS, TEAM, play.server.write(BORIS, TEAM, "ок"), "👍")
    kinds = [update.event_type for update in await play.updates()]
    assert kinds == ["message", "message"]
    await play.bot.get_updates(allowed_updates=["message_reaction", "chat_member"])
    play.server.leave(TEAM, ANNA)
    play.server.react(BORIS, TEAM, play.server.shown(TEAM)[-1].id, "👎")
    updates = await play.bot.get_updates()
    assert [update.event_type for update in updates] == ["chat_member", "message_reaction"]
    await play.bot.get_updates(offset=updates[-1].update_id + 1, allowed_updates=[])
    play.server.join(TEAM, ANNA)
    assert [update.event_type for update in await play.bot.get_updates()] == ["message"]


async def test_updates_are_forgotten_after_a_day(play: Stage) -> None:
    play.server.write(ANNA, ANNA, "вчера")
    play.clock.move(24 * 3600 + 1)
    play.server.write(ANNA, ANNA, "сегодня")
    assert said(await play.bot.get_updates()) == ["сегодня"]


async def test_ids_may_start_anew_lower_and_a_stale_offset_loses_them(play: Stage) -> None:
    play.server.write(ANNA, ANNA, "до недели тишины")
    stale = (await play.bot.get_updates())[-1].update_id + 1
    await play.bot.get_updates(offset=stale)
    play.server.world.updates.renumber(5)
    play.server.write(ANNA, ANNA, "после")
    assert [update.update_id for update in await play.bot.get_updates()] == [5]
    assert await play.bot.get_updates(offset=stale) == []


async def test_malformed_update_is_delivered_as_it_is(play: Stage) -> None:
    number = play.server.inject({"message": {"date": "yesterday"}})
    play.server.write(ANNA, ANNA, "после порчи")
    session = await play.bot.session.create_session()  # type: ignore[attr-defined]
    async with session.get(f"{play.server.url}/bot{play.server.token}/getUpdates") as answer:
        updates = (await answer.json())["result"]
    assert updates[0] == {"update_id": number, "message": {"date": "yesterday"}}
    assert updates[1]["message"]["text"] == "после порчи"


async def test_queued_update_keeps_the_words_it_was_queued_with(play: Stage) -> None:
    message = play.server.write(ANNA, ANNA, "сперва")
    play.server.edit(ANNA, ANNA, message, "потом")
    written, edited = await play.updates()
    assert (written.message.text, edited.edited_message.text) == ("сперва", "потом")
    assert edited.edited_message.edit_date is not None


async def test_privacy_mode_hides_talk_but_not_commands_replies_and_arrivals() -> None:
    async with stage(privacy=True) as play:
        play.server.demote(TEAM, play.server.bot_id)
        card = await play.bot.send_message(TEAM, "Лид")
        await play.updates()
        play.server.write(BORIS, TEAM, "между собой")
        play.server.write(BORIS, TEAM, "/leads")
        play.server.write(BORIS, TEAM, "ответ", reply_to=card.message_id)
        play.server.join(TEAM, ANNA)
        seen = await play.updates()
        assert [update.message.text for update in seen] == ["/leads", "ответ", None]
        assert (await play.bot.get_me()).can_read_all_group_messages is False


async def test_message_ids_are_shared_by_private_chats_and_plain_groups_only(play: Stage) -> None:
    ids = [
        play.server.write(ANNA, ANNA, "x"),
        play.server.write(BORIS, PLAIN, "x"),
        play.server.write(DASHA, TEAM, "x"),
        (await play.bot.send_message(ANNA, "x")).message_id,
        (await play.bot.send_message(TEAM, "x", reply_markup=keyboard("a"))).message_id,
    ]
    assert ids == [1, 2, 1, 3, 2]


async def test_waiting_for_what_never_comes_ends_with_a_timeout(play: Stage) -> None:
    with pytest.raises(TimeoutError):
        await play.server.until(lambda: play.server.shown(ANNA), timeout=0.01)
    play.server.write(ANNA, ANNA, "пришло")
    assert len(await play.server.until(lambda: play.server.shown(ANNA))) == 1
