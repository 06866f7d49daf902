"""VK's events as the inbox keeps them: each under an id by which it is known again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bot.channels.nulls import LIMIT
from bot.messages import Raw, in_history


def as_raw(update: Any) -> Raw:
    """The update for the inbox.

    A new message is known by its number, so it is the same one when the history tells it
    again; anything else by VK's id, and what has none by its content.
    """
    text = json.dumps(update, ensure_ascii=False, sort_keys=True).encode(errors="replace")
    body = json.loads(text)  # half a character, which has no bytes, became "?"
    if not isinstance(body, dict):
        body = {"malformed": body}
    event_id = _of_message(_new_message(body)) or body.get("event_id")
    if isinstance(event_id, str) and event_id:
        return Raw(event_id, body)
    return Raw(f"hash:{hashlib.sha256(text).hexdigest()[:32]}", body)


def _new_message(body: dict[str, Any]) -> Any:
    """What the event tells for the first time; an edit has the number of what it changes."""
    thing = body.get("object")
    if body.get("type") == "message_reply":
        return thing
    if body.get("type") != "message_new" or not isinstance(thing, dict):
        return None
    message = thing.get("message")
    # What the community said is message_reply's to tell, of which nothing may take the place.
    return None if isinstance(message, dict) and message.get("out") else message


def _of_message(message: Any) -> str:
    """By the conversation and the number in it; "" where VK tells none."""
    if not isinstance(message, dict):
        return ""
    peer, number = message.get("peer_id"), message.get("conversation_message_id")
    if not (isinstance(peer, int) and isinstance(number, int)):
        return ""
    return in_history(peer, number) if abs(peer) < LIMIT and 0 < number < LIMIT else ""
