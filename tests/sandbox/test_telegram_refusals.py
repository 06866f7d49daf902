"""A long list of the local Telegram's refusals, each once, in Telegram's own words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaPhoto,
    KeyboardButton,
    MessageEntity,
    ReactionTypeEmoji,
    ReactionTypeUnion,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from bot.sandbox.telegram import Impossible, Limits, Media, Rank
from bot.sandbox.telegram.keyboards import read_markup
from bot.sandbox.telegram.refusals import Refusal
from tests.sandbox.telegram_cast import (
    ANNA,
    BORIS,
    DASHA,
    FORUM,
    GLEB,
    PABLO,
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


def button(**fields: Any) -> InlineKeyboardMarkup:
    made = InlineKeyboardButton.model_construct(**fields)
    return InlineKeyboardMarkup.model_construct(inline_keyboard=[[made]])


PHOTO = InputMediaPhoto(media="nothing")
CONTACT_ASKED = ReplyKeyboardMarkup(
    keyboard=[[KeyboardButton(text="Телефон", request_contact=True)]]
)
NO_REACTION: list[ReactionTypeUnion] = [ReactionTypeEmoji(emoji="🧱")]
TWO_REACTIONS: list[ReactionTypeUnion] = [
    ReactionTypeEmoji(emoji="👍"),
    ReactionTypeEmoji(emoji="👎"),
]
SPLIT = [MessageEntity(type="bold", offset=1, length=1)]
BEYOND = [MessageEntity(type="bold", offset=0, length=9)]
_NOBODY = {"type": "text_mention", "offset": 0, "length": 1}

WRITING: list[tuple[str, dict[str, Any], str]] = [
    ("send_message", {"text": "\n \n"}, "message text is empty"),
    ("send_message", {"text": "я" * 4097}, "message is too long"),
    ("send_message", {"text": "🙂" * 2049}, "message is too long"),
    ("send_message", {"text": "x", "chat_id": 999}, "chat not found"),
    ("send_message", {"text": "x", "chat_id": "@nobody_here"}, "chat not found"),
    ("send_message", {"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
    ("send_message", {"text": "🙂", "entities": SPLIT}, "middle of a UTF-16 symbol"),
    ("send_message", {"text": "x", "entities": BEYOND}, "ends after the end of the text"),
    ("send_message", {"text": "x", "message_thread_id": 7}, "message thread not found"),
    (
        "send_message",
        {"text": "x", "reply_parameters": ReplyParameters(message_id=999)},
        "message to be replied not found",
    ),
    ("send_message", {"text": "x", "reply_markup": keyboard("я" * 33)}, "BUTTON_DATA_INVALID"),
    (
        "send_message",
        {"text": "x", "reply_markup": button(text="go", url="somewhere")},
        "inline keyboard button URL 'somewhere' is invalid: Wrong HTTP URL",
    ),
    (
        "send_message",
        {"text": "x", "reply_markup": button(text="go")},
        "text buttons are unallowed in the inline keyboard",
    ),
    (
        "send_message",
        {"text": "x", "reply_markup": button(text=" ", callback_data="x")},
        "inline keyboard button text must be non-empty",
    ),
    (
        "send_message",
        {"text": "x", "reply_markup": button(text="go", callback_data="x", style="pink")},
        "can't parse inline keyboard button: invalid button style specified",
    ),
    (
        "send_message",
        {"text": "x", "chat_id": TEAM, "reply_markup": CONTACT_ASKED},
        "phone number can be requested in private chats only",
    ),
    ("send_photo", {"photo": "made-up"}, "wrong file identifier/HTTP URL specified"),
    (
        "send_photo",
        {"photo": BufferedInputFile(b"p", "p.jpg"), "caption": "я" * 1025},
        "message caption is too long",
    ),
    ("send_photo", {"photo": BufferedInputFile(b"", "p.jpg")}, "file must be non-empty"),
    ("send_location", {"latitude": 99.0, "longitude": 1.0}, "wrong latitude"),
    (
        "send_venue",
        {"latitude": 9.0, "longitude": 1.0, "title": "Office", "address": ""},
        "address must be non-empty",
    ),
    ("send_media_group", {"media": [PHOTO]}, "there are no messages to send as an album"),
    ("send_media_group", {"media": [PHOTO] * 11}, "too many messages to send as an album"),
    (
        "send_media_group",
        {"media": [PHOTO, InputMediaAudio(media="x")]},
        "audio can't be mixed with other media types",
    ),
    ("edit_message_text", {"text": "x", "message_id": 999}, "message to edit not found"),
    ("edit_message_reply_markup", {"message_id": 999}, "message to edit not found"),
    ("delete_message", {"message_id": 999}, "message to delete not found"),
    ("pin_chat_message", {"message_id": 999}, "message to pin not found"),
    (
        "set_message_reaction",
        {"message_id": 999, "reaction": TWO_REACTIONS},
        "message to react not found",
    ),
    ("copy_message", {"from_chat_id": ANNA, "message_id": 999}, "message to copy not found"),
    ("forward_message", {"from_chat_id": ANNA, "message_id": 999}, "message to forward not found"),
    (
        "copy_messages",
        {"from_chat_id": ANNA, "message_ids": [2, 1]},
        "message identifiers must be in a strictly increasing order",
    ),
    ("get_chat_administrators", {}, "there are no administrators in the private chat"),
    ("get_chat_member", {"chat_id": TEAM, "user_id": 999}, "user not found"),
    ("create_forum_topic", {"chat_id": TEAM, "name": "Lead"}, "the chat is not a forum"),
    ("create_forum_topic", {"chat_id": FORUM, "name": " "}, "topic name must be non-empty"),
    ("create_forum_topic", {"chat_id": FORUM, "name": "x" * 129}, "TOPIC_TITLE_TOO_LONG"),
    (
        "create_forum_topic",
        {"chat_id": FORUM, "name": "Lead", "icon_custom_emoji_id": "77"},
        "DOCUMENT_INVALID",
    ),
    (
        "close_forum_topic",
        {"chat_id": FORUM, "message_thread_id": 99},
        "TOPIC_ID_INVALID",
    ),
    ("send_chat_action", {"action": "sleeping"}, "wrong parameter action in request"),
]


@pytest.mark.parametrize(("method", "given", "words"), WRITING)
async def test_what_telegram_refuses_is_refused_in_its_words(
    play: Stage, method: str, given: dict[str, Any], words: str
) -> None:
    call = getattr(play.bot, method)
    with pytest.raises(TelegramBadRequest) as refused:
        await call(**{"chat_id": ANNA, **given})
    assert refused.value.message.startswith("Bad Request: ")
    assert words in refused.value.message
    assert play.server.messages(ANNA) == []


async def test_full_lengths_pass(play: Stage) -> None:
    await play.bot.send_message(ANNA, "🙂" * 2048)
    await play.bot.send_message(ANNA, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    await play.bot.send_message(ANNA, "x", reply_markup=keyboard("я" * 32))
    await play.bot.send_photo(ANNA, BufferedInputFile(b"p", "p.jpg"), caption="x" * 1024)


async def test_who_never_wrote_blocked_or_left_cannot_be_written_to(play: Stage) -> None:
    play.server.block(ANNA)
    play.server.deactivate(PABLO)
    expected = {
        GLEB: "bot can't initiate conversation with a user",
        ANNA: "bot was blocked by the user",
        PABLO: "user is deactivated",
    }
    for user, words in expected.items():
        with pytest.raises(TelegramForbiddenError) as refused:
            await play.bot.send_message(user, "Здравствуйте!")
        assert refused.value.message == f"Forbidden: {words}"


async def test_bot_that_was_removed_cannot_write(play: Stage) -> None:
    play.server.leave(TEAM, play.server.bot_id, by=BORIS)
    play.server.leave(PLAIN, play.server.bot_id)
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await play.bot.send_message(TEAM, "x")
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the group chat"):
        await play.bot.send_message(PLAIN, "x")


async def test_restricted_bot_has_not_enough_rights(play: Stage) -> None:
    play.server.restrict(TEAM, play.server.bot_id)
    with pytest.raises(TelegramBadRequest, match="not enough rights to send text messages"):
        await play.bot.send_message(TEAM, "x")


async def test_bot_without_rights_manages_nothing(play: Stage) -> None:
    written = play.server.write(BORIS, FORUM, "привет")
    play.server.demote(FORUM, play.server.bot_id)
    for call, words in (
        (play.bot.create_forum_topic(FORUM, "Lead"), "not enough rights to create a topic"),
        (play.bot.delete_message(FORUM, written), "message can't be deleted"),
        (play.bot.pin_chat_message(FORUM, written), "not enough rights to manage pinned"),
        (play.bot.get_chat_member(FORUM, BORIS), "CHAT_ADMIN_REQUIRED"),
    ):
        with pytest.raises(TelegramBadRequest, match=words):
            await call


async def test_same_content_is_not_modified(play: Stage) -> None:
    sent = await play.bot.send_message(ANNA, "Лид", reply_markup=keyboard("Взять"))
    with pytest.raises(TelegramBadRequest, match="message is not modified: specified new message"):
        await play.bot.edit_message_text(
            "Лид", chat_id=ANNA, message_id=sent.message_id, reply_markup=keyboard("Взять")
        )
    await play.bot.edit_message_text("Лид", chat_id=ANNA, message_id=sent.message_id)
    assert play.server.message(ANNA, sent.message_id).buttons == []


async def test_foreign_service_and_reply_keyboard_messages_cannot_be_edited(play: Stage) -> None:
    theirs = play.server.write(ANNA, ANNA, "моё")
    asked = await play.bot.send_message(ANNA, "Телефон?", reply_markup=CONTACT_ASKED)
    for message_id in (theirs, asked.message_id):
        with pytest.raises(TelegramBadRequest, match="message can't be edited"):
            await play.bot.edit_message_text("x", chat_id=ANNA, message_id=message_id)


async def test_a_key_shares_ones_own_phone_while_it_stands_there(play: Stage) -> None:
    await play.bot.send_message(ANNA, "Телефон?", reply_markup=CONTACT_ASKED)
    label = CONTACT_ASKED.keyboard[0][0].text
    play.server.press_key(ANNA, label, phone="+79990001122")
    (update,) = await play.updates()
    assert update.message.contact.phone_number == "+79990001122"
    assert update.message.contact.user_id == ANNA
    with pytest.raises(Impossible, match="no key says"):
        play.server.press_key(ANNA, "Другое")
    await play.bot.send_message(ANNA, "Спасибо", reply_markup=ReplyKeyboardRemove())
    with pytest.raises(Impossible, match="no key says"):
        play.server.press_key(ANNA, label)


async def test_edit_finds_no_text_or_caption_where_there_is_none(play: Stage) -> None:
    text = await play.bot.send_message(ANNA, "x")
    photo = await play.bot.send_photo(ANNA, BufferedInputFile(b"p", "p.jpg"))
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await play.bot.edit_message_caption(chat_id=ANNA, message_id=text.message_id, caption="x")
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await play.bot.edit_message_text("x", chat_id=ANNA, message_id=photo.message_id)
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await play.bot.edit_message_text("x" * 4097, chat_id=ANNA, message_id=text.message_id)


async def test_only_telegrams_own_emoji_are_reactions(play: Stage) -> None:
    message = play.server.write(BORIS, TEAM, "готово")
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await play.bot.set_message_reaction(TEAM, message, NO_REACTION)
    with pytest.raises(TelegramBadRequest, match="REACTIONS_TOO_MANY"):
        await play.bot.set_message_reaction(TEAM, message, TWO_REACTIONS)
    await play.bot.set_message_reaction(TEAM, message, [ReactionTypeEmoji(emoji="👍")])
    assert play.server.message(TEAM, message).reactions == {play.server.bot_id: ("👍",)}


async def test_press_is_answered_in_time_or_not_at_all(play: Stage) -> None:
    sent = await play.bot.send_message(ANNA, "x", reply_markup=keyboard("Да"))
    query = play.server.press(ANNA, ANNA, sent.message_id, label="Да")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await play.bot.answer_callback_query(query, text="x" * 201)
    await play.bot.answer_callback_query(query, text="Хорошо", show_alert=True)
    assert play.server.answers[query].text == "Хорошо"
    assert play.server.answers[query].alert
    late = play.server.press(ANNA, ANNA, sent.message_id, label="Да")
    play.clock.move(16)
    for gone in (late, "1", "not a query"):
        with pytest.raises(TelegramBadRequest, match="query is too old and response timeout"):
            await play.bot.answer_callback_query(gone)


async def test_reply_may_be_sent_without_what_it_replies_to(play: Stage) -> None:
    reply = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    sent = await play.bot.send_message(ANNA, "x", reply_parameters=reply)
    assert sent.reply_to_message is None


async def test_deleted_message_is_gone_for_every_method(play: Stage) -> None:
    sent = await play.bot.send_message(ANNA, "x")
    play.server.delete(ANNA, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await play.bot.edit_message_text("y", chat_id=ANNA, message_id=sent.message_id)
    assert play.server.shown(ANNA) == []
    assert play.server.messages(ANNA)[0].deleted


async def test_too_large_files_are_refused_both_ways() -> None:
    async with stage(Limits(upload=1000, download=500)) as play:
        with pytest.raises(TelegramEntityTooLarge):
            await play.bot.send_document(ANNA, BufferedInputFile(b"x" * 1001, "big.bin"))
        sent = await play.bot.send_document(ANNA, BufferedInputFile(b"x" * 501, "mid.bin"))
        assert sent.document is not None
        with pytest.raises(TelegramBadRequest, match="file is too big"):
            await play.bot.get_file(sent.document.file_id)
        play.server.write(ANNA, ANNA, video=Media(size=10**9))
        (update,) = await play.updates()
        with pytest.raises(TelegramBadRequest, match="file is too big"):
            await play.bot.get_file(update.message.video.file_id)


async def test_file_ids_of_another_server_or_kind_are_refused(play: Stage) -> None:
    sent = await play.bot.send_document(ANNA, BufferedInputFile(b"x", "x.bin"))
    assert sent.document is not None
    with pytest.raises(TelegramBadRequest, match="can't use file of type document as photo"):
        await play.bot.send_photo(ANNA, sent.document.file_id)
    async with stage() as other:
        with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
            await other.bot.send_document(ANNA, sent.document.file_id)
        with pytest.raises(TelegramBadRequest, match="invalid file_id"):
            await other.bot.get_file(sent.document.file_id)


async def test_wrong_token_and_unknown_methods(play: Stage) -> None:
    play.server.token = "42:renewed"
    with pytest.raises(TelegramUnauthorizedError):
        await play.bot.get_me()
    renewed = client(play.server)
    with pytest.raises(TelegramNotFound):
        await renewed.get_my_name()
    await close(renewed)


async def test_unknown_parameters_are_noted_and_refused_only_when_strict(play: Stage) -> None:
    raw = await _post(play, "sendMessage", {"chat_id": ANNA, "text": "x", "colour": "red"})
    assert raw["error_code"] == 400
    assert play.server.calls[-1].warnings == ["sendMessage has no parameter colour"]
    assert not play.server.calls[-1].applied
    async with stage(strict=False) as lenient:
        raw = await _post(lenient, "sendMessage", {"chat_id": ANNA, "text": "x", "colour": "red"})
        assert raw["ok"]
        assert lenient.server.calls[-1].warnings


async def test_parameters_may_come_as_json_as_a_form_and_in_the_address(play: Stage) -> None:
    session = await play.bot.session.create_session()  # type: ignore[attr-defined]
    url = f"{play.server.url}/bot{play.server.token}/sendmessage"
    given = {"chat_id": str(ANNA), "text": "три пути"}
    for way in ({"json": given}, {"data": given}, {"params": given}):
        async with session.post(url, **way) as answer:
            assert (await answer.json())["result"]["text"] == "три пути"


async def _post(play: Stage, method: str, body: dict[str, Any]) -> Any:
    session = await play.bot.session.create_session()  # type: ignore[attr-defined]
    url = f"{play.server.url}/bot{play.server.token}/{method}"
    async with session.post(url, json=body) as answer:
        return await answer.json()


async def test_people_cannot_do_what_the_app_does_not_offer(play: Stage) -> None:
    sent = await play.bot.send_message(TEAM, "Лид", reply_markup=keyboard("Взять"))
    act = play.server
    for impossible in (
        lambda: act.press(BORIS, TEAM, sent.message_id, label="Продать"),
        lambda: act.press(GLEB, TEAM, sent.message_id, label="Взять"),
        lambda: act.write(GLEB, TEAM, "впустите"),
        lambda: act.write(BORIS, ANNA, "чужой чат"),
        lambda: act.write(ANNA, ANNA, " "),
        lambda: act.write(BORIS, TEAM, "да", quote="Лид"),
        lambda: act.write(BORIS, TEAM, "да", reply_to=sent.message_id, quote="Сделка"),
        lambda: act.press_start(ANNA, "пробел здесь"),
        lambda: act.edit(DASHA, TEAM, sent.message_id, "не моё"),
        lambda: act.add_group(-5, "x", bot=Rank.MEMBER),
    ):
        with pytest.raises(Impossible):
            impossible()


async def test_json_of_a_strange_shape_is_refused_and_nothing_breaks(play: Stage) -> None:
    for method, body in (
        ("sendMediaGroup", {"media": ["a", "b"]}),
        ("sendMessage", {"text": "x", "entities": [7]}),
        ("sendMessage", {"text": "x", "entities": [_NOBODY]}),
        ("sendMessage", {"text": "x", "reply_parameters": {"message_id": "first"}}),
        ("sendMessage", {"text": "x", "reply_markup": "{"}),
        ("setMyCommands", {"commands": ["start"]}),
    ):
        raw = await _post(play, method, {"chat_id": ANNA, **body} if "text" in body else body)
        assert raw["error_code"] == 400
    assert play.server.messages(ANNA) == []


@pytest.mark.parametrize(
    "more",
    [{"inline_keyboard": [[]]}, {"placeholder": "x"}, {"selective": "yes"}],
    ids=["with buttons", "unknown field", "no boolean"],
)
def test_a_forced_reply_is_nothing_else_besides(more: dict[str, object]) -> None:
    asked = {"force_reply": True, "selective": True}
    assert read_markup(asked, private=False) == (None, asked)
    with pytest.raises(Refusal):
        read_markup(asked | more, private=False)
