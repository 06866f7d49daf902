"""What a Telegram message carries: its words and its attachments, from the raw message."""

from __future__ import annotations

from collections.abc import Callable

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
from bot.messages import Attachment, AttachmentKind


def content(channel: str, message: Json) -> tuple[str, tuple[Attachment, ...]] | None:
    """Words and attachments; None when it is a notice that nobody said.

    What is of no known kind or shape counts as OTHER: it was said, and nothing is passed over.
    """
    said = words(message, "text") or words(message, "caption")
    for name, read in _READERS.items():
        if message.get(name) is not None:
            return said, (_attached(channel, message, read),)
    if said:
        return said, ()
    if NOTICES.isdisjoint(message):
        return "", (Attachment(AttachmentKind.OTHER, channel),)
    return None


def full_name(person: Json) -> str:
    """First and last name of a user or contact, as one."""
    return f"{words(person, 'first_name')} {words(person, 'last_name')}".strip()


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
        name=words(file, "file_name"),
        size=number_or_none(file, "file_size"),
        mime=words(file, "mime_type"),
        title=words(file, "emoji"),
    )


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
    title = ", ".join(filter(None, (words(venue, "title"), words(venue, "address"))))
    return _place(channel, inner(venue, "location"), title)


def _place(channel: str, place: Json, title: str = "") -> Attachment:
    return Attachment(
        AttachmentKind.LOCATION,
        channel,
        title=title,
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
    question = words(inner(message, "poll"), "question")
    return Attachment(AttachmentKind.POLL, channel, title=question)


def _dice(channel: str, message: Json) -> Attachment:
    dice = inner(message, "dice")
    return Attachment(
        AttachmentKind.DICE, channel, title=f"{words(dice, 'emoji')} {number(dice, 'value')}"
    )


def _story(channel: str, message: Json) -> Attachment:
    teller = words(inner_or_empty(inner(message, "story"), "chat"), "username")
    number_told = number(inner(message, "story"), "id")
    url = f"https://t.me/{teller}/s/{number_told}" if teller else ""
    return Attachment(AttachmentKind.OTHER, channel, url=url)


# In this order: an animation comes with its document, a venue with its location.
_READERS: dict[str, _Reader] = {
    "photo": _photo,
    "live_photo": _live_photo,
    "video": _file("video", AttachmentKind.VIDEO),
    "video_note": _file("video_note", AttachmentKind.VIDEO_NOTE),
    "animation": _file("animation", AttachmentKind.ANIMATION),
    "voice": _file("voice", AttachmentKind.VOICE),
    "audio": _file("audio", AttachmentKind.AUDIO),
    "document": _file("document", AttachmentKind.DOCUMENT),
    "sticker": _file("sticker", AttachmentKind.STICKER),
    "contact": _contact,
    "venue": _venue,
    "location": _location,
    "poll": _poll,
    "dice": _dice,
    "story": _story,
}
