"""One post as posts that VK takes: length, attachments, one keyboard."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from bot.channels.vk.text import TEXT_LIMIT, pieces, told, written
from bot.messages import Attachment, AttachmentKind, Post, Text, plain

ATTACHMENTS = 10  # in one message

_FILES = frozenset(
    {
        AttachmentKind.PHOTO,
        AttachmentKind.VIDEO,
        AttachmentKind.VIDEO_NOTE,
        AttachmentKind.ANIMATION,
        AttachmentKind.VOICE,
        AttachmentKind.AUDIO,
        AttachmentKind.DOCUMENT,
    }
)
_PICTURES = frozenset({"image/webp", "image/png"})


def fit_post(post: Post, channel: str) -> tuple[Post, ...]:
    """The same words and things, each post one call: text first, keyboard on the last."""
    texts = _texts(post, channel)
    loads = list(_loads(post.attachments, channel))
    first_load = loads[0] if loads else ()
    bodies: list[tuple[Text, tuple[Attachment, ...]]] = [(text, ()) for text in texts[:-1]]
    bodies.append((texts[-1] if texts else (), first_load))
    bodies.extend(((), load) for load in loads[1:])
    last = len(bodies) - 1
    return tuple(
        replace(
            post,
            text=text,
            attachments=load,
            keyboard=post.keyboard if number == last else (),
            reply_to=post.reply_to if number == 0 else "",
            random_id=_random_id(post.random_id, number),
        )
        for number, (text, load) in enumerate(bodies)
    )


def is_carried(attachment: Attachment, channel: str) -> bool:
    """Whether VK can show it in kind: a file, a place, or an object that VK itself named."""
    if attachment.channel == channel and attachment.ref:
        return True
    if attachment.kind is AttachmentKind.STICKER:
        return attachment.mime in _PICTURES  # what moves is told by its emoji
    return attachment.kind in _FILES or attachment.kind is AttachmentKind.LOCATION


def needs_words(attachment: Attachment, channel: str) -> bool:
    """Whether something of it is left to be said: what VK cannot show, and what a place is called.

    A place carries its name in words, because VK takes only the point.
    """
    place = attachment.kind is AttachmentKind.LOCATION
    return bool(attachment.title) if place else not is_carried(attachment, channel)


def _texts(post: Post, channel: str) -> list[Text]:
    """The post's own spans while they fit; what cannot be shown in kind is told below them."""
    tail = [told(item) for item in post.attachments if needs_words(item, channel)]
    text = post.text
    for words in filter(None, tail):
        text = (*text, *plain(f"\n{words}" if text else words))
    full = written(text)
    if len(full) <= TEXT_LIMIT:
        return [text] if text else []
    return [plain(piece) for piece in pieces(full) if piece.strip()]


def _loads(attachments: Sequence[Attachment], channel: str) -> Iterator[tuple[Attachment, ...]]:
    """What each message carries: at most ten things, and beside them one place."""
    carried = [item for item in attachments if is_carried(item, channel)]
    places = [item for item in carried if item.kind is AttachmentKind.LOCATION]
    things = [item for item in carried if item.kind is not AttachmentKind.LOCATION]
    batches = [things[at : at + ATTACHMENTS] for at in range(0, len(things), ATTACHMENTS)]
    for batch, place in zip_longest(batches, places):
        yield (*(batch or ()), *((place,) if place else ()))


def _random_id(random_id: int, number: int) -> int:
    """Each post needs its own, and a repeat of the whole must find the same ones."""
    if not (random_id and number):
        return random_id
    return zlib.crc32(f"{random_id}:{number}".encode()) & 0x7FFFFFFF or 1
