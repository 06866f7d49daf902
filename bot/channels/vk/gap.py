"""Finds in the conversations what the long poll lost, in the form of ordinary events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import structlog

from bot.channels.vk.api import Api
from bot.channels.vk.raws import as_raw
from bot.messages import Accept, Raw, SendError

OVERLAP = 120  # seconds looked at twice: clocks differ
CONVERSATIONS = 200  # most recent ones looked at
MESSAGES = 200  # newest ones of each

_log = structlog.get_logger(__name__)


async def fill(api: Api, group_id: int, accept: Accept, cursor: str, seen: int) -> None:
    """Every conversation's messages since `seen` (Unix time), accepted under this cursor.

    Raises SendError when that may be tried again; else intake must go on without them.
    """
    try:
        async for raws in missed(api, group_id, max(0, seen - OVERLAP)):
            await accept(raws, cursor)
    except SendError as error:
        if not error.permanent:
            raise
        _log.error("gap_not_filled", reason=str(error))


async def missed(api: Api, group_id: int, since: float) -> AsyncIterator[list[Raw]]:
    """Each conversation's messages of `since` (Unix time) and later, in order.

    A repeat is known by its id, and so is what had come as an event before. Raises SendError.
    """
    request = {"count": CONVERSATIONS, "group_id": group_id}
    answer = await api.call("messages.getConversations", request)
    for item in answer["items"]:
        if item.get("last_message", {}).get("date", since) < since:
            break  # they come newest first
        raws = await _history(api, group_id, item["conversation"]["peer"]["id"], since)
        if raws:
            yield raws


async def _history(api: Api, group_id: int, peer_id: int, since: float) -> list[Raw]:
    request = {"peer_id": peer_id, "count": MESSAGES, "group_id": group_id}
    try:
        answer = await api.call("messages.getHistory", request)
    except SendError as error:
        if not error.permanent:
            raise
        return []  # a chat that the community was removed from
    recent = [message for message in answer["items"] if message["date"] >= since]
    return [_raw(message, group_id) for message in reversed(recent)]


def _raw(message: dict[str, Any], group_id: int) -> Raw:
    """Shaped like the event that was lost; the bot's own words are dropped by the parser."""
    said = bool(message.get("out"))
    return as_raw(
        {
            "type": "message_reply" if said else "message_new",
            "group_id": group_id,
            "object": message if said else {"message": message},
        }
    )
