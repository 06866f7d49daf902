"""A fitted post as the one call that sends it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from aiogram.methods import (
    SendAnimation,
    SendAudio,
    SendContact,
    SendDocument,
    SendLocation,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SendSticker,
    SendVideo,
    SendVideoNote,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import (
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    ReplyParameters,
)

from bot.channels.telegram.client import as_id
from bot.channels.telegram.files import Upload
from bot.channels.telegram.fit import CAPTIONED, kind_here
from bot.channels.telegram.markup import NO_PREVIEW, captioned, keyboard
from bot.channels.telegram.spans import render
from bot.messages import Attachment, AttachmentKind, Failure, OpenFile, Post, SendError


class Files:
    """A post's files: by their id where they are this channel's own, else opened for upload."""

    def __init__(self, channel: str, open_file: OpenFile, opened: AsyncExitStack) -> None:
        self.channel = channel
        self.uploads: list[Upload] = []
        self._open_file = open_file
        self._opened = opened

    async def media(self, attachment: Attachment, nameless: str) -> str | Upload:
        """What stands for the attachment in a call."""
        if attachment.channel == self.channel:
            return attachment.ref
        download = await self._opened.enter_async_context(self._open_file(attachment))
        upload = Upload(download, nameless)
        self.uploads.append(upload)
        return upload


async def posting(post: Post, files: Files) -> TelegramMethod[Any]:
    """The call that sends the post; SendError REFUSED for what has no such call."""
    if not post.attachments:
        text, entities = render(post.text)
        return SendMessage(
            text=text,
            entities=entities,
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard(post.keyboard),
            **_address(post),
        )
    if len(post.attachments) == 1:
        return await _single(post, post.attachments[0], files)
    return await _album(post, files)


_SINGLE: dict[AttachmentKind, tuple[type[TelegramMethod[Any]], str, str]] = {
    AttachmentKind.PHOTO: (SendPhoto, "photo", "photo.jpg"),
    AttachmentKind.VIDEO: (SendVideo, "video", "video.mp4"),
    AttachmentKind.VIDEO_NOTE: (SendVideoNote, "video_note", "video.mp4"),
    AttachmentKind.ANIMATION: (SendAnimation, "animation", "animation.gif"),
    AttachmentKind.VOICE: (SendVoice, "voice", "voice.ogg"),
    AttachmentKind.AUDIO: (SendAudio, "audio", "audio.mp3"),
    AttachmentKind.DOCUMENT: (SendDocument, "document", "file"),
    AttachmentKind.STICKER: (SendSticker, "sticker", "sticker.webp"),
}
"""How a file of each kind is sent: the method, its field, the name for a nameless upload."""

_IN_ALBUM: dict[AttachmentKind, type[Any]] = {
    AttachmentKind.PHOTO: InputMediaPhoto,
    AttachmentKind.VIDEO: InputMediaVideo,
    AttachmentKind.DOCUMENT: InputMediaDocument,
    AttachmentKind.AUDIO: InputMediaAudio,
}


async def _single(post: Post, attachment: Attachment, files: Files) -> TelegramMethod[Any]:
    kind = kind_here(files.channel, attachment)
    if post.text and kind not in CAPTIONED:
        raise SendError(Failure.REFUSED, f"a {kind} takes no words with it")
    common = {**_address(post), "reply_markup": keyboard(post.keyboard)}
    if kind is AttachmentKind.LOCATION:
        common |= {"latitude": attachment.latitude, "longitude": attachment.longitude}
        return SendLocation(**common)
    if kind is AttachmentKind.CONTACT:
        name = attachment.title or attachment.phone
        return SendContact(phone_number=attachment.phone, first_name=name, **common)
    if kind not in _SINGLE:
        raise SendError(Failure.REFUSED, f"a {kind} cannot be sent")
    method, field, nameless = _SINGLE[kind]
    media = {field: await files.media(attachment, nameless)}
    return method(**media, **captioned(post.text), **common)


async def _album(post: Post, files: Files) -> SendMediaGroup:
    media = []
    for index, attachment in enumerate(post.attachments):
        kind = kind_here(files.channel, attachment)
        if kind not in _IN_ALBUM:
            raise SendError(Failure.REFUSED, f"a {kind} cannot be in an album")
        file = await files.media(attachment, _SINGLE[kind][2])
        media.append(_IN_ALBUM[kind](media=file, **captioned(post.text if index == 0 else ())))
    return SendMediaGroup(media=media, **_address(post))


def _address(post: Post) -> dict[str, Any]:
    """Where a post goes, and how."""
    reply = post.reply_to and ReplyParameters(
        message_id=as_id(post.reply_to), allow_sending_without_reply=True
    )
    return {
        "chat_id": as_id(post.chat),
        "message_thread_id": as_id(post.thread) if post.thread else None,
        "disable_notification": post.silent or None,
        "reply_parameters": reply or None,
    }
