"""The neutral calls made as calls of the Bot API."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from bot.channels.telegram import topics
from bot.channels.telegram.client import CALL_SECONDS, Client, Parameters, as_id
from bot.channels.telegram.files import Upload
from bot.channels.telegram.fit import CAPTION_UNITS, TEXT_UNITS, kind_here
from bot.channels.telegram.markup import NO_PREVIEW, captioned, keyboard
from bot.channels.telegram.post import Files, posting
from bot.channels.telegram.spans import render, shortened
from bot.channels.telegram.topics import Icons
from bot.messages import (
    AnswerPress,
    AttachmentKind,
    CloseTopic,
    Delete,
    Edit,
    Failure,
    FileError,
    Leave,
    OpenFile,
    OpenTopic,
    Outgoing,
    Post,
    React,
    RenameTopic,
    SendError,
    Sent,
    characters,
    plain,
)

UPLOAD_SECONDS = 300
LARGE = 1024 * 1024  # bytes; what is smaller went up in vain for another reason
ANSWER_UNITS = 200

_PICTURE = AttachmentKind.PHOTO
_NO_PHOTO = ("photo_invalid_dimensions", "image_process_failed", "too big for a photo")


async def send(
    client: Client, icons: Icons, channel: str, outgoing: Outgoing, open_file: OpenFile
) -> Sent:
    """Make one call; a post must have been through `fit`. Every failure is a SendError."""
    match outgoing:
        case Post():
            return await _post(client, channel, outgoing, open_file)
        case Edit():
            await _edit(client, outgoing)
        case Delete(chat, message_id):
            where = {"chat_id": as_id(chat), "message_id": as_id(message_id)}
            await client.call("deleteMessage", where)
        case AnswerPress():
            await client.call("answerCallbackQuery", _answer(outgoing))
        case React():
            await client.call("setMessageReaction", _reaction(outgoing))
        case OpenTopic():
            return await topics.open_topic(client, icons, outgoing)
        case RenameTopic():
            await topics.rename(client, icons, outgoing)
        case CloseTopic():
            await topics.close(client, outgoing)
        case Leave(chat):
            await client.call("leaveChat", {"chat_id": as_id(chat)})
    return Sent()


async def _post(client: Client, channel: str, post: Post, open_file: OpenFile) -> Sent:
    """A picture that Telegram cannot show as one still goes, as a document."""
    try:
        return await _posted(client, channel, post, open_file)
    except SendError as error:
        picture = [one for one in post.attachments if kind_here(channel, one) == _PICTURE]
        no_photo = error.permanent and any(sign in str(error).lower() for sign in _NO_PHOTO)
        if not (no_photo and len(picture) == len(post.attachments) == 1):
            raise
    document = replace(picture[0], kind=AttachmentKind.DOCUMENT)
    return await _posted(client, channel, replace(post, attachments=(document,)), open_file)


async def _posted(client: Client, channel: str, post: Post, open_file: OpenFile) -> Sent:
    async with AsyncExitStack() as opened:
        files = Files(channel, open_file, opened)
        method, parameters = await posting(post, files)
        seconds = UPLOAD_SECONDS if files.uploads else CALL_SECONDS
        began = time.monotonic()
        try:
            result = await client.call(method, parameters, files=files.uploads, seconds=seconds)
        except SendError as error:
            over = time.monotonic() - began >= seconds
            raise _for_its_files(error, list(files.uploads.values()), over=over) from None
    return _sent(result)


def _for_its_files(error: SendError, uploads: Sequence[Upload], *, over: bool) -> SendError:
    """It fails for what broke a file, not for the connection that broke then.

    With its time over it would be so again, each time for as long, while the chat waits.
    """
    broken = next((one.failure for one in uploads if one.failure), None)
    if broken or error.failure is not Failure.AMBIGUOUS or all(one.whole for one in uploads):
        return broken or error
    if over and sum(one.passed for one in uploads) >= LARGE:
        return FileError(Failure.TOO_LARGE, "the file is too large for this connection")
    return SendError(Failure.TRANSIENT, str(error))


def _sent(result: Any) -> Sent:
    messages = result if isinstance(result, list) else [result]
    try:
        return Sent(tuple(str(message["message_id"]) for message in messages))
    except (TypeError, KeyError):
        raise SendError(Failure.AMBIGUOUS, "the answer names no message") from None


async def _edit(client: Client, edit: Edit) -> None:
    """Edit the text, or the caption where the message turns out to be media."""
    where: dict[str, Any] = {
        "chat_id": as_id(edit.chat),
        "message_id": as_id(edit.message_id),
        "reply_markup": keyboard(edit.keyboard),
    }
    text, entities = render(shortened(edit.text, TEXT_UNITS))
    words = {"text": text, "entities": entities, "link_preview_options": NO_PREVIEW}
    try:
        await client.call_unless_same("editMessageText", where | words)
    except SendError as error:
        if "no text in the message" not in str(error):
            raise
        caption = captioned(shortened(edit.text, CAPTION_UNITS))
        await client.call_unless_same("editMessageCaption", where | caption)


def _answer(answer: AnswerPress) -> Parameters:
    text = characters(shortened(plain(answer.text), ANSWER_UNITS))
    return {
        "callback_query_id": answer.press_id,
        "text": text or None,
        "show_alert": answer.alert,
    }


def _reaction(react: React) -> Parameters:
    return {
        "chat_id": as_id(react.chat),
        "message_id": as_id(react.message_id),
        "reaction": [{"type": "emoji", "emoji": react.emoji}] if react.emoji else [],
    }
