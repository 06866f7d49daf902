"""What people write, as the other side gets it: words, attachments, and words for the rest."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages import (
    AdminWrote,
    Attachment,
    AttachmentKind,
    MessageReceived,
    Span,
    Text,
    legible,
    plain,
)
from config.texts import Texts

# What a messenger shows in kind whoever sends it; the rest is said in words.
IN_KIND = frozenset(
    {
        AttachmentKind.PHOTO,
        AttachmentKind.VIDEO,
        AttachmentKind.VIDEO_NOTE,
        AttachmentKind.ANIMATION,
        AttachmentKind.VOICE,
        AttachmentKind.AUDIO,
        AttachmentKind.DOCUMENT,
        AttachmentKind.STICKER,
        AttachmentKind.LOCATION,
        AttachmentKind.CONTACT,
    }
)
_INSIDE = "//"  # begins a line that stays inside
_MEGABYTE = 1024 * 1024
# One message of VK's may bring a hundred others with it, and a group bears twenty posts a minute.
_WORDS = 12_000  # characters of one message that the team is shown
_THINGS = 20  # attachments of one message that are sent as they are


def in_kind(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """Those to be sent as they are."""
    return tuple(one for one in attachments if _goes(one))[:_THINGS]


def in_words(attachments: tuple[Attachment, ...], texts: Texts) -> list[str]:
    """A line for each that cannot be sent as it is, or that would lose its name."""
    going = [one for one in attachments if _goes(one)]
    told = [one for one in attachments if not _goes(one) or _half_named(one)]
    return [said(one, texts) for one in (*told, *going[_THINGS:])]


def said(attachment: Attachment, texts: Texts) -> str:
    """One attachment in words."""
    name = texts(f"attachment.{attachment.kind.value}")
    titles = (attachment.title, attachment.name)
    title = (
        ", ".join(filter(None, titles)) if _is_place(attachment) else next(filter(None, titles), "")
    )
    details = (title, attachment.phone, attachment.url if _leads_anywhere(attachment) else "")
    return f"[{name}] {' '.join(part for part in details if part)}".rstrip()


def with_size(attachment: Attachment, texts: Texts) -> str:
    """One attachment in words, and how large it is where that is known."""
    if not attachment.size:
        return said(attachment, texts)
    number = max(1, round(attachment.size / _MEGABYTE))
    return f"{said(attachment, texts)}, {texts.size(number)}"


def summary(event: MessageReceived, texts: Texts) -> str:
    """What was written, in one text: the words, and what was attached."""
    return summed_up(event.text, event.attachments, texts)


def summed_up(words: str, attachments: Sequence[Attachment], texts: Texts) -> str:
    """Words and what was attached to them, in one text."""
    lines = [words] if words else []
    return "\n".join(lines + [said(one, texts) for one in attachments])


def bounded(words: str, texts: Texts) -> str:
    """What is longer than anybody reads is kept whole, and shown in part."""
    more = len(words) - _WORDS
    return words if more <= 0 else words[:_WORDS] + texts("relay.cut", number=more)


def body(event: MessageReceived | AdminWrote, texts: Texts) -> Text:
    """The words that go along with what is sent in kind."""
    lines = [event.text] if event.text else []
    lines += in_words(event.attachments, texts)
    words = bounded("\n".join(lines), texts)
    if not (isinstance(event, MessageReceived) and event.forwarded_from):
        return plain(words)
    head = Span(texts("relay.forwarded", name=event.forwarded_from))
    return (head, Span(f"\n{words}")) if words else (head,)


def answer(words: str, attachments: tuple[Attachment, ...], texts: Texts) -> Text:
    """What of a manager's words goes to the customer, and what is attached but said in words."""
    said_ = spoken(words)
    return plain("\n".join(([said_] if said_ else []) + in_words(attachments, texts)))


def spoken(words: str) -> str:
    """A manager's words without the lines that stay inside."""
    return "\n".join(line for line in words.splitlines() if not is_note(line)).strip()


def is_note(line: str) -> bool:
    """Whether a line stays inside: it begins with //, whatever nobody sees before."""
    return legible(line).startswith(_INSIDE)


def noted(words: str) -> str:
    """A note's words without the sign of one that its lines may begin with."""
    return "\n".join(
        legible(line).removeprefix(_INSIDE).lstrip() if is_note(line) else line
        for line in words.splitlines()
    )


def _goes(attachment: Attachment) -> bool:
    if attachment.kind is AttachmentKind.CONTACT and not attachment.phone:
        return False
    return attachment.kind in IN_KIND and not attachment.page


def _half_named(attachment: Attachment) -> bool:
    """A point with a name but no address, which no messenger shows with the point."""
    return _is_place(attachment) and bool(attachment.title) and not attachment.name


def _is_place(attachment: Attachment) -> bool:
    return attachment.kind is AttachmentKind.LOCATION


def _leads_anywhere(attachment: Attachment) -> bool:
    """Whether its address is worth reading: a file's own is long and soon leads nowhere."""
    return attachment.page or attachment.kind not in IN_KIND
