"""Finds in the conversations what the long poll lost, in the form of ordinary events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import structlog

from bot.channels.vk.api import Api
from bot.channels.vk.raws import as_raw
from bot.messages import Accept, Raw, SendError

OVERLAP = 120  # seconds looked at twice: clocks differ
PAGE = 200  # the most that VK tells in one answer
CONVERSATIONS = 10_000  # most recent ones looked at, about ten minutes at VK's pace
MESSAGES = 10_000  # newest ones of each

_log = structlog.get_logger(__name__)


async def fill(api: Api, group_id: int, accept: Accept, cursor: str, seen: int) -> None:
    """Every conversation's messages since `seen` (Unix time), accepted under this cursor.

    Raises SendError when that may be tried again; else intake must go on without them, and
    an event tells that something may be missing.
    """
    gap = _Gap(api, group_id, max(0, seen - OVERLAP))
    try:
        async for raws in gap.missed():
            await accept(raws, cursor)
    except SendError as error:
        if not error.permanent:
            raise
        gap.leave(str(error))
    if gap.left:
        await accept([gap.trouble()], cursor)


class _Gap:
    """What the conversations tell of `since` (Unix time) and later."""

    def __init__(self, api: Api, group_id: int, since: int) -> None:
        self.left = False  # whether something may be missing
        self._api = api
        self._group_id = group_id
        self._since = since

    async def missed(self) -> AsyncIterator[list[Raw]]:
        """Each conversation's messages, in order.

        A repeat is known by its id, and so is what had come as an event before. Raises SendError.
        """
        for peer_id in await self._peers():
            raws = await self._history(peer_id)
            if raws:
                yield raws

    def leave(self, reason: str) -> None:
        """Go on without the rest."""
        _log.error("gap_not_filled", reason=reason)
        self.left = True

    def trouble(self) -> Raw:
        """Tells, once of each gap, that not all of it was looked at."""
        update = {"type": "gap_left", "group_id": self._group_id, "since": self._since}
        return as_raw({**update, "event_id": f"gap:{self._since}"})

    async def _peers(self) -> list[int]:
        """With whom there are conversations in which something is of the gap.

        Who has waited longest comes first, and so gets the first lead.
        """
        method, date = "messages.getConversations", _last_date(self._since)
        items = await self._recent(method, {}, date, most=CONVERSATIONS)
        if len(items) > PAGE:  # who wrote between two pages is on the first one by now
            items += (await self._page(method, {}, date, offset=0))[0]
        newest_first = dict.fromkeys(item["conversation"]["peer"]["id"] for item in items)
        return list(reversed(newest_first))

    async def _history(self, peer_id: int) -> list[Raw]:
        request = {"peer_id": peer_id}
        try:
            items = await self._recent("messages.getHistory", request, _date, most=MESSAGES)
        except SendError as error:
            if not error.permanent:
                raise
            return []  # a chat that the community was removed from
        return [self._raw(message) for message in reversed(items)]

    async def _recent(
        self, method: str, request: dict[str, Any], date: Callable[[Any], int], *, most: int
    ) -> list[Any]:
        """Newest first, page by page until there is nothing of the gap any more."""
        found: list[Any] = []
        for offset in range(0, most, PAGE):
            page, more = await self._page(method, request, date, offset=offset)
            found += page
            if not more:
                return found
        self.leave(f"more than {most} at {method}")
        return found

    async def _page(
        self, method: str, request: dict[str, Any], date: Callable[[Any], int], *, offset: int
    ) -> tuple[list[Any], bool]:
        """What one answer tells of the gap, and whether the next may tell more of it."""
        paged = {"count": PAGE, "offset": offset, "group_id": self._group_id}
        answer = await self._api.call(method, request | paged)
        recent = [item for item in answer["items"] if date(item) >= self._since]
        newer = len(recent) == len(answer["items"])  # they come newest first
        return recent, newer and offset + PAGE < answer["count"]

    def _raw(self, message: dict[str, Any]) -> Raw:
        """Shaped like the event that was lost; the bot's own words are dropped by the parser."""
        said = bool(message.get("out"))
        return as_raw(
            {
                "type": "message_reply" if said else "message_new",
                "group_id": self._group_id,
                "object": message if said else {"message": message},
            }
        )


def _date(message: Any) -> int:
    return int(message["date"])


def _last_date(otherwise: int) -> Callable[[Any], int]:
    return lambda item: int(item.get("last_message", {}).get("date", otherwise))
