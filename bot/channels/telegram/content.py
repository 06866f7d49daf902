"""What a Telegram message carries: its words and its attachments, from the raw message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.channels.telegram.fields import (
    Json,
    decimal,
    inner,
    inner_or_empty,
    listed,
    number,
    number_or_none,
    words,
    words_needed,
)
from bot.channels.telegram.notices import NOTICES
from bot.messages import Attachment, AttachmentKind, legible

_ENTITIES = {"text": "entities", "caption": "caption_entities"}


def content(channel: str, message: Json) -> tuple[str, tuple[Attachment, ...]] | None:
    """Words and attachments; None when it is a notice that nobody said.

    What is of no known kind or shape counts as OTHER: it was said, and nothing is passed over.
    """
    text, caption = _said(message, "text"), _said(message, "caption")
    for name, read in _READERS.items():
        if message.get(name) is not None:
            return text or caption, (_attached(channel, message, read),)
    if text:
        return text, ()
    if caption or NOTICES.isdisjoint(message):
        return caption, (Attachment(AttachmentKind.OTHER, channel),)
    return None


def _said(message: Json, name: str) -> str:
    """The words, each hidden link written out behind those that hide it."""
    plain = words(message, name)
    try:
        links = [one for one in listed(message, _ENTITIES[name]) if words(one, "url")]
        units = plain.encode("utf-16-le", "surrogatepass")
        for link in reversed(links):
            start = 2 * number(link, "offset")
            end = start + 2 * number(link, "length")
            written = f" ({words(link, 'url')})".encode("utf-16-le", "surrogatepass")
            units = units[:end] + written + units[end:]
        return units.decode("utf-16-le", "surrogatepass") if links else plain
    except (ValueError, OverflowError):  # what adorns them is no reason to lose the words
        return plain


def full_name(person: Json) -> str:
    """First and last name of a user or contact, as one."""
    return legible(f"{words(person, 'first_name')} {words(person, 'last_name')}")


_Reader = Callable[[str, Json], Attachment]


def _attached(channel: str, message: Json, read: _Reader) -> Attachment:
    try:
        return read(channel, message)
    except (ValueError, OverflowError):  # the words that came with it must not be lost
        return Attachment(AttachmentKind.OTHER, channel)


def _file(name: str, kind: AttachmentKind) -> _Reader:
    return lambda channel, message: _of_file(channel, inner(message, name), kind)


def _of_file(channel: str, file: Json, kind: AttachmentKind) -> Attachment:
    return Attachment(
        kind,
        channel,
        ref=words_needed(file, "file_id"),
        name=legible(words(file, "file_name")),
        size=number_or_none(file, "file_size"),
        mime=words(file, "mime_type"),
        title=words(file, "emoji"),
    )


def _sticker(channel: str, message: Json) -> Attachment:
    """What moves is no picture; Telegram tells of it by flags."""
    sticker = inner(message, "sticker")
    mime = "image/webp"
    for flag, moving in (("is_animated", "application/x-tgsticker"), ("is_video", "video/webm")):
        mime = moving if sticker.get(flag) is True else mime
    return replace(_of_file(channel, sticker, AttachmentKind.STICKER), mime=mime)


def _audio(channel: str, message: Json) -> Attachment:
    audio = inner(message, "audio")
    title = " – ".join(filter(None, (words(audio, "performer"), words(audio, "title"))))
    return replace(_of_file(channel, audio, AttachmentKind.AUDIO), title=title)


def _photo(channel: str, message: Json) -> Attachment:
    return _of_file(channel, _biggest(message), AttachmentKind.PHOTO)


def _live_photo(channel: str, message: Json) -> Attachment:
    return _of_file(channel, _biggest(inner(message, "live_photo")), AttachmentKind.PHOTO)


def _biggest(part: Json) -> Json:
    return max(listed(part, "photo"), key=lambda one: number(one, "width") * number(one, "height"))


def _location(channel: str, message: Json) -> Attachment:
    return _place(channel, inner(message, "location"))


def _venue(channel: str, message: Json) -> Attachment:
    venue = inner(message, "venue")
    place = _place(channel, inner(venue, "location"))
    return replace(place, title=words(venue, "title"), name=words(venue, "address"))


def _place(channel: str, place: Json) -> Attachment:
    return Attachment(
        AttachmentKind.LOCATION,
        channel,
        latitude=decimal(place, "latitude"),
        longitude=decimal(place, "longitude"),
    )


def _contact(channel: str, message: Json) -> Attachment:
    """`ref` is the platform id of whom the contact belongs to, where Telegram knows them."""
    contact = inner(message, "contact")
    return Attachment(
        AttachmentKind.CONTACT,
        channel,
        ref=str(number_or_none(contact, "user_id") or ""),
        title=full_name(contact),
        phone=words(contact, "phone_number"),
    )


def _poll(channel: str, message: Json) -> Attachment:
    poll = inner(message, "poll")
    options = listed(poll, "options") if "options" in poll else []
    offered = " / ".join(words(one, "text") for one in options)
    title = f"{words(poll, 'question')} {offered}".strip()
    return Attachment(AttachmentKind.POLL, channel, title=title)


def _dice(channel: str, message: Json) -> Attachment:
    dice = inner(message, "dice")
    return Attachment(
        AttachmentKind.DICE, channel, title=f"{words(dice, 'emoji')} {number(dice, 'value')}"
    )


def _story(channel: str, message: Json) -> Attachment:
    teller = words(inner_or_empty(inner(message, "story"), "chat"), "username")
    number_told = number(inner(message, "story"), "id")
    url = f"https://t.me/{teller}/s/{number_told}" if teller else ""
    return Attachment(AttachmentKind.STORY, channel, url=url)


def _titled(name: str, kind: AttachmentKind) -> _Reader:
    """What has no call of its own, but a title."""
    return lambda channel, message: Attachment(
        kind, channel, title=words(inner(message, name), "title")
    )


def _checklist(channel: str, message: Json) -> Attachment:
    checklist = inner(message, "checklist")
    tasks = (words(one, "text") for one in listed(checklist, "tasks"))
    title = "\n".join((words(checklist, "title"), *(f"• {task}" for task in tasks)))
    return Attachment(AttachmentKind.OTHER, channel, title=title)


# In this order: an animation comes with its document, a venue with its location.
_READERS: dict[str, _Reader] = {
    "photo": _photo,
    "live_photo": _live_photo,
    "video": _file("video", AttachmentKind.VIDEO),
    "video_note": _file("video_note", AttachmentKind.VIDEO_NOTE),
    "animation": _file("animation", AttachmentKind.ANIMATION),
    "voice": _file("voice", AttachmentKind.VOICE),
    "audio": _audio,
    "document": _file("document", AttachmentKind.DOCUMENT),
    "sticker": _sticker,
    "contact": _contact,
    "venue": _venue,
    "location": _location,
    "poll": _poll,
    "dice": _dice,
    "game": _titled("game", AttachmentKind.GAME),
    "story": _story,
    "invoice": _titled("invoice", AttachmentKind.PRODUCT),
    "checklist": _checklist,
}
