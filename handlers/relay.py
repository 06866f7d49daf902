"""What people write, as the other side gets it: words, attachments, and words for the rest."""

from __future__ import annotations

from bot.messages import AdminWrote, Attachment, AttachmentKind, MessageReceived, Span, Text
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
    }
)


def in_kind(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """Those to be sent as they are."""
    return tuple(one for one in attachments if one.kind in IN_KIND)


def in_words(attachments: tuple[Attachment, ...], texts: Texts) -> list[str]:
    """A line for each that cannot be sent as it is."""
    return [said(one, texts) for one in attachments if one.kind not in IN_KIND]


def said(attachment: Attachment, texts: Texts) -> str:
    """One attachment in words."""
    name = texts(f"attachment.{attachment.kind.value}")
    details = (attachment.title or attachment.name, attachment.phone, attachment.url)
    return f"[{name}] {' '.join(part for part in details if part)}".rstrip()


def summary(event: MessageReceived, texts: Texts) -> str:
    """What was written, in one text: the words, and what was attached."""
    lines = [event.text] if event.text else []
    return "\n".join(lines + [said(one, texts) for one in event.attachments])


def body(event: MessageReceived | AdminWrote, texts: Texts) -> Text:
    """The words that go along with what is sent in kind."""
    lines = [event.text] if event.text else []
    if isinstance(event, MessageReceived) and event.forwarded_from:
        lines.insert(0, texts("relay.forwarded", name=event.forwarded_from))
    lines += in_words(event.attachments, texts)
    return (Span("\n".join(lines)),) if lines else ()
