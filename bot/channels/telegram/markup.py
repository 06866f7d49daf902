"""What goes with the words of a message: captions, keyboards, link previews."""

from __future__ import annotations

from typing import Any

from bot.channels.telegram.fields import Json, inner_or_empty
from bot.channels.telegram.spans import render
from bot.messages import Button, Keyboard, Post, Text

NO_PREVIEW = {"is_disabled": True}


def captioned(text: Text) -> dict[str, Any]:
    """The caption's fields of a call, none for no text."""
    caption, entities = render(text)
    return {"caption": caption, "caption_entities": entities} if caption else {}


def markup(post: Post) -> dict[str, Any] | None:
    """Its buttons, or the key that shares a phone, or the reply that opens, or an end of keys."""
    if post.keyboard:
        return keyboard(post.keyboard)
    if post.asks_phone:
        key = {"text": post.asks_phone, "request_contact": True}
        return {"keyboard": [[key]], "resize_keyboard": True, "one_time_keyboard": True}
    if post.asks_reply:
        # In private there is nobody to choose from, and nobody is mentioned.
        return {"force_reply": True, "selective": post.chat.startswith("-")}
    return {"remove_keyboard": True} if post.takes_keys else None


def keyboard(rows: Keyboard) -> dict[str, Any] | None:
    """The buttons under a message, None for none."""
    buttons = [[_button(button) for button in row] for row in rows]
    return {"inline_keyboard": buttons} if buttons else None


def _button(button: Button) -> dict[str, str]:
    named = {"callback_data": button.data, "url": button.url, "style": button.look}
    return {"text": button.label, **{name: value for name, value in named.items() if value}}


def has_button(message: Json, data: str) -> bool:
    """Whether a message that Telegram sent has a button with this data, which may be forged."""
    rows = inner_or_empty(message, "reply_markup").get("inline_keyboard")
    rows = [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
    buttons = [one for row in rows for one in row if isinstance(one, dict)]
    return any(one.get("callback_data") == data for one in buttons)
