"""A fitted post as the one call that sends it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from bot.channels.telegram.client import Parameters, as_id
from bot.channels.telegram.files import PHOTO_BYTES, UPLOAD_BYTES, Upload
from bot.channels.telegram.fit import CAPTIONED, kind_here
from bot.channels.telegram.markup import NO_PREVIEW, captioned, markup
from bot.channels.telegram.spans import render
from bot.messages import Attachment, AttachmentKind, Failure, OpenFile, Post, SendError

Call = tuple[str, Parameters]


class Files:
    """A post's files: by their id where they are this channel's own, else opened for upload."""

    def __init__(self, channel: str, open_file: OpenFile, opened: AsyncExitStack) -> None:
        self.channel = channel
        self.uploads: dict[str, Upload] = {}  # by the name that a call refers to them by
        self._open_file = open_file
        self._opened = opened

    async def media(self, attachment: Attachment, nameless: str) -> str:
        """What stands for the attachment in a call."""
        if attachment.channel == self.channel:
            return attachment.ref
        download = await self._opened.enter_async_context(self._open_file(attachment))
        name = f"file{len(self.uploads)}"
        self.uploads[name] = Upload(download, nameless)
        return f"attach://{name}"

    @property
    def bytes(self) -> int:
        """How much goes up, as far as it is known."""
        return sum(upload.size or 0 for upload in self.uploads.values())


async def posting(post: Post, files: Files) -> Call:
    """The call that sends the post; SendError REFUSED for what has no such call."""
    if not post.attachments:
        text, entities = render(post.text)
        words = {"text": text, "entities": entities, "link_preview_options": NO_PREVIEW}
        return "sendMessage", words | {"reply_markup": markup(post)} | _address(post)
    if len(post.attachments) == 1:
        return await _single(post, post.attachments[0], files)
    return await _album(post, files)


_SINGLE: dict[AttachmentKind, tuple[str, str, str]] = {
    AttachmentKind.PHOTO: ("sendPhoto", "photo", "photo.jpg"),
    AttachmentKind.VIDEO: ("sendVideo", "video", "video.mp4"),
    AttachmentKind.VIDEO_NOTE: ("sendVideoNote", "video_note", "video.mp4"),
    AttachmentKind.ANIMATION: ("sendAnimation", "animation", "animation.gif"),
    AttachmentKind.VOICE: ("sendVoice", "voice", "voice.ogg"),
    AttachmentKind.AUDIO: ("sendAudio", "audio", "audio.mp3"),
    AttachmentKind.DOCUMENT: ("sendDocument", "document", "file"),
    AttachmentKind.STICKER: ("sendSticker", "sticker", "sticker.webp"),
}
"""How a file of each kind is sent: the method, its field, the name for a nameless upload."""

_IN_ALBUM = frozenset(
    {
        AttachmentKind.PHOTO,
        AttachmentKind.VIDEO,
        AttachmentKind.DOCUMENT,
        AttachmentKind.AUDIO,
    }
)


async def _single(post: Post, attachment: Attachment, files: Files) -> Call:
    kind = kind_here(files.channel, attachment)
    if post.text and kind not in CAPTIONED:
        raise SendError(Failure.REFUSED, f"a {kind} takes no words with it")
    common = {**_address(post), "reply_markup": markup(post)}
    if kind is AttachmentKind.LOCATION:
        return _place(attachment, common)
    if kind is AttachmentKind.CONTACT:
        name = attachment.title or attachment.phone
        return "sendContact", {"phone_number": attachment.phone, "first_name": name} | common
    if kind not in _SINGLE:
        raise SendError(Failure.REFUSED, f"a {kind} cannot be sent")
    method, field, nameless = _SINGLE[kind]
    media = {field: await files.media(attachment, nameless)}
    if kind is AttachmentKind.PHOTO and files.bytes > PHOTO_BYTES:
        method, media = "sendDocument", {"document": media[field]}
    return method, media | captioned(post.text) | common


def _place(attachment: Attachment, common: dict[str, Any]) -> Call:
    """With a name and an address it is a venue; Telegram takes none that lacks one of them."""
    place = {"latitude": attachment.latitude, "longitude": attachment.longitude}
    if not (attachment.title and attachment.name):
        return "sendLocation", place | common
    called = {"title": attachment.title, "address": attachment.name}
    return "sendVenue", place | called | common


async def _album(post: Post, files: Files) -> Call:
    media = []
    for index, attachment in enumerate(post.attachments):
        kind = kind_here(files.channel, attachment)
        if kind not in _IN_ALBUM:
            raise SendError(Failure.REFUSED, f"a {kind} cannot be in an album")
        file = await files.media(attachment, _SINGLE[kind][2])
        caption = captioned(post.text if index == 0 else ())
        media.append({"type": kind.value, "media": file} | caption)
    if files.bytes > UPLOAD_BYTES:  # one call takes no more, though one by one they might go
        raise SendError(Failure.TOO_LARGE, "the album's files are over the limit together")
    return "sendMediaGroup", {"media": media} | _address(post)


def _address(post: Post) -> dict[str, Any]:
    """Where a post goes, and how."""
    reply = post.reply_to and {
        "message_id": as_id(post.reply_to),
        "allow_sending_without_reply": True,
    }
    return {
        "chat_id": as_id(post.chat),
        "message_thread_id": as_id(post.thread) if post.thread else None,
        "disable_notification": post.silent or None,
        "reply_parameters": reply or None,
    }
