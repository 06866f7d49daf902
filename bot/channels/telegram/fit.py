"""Telegram's limits: one post becomes as many as it takes, each a single call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.channels.telegram.spans import cut, units
from bot.messages import Attachment, AttachmentKind, Post, Text, characters

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
ALBUM_SIZE = 10

CAPTIONED = frozenset(
    {
        AttachmentKind.PHOTO,
        AttachmentKind.VIDEO,
        AttachmentKind.ANIMATION,
        AttachmentKind.VOICE,
        AttachmentKind.AUDIO,
        AttachmentKind.DOCUMENT,
    }
)
"""What takes words with it in the same message."""

_ABROAD = {
    AttachmentKind.STICKER: AttachmentKind.PHOTO,
    AttachmentKind.VIDEO_NOTE: AttachmentKind.VIDEO,
}

_ALBUMS = {
    AttachmentKind.PHOTO: "pictures",
    AttachmentKind.VIDEO: "pictures",
    AttachmentKind.DOCUMENT: "documents",
    AttachmentKind.AUDIO: "audio",
}


def fit(channel: str, post: Post) -> tuple[Post, ...]:
    """The same words and things in posts that Telegram takes.

    Media come first; a short text goes with the first of them, a longer one follows. Only
    the first post replies; the keyboard is under the last one, which is never an album.
    """
    groups = _groups(channel, post)
    bodies: list[_Body]
    if not groups:
        bodies = [((), text) for text in split(post.text, TEXT_UNITS)] or [((), post.text)]
    elif _captions(channel, post, groups):
        bodies = [(groups[0], post.text), *((group, ()) for group in groups[1:])]
    else:
        texts = split(post.text, TEXT_UNITS)
        bodies = [*((group, ()) for group in groups), *(((), text) for text in texts)]
    if post.keyboard:
        bodies = _with_last_alone(bodies)
    return tuple(_posts(post, bodies))


def kind_here(channel: str, attachment: Attachment) -> AttachmentKind:
    """What it is sent as: some kinds exist only as Telegram's own files."""
    if attachment.channel == channel:
        return attachment.kind
    return _ABROAD.get(attachment.kind, attachment.kind)


def split(text: Text, limit: int) -> list[Text]:
    """The text in parts of at most `limit` units, cut at paragraphs, lines or words.

    Nothing but white space around the cuts is lost, which Telegram drops anyway.
    """
    parts: list[Text] = []
    while text:
        head, rest = cut(text, limit)
        if rest:
            head, rest = cut(text, _good_place(characters(head)))
        if characters(head).strip():
            parts.append(head)
        text = rest
    return parts


_Body = tuple[tuple[Attachment, ...], Text]


def _groups(channel: str, post: Post) -> list[tuple[Attachment, ...]]:
    """Those that may share an album together, the others each alone; what takes words first."""
    albums: dict[str, list[Attachment]] = {}
    for index, attachment in enumerate(post.attachments):
        kind = kind_here(channel, attachment)
        albums.setdefault(_ALBUMS.get(kind, f"alone {index}"), []).append(attachment)
    groups = [
        tuple(together[at : at + ALBUM_SIZE])
        for together in albums.values()
        for at in range(0, len(together), ALBUM_SIZE)
    ]
    return sorted(groups, key=lambda group: kind_here(channel, group[0]) not in CAPTIONED)


def _captions(channel: str, post: Post, groups: list[tuple[Attachment, ...]]) -> bool:
    """Whether the words go as the first group's caption; with a keyboard there is only one."""
    return (
        kind_here(channel, groups[0][0]) in CAPTIONED
        and units(characters(post.text)) <= CAPTION_UNITS
        and not (post.keyboard and post.text and len(post.attachments) > 1)
    )


def _with_last_alone(bodies: list[_Body]) -> list[_Body]:
    """An album bears no keyboard, so its last part goes alone where no text follows."""
    *before, (group, text) = bodies
    if len(group) < 2:
        return bodies
    return [*before, (group[:-1], ()), (group[-1:], text)]


def _posts(post: Post, bodies: list[_Body]) -> Iterator[Post]:
    last = len(bodies) - 1
    for index, (attachments, text) in enumerate(bodies):
        yield replace(
            post,
            attachments=attachments,
            text=text,
            keyboard=post.keyboard if index == last else (),
            reply_to=post.reply_to if index == 0 else "",
            asks_reply=post.asks_reply and index == last,
        )


def _good_place(head: str) -> int:
    """How many units to take: up to the last break in the second half, else all of it."""
    for separator in ("\n\n", "\n", " "):
        at = head.rfind(separator)
        if at >= len(head) // 2:
            return units(head[: at + len(separator)])
    return units(head)
