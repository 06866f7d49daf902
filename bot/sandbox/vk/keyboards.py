"""Checks a bot's keyboard as strictly as VK documents it (error 911)."""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.vk.errors import BAD_KEYBOARD, VkError

COLOURS = ("primary", "secondary", "negative", "positive")
LABEL = 40  # characters
PAYLOAD = 255  # bytes
INLINE = (6, 10)  # rows, buttons
REGULAR = (10, 40)
IN_A_ROW = 5

_FIELDS = {
    "text": {"label"},
    "callback": {"label"},
    "open_link": {"label", "link"},
    "open_app": {"label", "app_id"},
    "location": set(),
    "vkpay": {"hash"},
}
_OPTIONAL = {"open_app": {"owner_id", "hash"}}
_COLOURED = ("text", "callback")
_WHOLE_ROW = ("location", "vkpay", "open_app")


def parse_keyboard(raw: str, author_id: int) -> dict[str, Any]:
    """The keyboard as messages show it; VkError 911 when VK would refuse it."""
    try:
        keyboard = json.loads(raw)
    except ValueError as error:
        raise _invalid("is not JSON") from error
    if not isinstance(keyboard, dict) or not isinstance(keyboard.get("buttons"), list):
        raise _invalid("buttons should be an array")
    _refuse_unknown(keyboard, {"one_time", "inline", "buttons"}, "keyboard")
    _check_flags(keyboard)
    _check_grid(keyboard["buttons"], INLINE if keyboard.get("inline") else REGULAR)
    rows = [[_button(button) for button in row] for row in keyboard["buttons"]]
    if any(len(row) > 1 and _alone(row) for row in rows):
        raise _invalid(f"{', '.join(_WHOLE_ROW)} take a whole row")
    flags = {"one_time": bool(keyboard.get("one_time")), "inline": bool(keyboard.get("inline"))}
    return {**flags, "author_id": author_id, "buttons": rows}


def buttons(keyboard: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The actions of every button, row by row."""
    return [button["action"] for row in (keyboard or {"buttons": []})["buttons"] for button in row]


def _check_flags(keyboard: dict[str, Any]) -> None:
    for flag in ("one_time", "inline"):
        if not isinstance(keyboard.get(flag, False), bool):
            raise _invalid(f"{flag} should be true or false")
    if keyboard.get("inline") and keyboard.get("one_time"):
        raise _invalid("one_time is not for inline keyboards")


def _check_grid(rows: list[Any], most: tuple[int, int]) -> None:
    if not all(isinstance(row, list) and row for row in rows):
        raise _invalid("each row should be a non-empty array")
    if len(rows) > most[0] or any(len(row) > IN_A_ROW for row in rows):
        raise _invalid(f"at most {most[0]} rows of {IN_A_ROW}")
    if sum(len(row) for row in rows) > most[1]:
        raise _invalid(f"at most {most[1]} buttons")


def _alone(row: list[dict[str, Any]]) -> bool:
    return any(button["action"]["type"] in _WHOLE_ROW for button in row)


def _button(button: Any) -> dict[str, Any]:
    action = button.get("action") if isinstance(button, dict) else None
    if not isinstance(action, dict) or action.get("type") not in _FIELDS:
        raise _invalid("button has no action of a known type")
    kind = action["type"]
    _refuse_unknown(button, {"action", "color"}, "button")
    _refuse_unknown(action, {"type", "payload"} | _FIELDS[kind] | _OPTIONAL.get(kind, set()), kind)
    missing = [name for name in _FIELDS[kind] if not action.get(name)]
    if missing:
        raise _invalid(f"{kind} button needs {', '.join(sorted(missing))}")
    _check_label(action.get("label", "-"))
    shown = {name: value for name, value in action.items() if value is not None}
    shown["payload"] = _payload(action.get("payload"))
    return {"action": shown} | _colour(button, kind)


def _check_label(label: Any) -> None:
    if not isinstance(label, str) or not label.strip() or len(label) > LABEL:
        raise _invalid(f"label should be a string of 1 to {LABEL} characters")


def _payload(payload: Any) -> str:
    if payload in (None, ""):
        return ""
    if not isinstance(payload, str):
        raise _invalid("payload should be a JSON string")
    if len(payload.encode()) > PAYLOAD:
        raise _invalid(f"payload is over {PAYLOAD} bytes")
    try:
        json.loads(payload)
    except ValueError as error:
        raise _invalid("payload should be valid JSON") from error
    return payload


def _colour(button: dict[str, Any], kind: str) -> dict[str, str]:
    colour = button.get("color")
    if kind not in _COLOURED:
        if colour is not None:
            raise _invalid(f"{kind} button has no colour")
        return {}
    if colour not in (None, *COLOURS):
        raise _invalid(f"colour should be one of {', '.join(COLOURS)}")
    return {"color": colour or "secondary"}


def _refuse_unknown(given: dict[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise _invalid(f"unknown field {', '.join(unknown)} in {where}")


def _invalid(why: str) -> VkError:
    return VkError(BAD_KEYBOARD, why)
