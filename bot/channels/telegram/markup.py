"""What goes with the words of a call: captions, keyboards, link previews."""

from __future__ import annotations

from typing import Any

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from bot.channels.telegram.spans import render
from bot.messages import Button, Keyboard, Text

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def captioned(text: Text) -> dict[str, Any]:
    """The caption's fields of a call, none for no text."""
    caption, entities = render(text)
    return {"caption": caption, "caption_entities": entities} if caption else {}


def keyboard(rows: Keyboard) -> InlineKeyboardMarkup | None:
    """The buttons under a message, None for none."""
    buttons = [[_button(button) for button in row] for row in rows]
    return InlineKeyboardMarkup(inline_keyboard=buttons) if buttons else None


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        text=button.label,
        callback_data=button.data or None,
        url=button.url or None,
        style=button.look or None,
    )
