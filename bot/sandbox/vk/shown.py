"""A conversation as a person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.sandbox.vk.dialogs import Message


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a person sees it now; `earlier` holds its texts before each edit."""

    id: int
    conversation_message_id: int
    author: int
    text: str
    keyboard: dict[str, Any] | None
    attachments: list[dict[str, Any]]
    earlier: tuple[str, ...]
    reply_to: int | None
    admin: int | None
    at: int
    geo: dict[str, Any] | None = None


def show(message: Message) -> Shown:
    """The message as it is now."""
    return Shown(
        id=message.id,
        conversation_message_id=message.number,
        author=message.from_id,
        text=message.text,
        keyboard=message.keyboard,
        attachments=message.attachments,
        earlier=tuple(message.earlier),
        reply_to=message.reply.id if message.reply else None,
        admin=message.admin,
        at=message.date,
        geo=message.geo,
    )
