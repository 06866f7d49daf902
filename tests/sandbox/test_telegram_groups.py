"""Groups of the local Telegram: migration, standing, topics, replies, channels."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramMigrateToChat
from aiogram.types import ReplyParameters

from bot.sandbox.telegram import Impossible
from tests.sandbox.telegram_cast import (
    ANNA,
    BORIS,
    DASHA,
    FORUM,
    GLEB,
    PLAIN,
    TEAM,
    VERA,
    Stage,
    keyboard,
    stage,
)


@pytest.fixture
async def play() -> AsyncIterator[Stage]:
    async with stage() as it:
        yield it


async def test_group_moves_and_its_old_id_points_to_the_new(play: Stage) -> None:
    new = play.server.migrate(PLAIN)
    assert str(new).startswith("-100")
    moved, arrived = await play.updates()
    assert (moved.message.chat.id, moved.message.migrate_to_chat_id) == (PLAIN, new)
    assert (arrived.message.chat.id, arrived.message.migrate_from_chat_id) == (new, PLAIN)
    with pytest.raises(TelegramMigrateToChat) as refused:
        await play.bot.send_message(PLAIN, "x")
    assert refused.value.migrate_to_chat_id == new
    assert (await play.bot.send_message(new, "x")).chat.type == "supergroup"
    with pytest.raises(Impossible):
        play.server.write(BORIS, PLAIN, "по старому адресу")
    play.server.write(BORIS, new, "по новому")


async def test_bot_hears_how_its_own_standing_changes(play: Stage) -> None:
    me = play.server.bot_id
    play.server.demote(TEAM, me, by=VERA)
    play.server.promote(TEAM, me, rights=["can_pin_messages"], by=VERA)
    play.server.leave(TEAM, me, by=VERA)
    play.server.join(TEAM, me, by=VERA)
    changes = [u.my_chat_member for u in await play.updates() if u.my_chat_member]
    told = [(c.old_chat_member.status, c.new_chat_member.status) for c in changes]
    assert told == [
        ("administrator", "member"),
        ("member", "administrator"),
        ("administrator", "kicked"),
        ("kicked", "member"),
    ]
    assert {change.from_user.id for change in changes} == {VERA}
    assert changes[1].new_chat_member.can_pin_messages
    assert not changes[1].new_chat_member.can_manage_topics


async def test_members_are_told_one_by_one_and_never_listed(play: Stage) -> None:
    for user, status in ((VERA, "administrator"), (BORIS, "member"), (GLEB, "left")):
        assert (await play.bot.get_chat_member(TEAM, user)).status == status
    play.server.leave(TEAM, BORIS, by=VERA)
    assert (await play.bot.get_chat_member(TEAM, BORIS)).status == "kicked"
    play.server.restrict(TEAM, DASHA)
    assert (await play.bot.get_chat_member(TEAM, DASHA)).status == "restricted"
    admins = await play.bot.get_chat_administrators(TEAM)
    assert [admin.user.id for admin in admins] == [VERA]
    assert await play.bot.get_chat_member_count(TEAM) == 3


async def test_arrivals_and_departures_are_service_messages(play: Stage) -> None:
    play.server.join(TEAM, GLEB, by=VERA)
    play.server.leave(TEAM, GLEB)
    arrived, left = await play.updates()
    assert [user.id for user in arrived.message.new_chat_members] == [GLEB]
    assert left.message.left_chat_member.id == GLEB


async def test_topic_lives_closes_and_goes(play: Stage) -> None:
    topic = await play.bot.create_forum_topic(FORUM, "Лид 1")
    thread = topic.message_thread_id
    sent = await play.bot.send_message(FORUM, "Карточка", message_thread_id=thread)
    assert sent.is_topic_message
    assert sent.message_thread_id == thread
    await play.bot.edit_forum_topic(FORUM, thread, name="Лид 1 · взят")
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await play.bot.edit_forum_topic(FORUM, thread, name="Лид 1 · взят")
    await play.bot.close_forum_topic(FORUM, thread)
    await play.bot.reopen_forum_topic(FORUM, thread)
    kinds = [u.message.content_type for u in await play.updates()]
    assert kinds == [
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
    ]
    play.server.delete_topic(FORUM, thread)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await play.bot.send_message(FORUM, "x", message_thread_id=thread)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await play.bot.edit_message_text("x", chat_id=FORUM, message_id=sent.message_id)
    assert await play.updates() == []


async def test_topic_has_an_icon_of_those_that_telegram_offers(play: Stage) -> None:
    offered = await play.bot.get_forum_topic_icon_stickers()
    icons = {one.emoji: one.custom_emoji_id or "" for one in offered}
    opened = await play.bot.create_forum_topic(FORUM, "Лид", icon_custom_emoji_id=icons["💬"])
    assert opened.icon_custom_emoji_id == icons["💬"]
    thread = opened.message_thread_id
    assert await play.bot.edit_forum_topic(FORUM, thread, icon_custom_emoji_id=icons["✅"])
    assert play.server.world.chat(FORUM).topics[thread].icon == icons["✅"]


async def test_who_opened_a_topic_needs_no_right_to_manage_it(play: Stage) -> None:
    own = (await play.bot.create_forum_topic(FORUM, "Лид")).message_thread_id
    others = play.server.open_topic(FORUM, BORIS, "Обед")
    play.server.promote(FORUM, play.server.bot_id, rights=["can_manage_chat"], by=VERA)
    await play.bot.close_forum_topic(FORUM, own)
    assert (await play.bot.send_message(FORUM, "x", message_thread_id=own)).is_topic_message
    with pytest.raises(TelegramBadRequest, match="not enough rights to manage the topic"):
        await play.bot.close_forum_topic(FORUM, others)
    play.server.close_topic(FORUM, BORIS, others)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await play.bot.send_message(FORUM, "x", message_thread_id=others)
    with pytest.raises(Impossible):
        play.server.write(BORIS, FORUM, "клиенту", thread=own)


async def test_a_forum_no_more_keeps_what_was_said_in_its_topics(play: Stage) -> None:
    thread = (await play.bot.create_forum_topic(FORUM, "Лид")).message_thread_id
    card = await play.bot.send_message(FORUM, "Карточка", message_thread_id=thread)
    play.server.make_forum(FORUM, forum=False)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await play.bot.send_message(FORUM, "x", message_thread_id=thread)
    reply = ReplyParameters(message_id=card.message_id)
    answer = await play.bot.send_message(FORUM, "x", reply_parameters=reply)
    assert (answer.is_topic_message, answer.chat.is_forum) == (None, None)


async def test_message_in_a_topic_is_linked_to_its_beginning_but_is_no_reply(play: Stage) -> None:
    thread = play.server.open_topic(FORUM, BORIS, "Лид 2")
    plain = play.server.write(BORIS, FORUM, "клиенту", thread=thread)
    reply = play.server.write(DASHA, FORUM, "коллеге", reply_to=plain)
    await play.updates(limit=1)
    first, second = await play.updates()
    assert first.message.reply_to_message.forum_topic_created.name == "Лид 2"
    assert play.server.message(FORUM, plain).reply_to is None
    assert second.message.message_thread_id == thread
    assert second.message.reply_to_message.message_id == plain
    assert play.server.message(FORUM, reply).reply_to == plain


async def test_general_topic_has_no_thread_of_its_own(play: Stage) -> None:
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await play.bot.send_message(FORUM, "x", message_thread_id=1)
    assert (await play.bot.send_message(FORUM, "x")).is_topic_message is None


async def test_reply_outside_a_forum_bears_a_thread_that_is_no_topic(play: Stage) -> None:
    card = await play.bot.send_message(TEAM, "Лид")
    play.server.write(BORIS, TEAM, "ответ", reply_to=card.message_id)
    (update,) = await play.updates()
    assert update.message.message_thread_id == card.message_id
    assert update.message.is_topic_message is None
    answer = await play.bot.send_message(
        TEAM, "x", reply_parameters=ReplyParameters(message_id=update.message.message_id)
    )
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.reply_to_message is None


async def test_a_reply_may_quote_a_part(play: Stage) -> None:
    card = await play.bot.send_message(TEAM, "🙂 Лид от Анны")
    play.server.write(BORIS, TEAM, "её", reply_to=card.message_id, quote="от Анны")
    (update,) = await play.updates()
    quote = update.message.quote
    assert (quote.text, quote.position, quote.is_manual) == ("от Анны", 7, True)


async def test_anonymous_admin_writes_as_the_group(play: Stage) -> None:
    play.server.write(VERA, TEAM, "от имени группы", sender_chat=TEAM)
    (update,) = await play.updates()
    assert update.message.sender_chat.id == TEAM
    assert update.message.from_user.username == "GroupAnonymousBot"


async def test_added_to_a_foreign_channel_the_bot_can_leave(play: Stage) -> None:
    channel = play.server.add_channel(-1002000000001, "Новости", admins=[GLEB])
    play.server.join(channel, play.server.bot_id, by=GLEB)
    play.server.write(GLEB, channel, "пост")
    added, posted = await play.updates()
    assert added.my_chat_member.chat.type == "channel"
    assert posted.channel_post.text == "пост"
    assert posted.channel_post.from_user is None
    await play.bot.leave_chat(channel)
    (left,) = await play.updates()
    assert left.my_chat_member.new_chat_member.status == "left"


async def test_press_of_a_message_since_deleted_arrives_without_its_body(play: Stage) -> None:
    card = await play.bot.send_message(TEAM, "Лид", reply_markup=keyboard("Взять"))
    await play.bot.delete_message(TEAM, card.message_id)
    with pytest.raises(Impossible):
        play.server.press(BORIS, TEAM, card.message_id, label="Взять")
    play.server.press(GLEB, TEAM, card.message_id, "чужое:1", forged=True)
    (update,) = await play.updates()
    assert update.callback_query.data == "чужое:1"
    assert update.callback_query.from_user.id == GLEB
    assert update.callback_query.message.date == 0


async def test_pin_is_told_to_the_bot_and_in_the_chat(play: Stage) -> None:
    card = await play.bot.send_message(TEAM, "Лид")
    await play.bot.pin_chat_message(TEAM, card.message_id)
    (update,) = await play.updates()
    assert update.message.pinned_message.message_id == card.message_id
    pinned = (await play.bot.get_chat(TEAM)).pinned_message
    assert pinned is not None
    assert pinned.message_id == card.message_id


async def test_blocking_and_unblocking_are_told(play: Stage) -> None:
    play.server.block(ANNA)
    play.server.press_start(ANNA, "spring-sale")
    blocked, unblocked, started = await play.updates()
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert unblocked.my_chat_member.new_chat_member.status == "member"
    assert started.message.text == "/start spring-sale"
    assert (await play.bot.send_message(ANNA, "Снова здравствуйте!")).text
