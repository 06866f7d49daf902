"""Keyboards under messages: what Telegram takes and what it refuses."""

from __future__ import annotations

from typing import Any

from bot.sandbox.telegram.chats import Json
from bot.sandbox.telegram.refusals import Refusal, bad_request

MAX_BUTTONS = 100
DATA_BYTES = 64

_STYLES = ("primary", "success", "danger")
_COMMON = frozenset({"text", "icon_custom_emoji_id", "style", "disabled"})
_INLINE_ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)
_REPLY_ACTIONS = frozenset(
    {
        "request_users",
        "request_user",
        "request_chat",
        "request_managed_bot",
        "request_contact",
        "request_location",
        "request_poll",
        "web_app",
    }
)

_KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")
_FORCED_REPLY = {"force_reply": bool, "selective": bool, "input_field_placeholder": str}
_PRIVATE_ONLY = {
    "request_contact": "phone number",
    "request_location": "location",
    "request_poll": "poll",
    "request_users": "users",
    "request_chat": "chats",
}


def read_markup(markup: Any, *, private: bool) -> tuple[Json | None, Json | None]:
    """The inline keyboard and the reply keyboard of a new message, at most one of them.

    A forced reply and the removal of a keyboard come as a reply keyboard.
    """
    if not markup:
        return None, None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    kinds = [kind for kind in _KINDS if markup.get(kind) not in (None, False)]
    if len(kinds) > 1:
        raise _unparsable("reply keyboard markup JSON object", f"it is {' and '.join(kinds)}")
    if "inline_keyboard" in markup:
        return read_inline(markup), None
    if markup.get("force_reply"):
        return None, _forced_reply(markup)
    if "keyboard" in markup:
        for button in _buttons(markup["keyboard"], "reply"):
            _check_reply_button(button, private=private)
        return None, markup
    if markup.get("remove_keyboard"):
        return None, markup
    raise bad_request("can't parse reply keyboard markup JSON object")


def read_inline(markup: Any) -> Json | None:
    """An inline keyboard, or None when it has no button."""
    if not markup:
        return None
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    buttons = _buttons(markup["inline_keyboard"], "inline")
    if len(buttons) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    for button in buttons:
        _check_inline_button(button)
    if not buttons:
        return None
    return {"inline_keyboard": [row for row in markup["inline_keyboard"] if row]}


def _forced_reply(markup: Json) -> Json:
    for key, value in markup.items():
        if key not in _FORCED_REPLY:
            raise _unparsable("force reply", f"unknown field {key}")
        if not isinstance(value, _FORCED_REPLY[key]):
            raise _unparsable("force reply", f'field "{key}" has a wrong type')
    return markup


def _buttons(rows: Any, kind: str) -> list[Json | str]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        field = "inline_keyboard" if kind == "inline" else "keyboard"
        raise bad_request(f'field "{field}" must be an Array of Arrays')
    return [button for row in rows for button in row]


def _check_inline_button(button: Json | str) -> None:
    button = _checked(button, _INLINE_ACTIONS, "inline keyboard button")
    actions = [key for key in _INLINE_ACTIONS if key in button]
    if not actions and not button.get("disabled"):
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unparsable("inline keyboard button", "more than one action")
    data = button.get("callback_data")
    if data is not None and (
        not isinstance(data, str) or not 1 <= len(data.encode()) <= DATA_BYTES
    ):
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not str(url).startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    copied = button.get("copy_text")
    if copied is not None and not 1 <= len(str(copied.get("text", ""))) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_reply_button(button: Json | str, *, private: bool) -> None:
    if isinstance(button, str):
        button = {"text": button}
    button = _checked(button, _REPLY_ACTIONS, "keyboard button")
    if sum(bool(button.get(key)) for key in _REPLY_ACTIONS) > 1:
        raise _unparsable("keyboard button", "more than one action")
    asked = next((what for key, what in _PRIVATE_ONLY.items() if button.get(key)), "")
    if asked and not private:
        raise bad_request(f"{asked} can be requested in private chats only")


def _checked(button: Json | str, actions: frozenset[str], what: str) -> Json:
    if not isinstance(button, dict):
        raise _unparsable(what, "Object expected")
    text = button.get("text")
    if not isinstance(text, str):
        raise _unparsable(what, 'Field "text" must be of type String')
    if not text.strip():
        raise bad_request(f"{what} text must be non-empty")
    if unknown := set(button) - actions - _COMMON:
        raise _unparsable(what, f"unknown field {sorted(unknown)[0]}")
    if button.get("style", "primary") not in _STYLES:
        raise _unparsable(what, "invalid button style specified")
    return button


def _unparsable(what: str, why: str) -> Refusal:
    return bad_request(f"can't parse {what}: {why}")
