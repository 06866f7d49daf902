"""The pace of the local Telegram, on a clock that moves only when told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiogram.exceptions import TelegramRetryAfter
from aiogram.types import BufferedInputFile, InputMediaPhoto, MediaUnion, ReactionTypeEmoji

from bot.sandbox.telegram import Limits
from tests.sandbox.telegram_cast import ANNA, BORIS, FORUM, TEAM, Stage, keyboard, stage

ONLY_GROUP = Limits(per_second=0, chat_per_second=0)


async def accepted(times: int, call: Callable[[], Awaitable[Any]]) -> tuple[int, float]:
    """How many calls passed before the first refusal, and its retry_after."""
    for number in range(times):
        try:
            await call()
        except TelegramRetryAfter as refused:
            return number, refused.retry_after
    return times, 0.0


async def test_thirty_calls_a_second_overall() -> None:
    async with stage(Limits(chat_per_second=0)) as play:
        passed, wait = await accepted(31, lambda: play.bot.send_message(ANNA, "x"))
        assert (passed, wait) == (30, 1)
        await play.bot.get_me()
        play.clock.move(1)
        assert await accepted(30, lambda: play.bot.send_message(ANNA, "x")) == (30, 0)


async def test_one_chat_takes_a_short_burst_then_a_message_a_second() -> None:
    async with stage(Limits(per_second=0)) as play:
        passed, wait = await accepted(9, lambda: play.bot.send_message(ANNA, "x"))
        assert (passed, wait) == (5, 1)
        assert len(play.server.shown(ANNA)) == 5
        play.clock.move(1)
        assert (await accepted(9, lambda: play.bot.send_message(ANNA, "x")))[0] == 1


async def edit(play: Stage, message_id: int) -> None:
    text = f"Лид после {len(play.server.calls)} вызовов"
    await play.bot.edit_message_text(text, chat_id=FORUM, message_id=message_id)


async def test_group_takes_twenty_a_minute_counting_edits_and_topics() -> None:
    async with stage(ONLY_GROUP) as play:
        card = await play.bot.send_message(FORUM, "Лид", reply_markup=keyboard("Взять"))
        await play.bot.create_forum_topic(FORUM, "Лид 1")
        passed, wait = await accepted(30, lambda: edit(play, card.message_id))
        assert (passed, wait) == (18, 60)
        assert await accepted(30, lambda: play.bot.send_message(TEAM, "x")) == (20, 60)
        play.clock.move(45)
        assert (await accepted(1, lambda: play.bot.send_message(TEAM, "x")))[1] == 15
        play.clock.move(15)
        assert (await accepted(1, lambda: play.bot.send_message(TEAM, "x"))) == (1, 0)


async def test_album_counts_as_its_messages() -> None:
    async with stage(ONLY_GROUP) as play:
        photo = InputMediaPhoto(media=BufferedInputFile(b"p", "p.jpg"))
        media: list[MediaUnion] = [photo] * 7
        assert (await accepted(3, lambda: play.bot.send_media_group(TEAM, media)))[0] == 2
        assert (await accepted(9, lambda: play.bot.send_message(TEAM, "x")))[0] == 6


async def test_answers_reactions_and_deletions_cost_the_group_nothing() -> None:
    async with stage(ONLY_GROUP) as play:
        card = await play.bot.send_message(TEAM, "Лид", reply_markup=keyboard("Взять"))
        await accepted(19, lambda: play.bot.send_message(TEAM, "x"))
        query = play.server.press(BORIS, TEAM, card.message_id, label="Взять")
        await play.bot.answer_callback_query(query)
        await play.bot.set_message_reaction(TEAM, card.message_id, [ReactionTypeEmoji(emoji="👍")])
        await play.bot.delete_message(TEAM, card.message_id)
        with pytest.raises(TelegramRetryAfter) as refused:
            await play.bot.send_message(TEAM, "x")
        assert "Too Many Requests: retry after 60" in refused.value.message
        assert play.server.calls[-1].status == 429
        assert not play.server.calls[-1].applied
