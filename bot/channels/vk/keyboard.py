"""Inline keyboards as VK's JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.channels.vk.text import shortened
from bot.messages import Button, Failure, Keyboard, SendError

BUTTONS, ROWS, IN_A_ROW = 10, 6, 5
LABEL = 40  # characters
PAYLOAD = 255  # bytes of JSON

_COLOURS = {"primary": "primary", "success": "positive", "danger": "negative"}


def inline(keyboard: Keyboard) -> str:
    """The keyboard as messages.send takes it; an empty one takes a message's buttons away.

    Raises SendError when VK could not show every button.
    """
    rows = [row for wide in keyboard for row in _narrow(wide)]
    if len(rows) > ROWS or sum(map(len, rows)) > BUTTONS:
        reason = f"a VK message holds at most {BUTTONS} buttons in {ROWS} rows"
        raise SendError(Failure.REFUSED, reason)
    buttons = [[_button(button) for button in row] for row in rows]
    return _json({"one_time": False, "inline": True, "buttons": buttons})


def pressed(payload: object) -> str:
    """A button's data out of the payload that comes back; empty when it is not ours."""
    try:
        value = json.loads(payload) if isinstance(payload, str) else payload
    except ValueError:
        return ""
    data = value.get("d") if isinstance(value, dict) else None
    return data if isinstance(data, str) else ""


def _narrow(row: tuple[Button, ...]) -> Iterator[tuple[Button, ...]]:
    for start in range(0, len(row), IN_A_ROW):
        yield row[start : start + IN_A_ROW]


def _button(button: Button) -> dict[str, Any]:
    label = shortened(button.label, LABEL)
    if button.url:
        return {"action": {"type": "open_link", "link": button.url, "label": label}}
    payload = _json({"d": button.data})
    if len(payload.encode()) > PAYLOAD:
        raise SendError(Failure.REFUSED, f"a button's data is over {PAYLOAD} bytes")
    action = {"type": "callback", "label": label, "payload": payload}
    return {"action": action, "color": _COLOURS.get(button.look, "secondary")}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
