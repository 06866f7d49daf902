"""The community's events: numbered, kept until forgotten, filtered by its settings."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

API_VERSION = "5.199"

ON_AT_FIRST = frozenset(
    {
        "message_new",
        "message_reply",
        "message_edit",
        "message_allow",
        "message_deny",
        "message_event",
        "lead_forms_new",
        "market_order_new",
    }
)
_OFF = """audio_new board_post_delete board_post_edit board_post_new board_post_restore
    donut_money_withdraw donut_money_withdraw_error donut_subscription_cancelled
    donut_subscription_create donut_subscription_expired donut_subscription_price_changed
    donut_subscription_prolonged group_change_photo group_change_settings group_join group_leave
    group_officers_edit like_add like_remove market_comment_delete market_comment_edit
    market_comment_new market_comment_restore market_order_edit message_reaction_event
    message_read message_typing_state photo_comment_delete photo_comment_edit photo_comment_new
    photo_comment_restore photo_new poll_vote_new user_block user_unblock video_comment_delete
    video_comment_edit video_comment_new video_comment_restore video_new wall_post_new
    wall_reply_delete wall_reply_edit wall_reply_new wall_reply_restore wall_repost
    wall_schedule_post_delete wall_schedule_post_new"""
OFF_AT_FIRST = frozenset(_OFF.split())


class Events:
    """Events 1, 2, 3 …; the long poll's `ts` is the number of the last one a client has."""

    def __init__(self, group_id: int) -> None:
        self.enabled = True
        self.api_version = API_VERSION
        self.settings = dict.fromkeys(sorted(ON_AT_FIRST), True)
        self.settings |= dict.fromkeys(sorted(OFF_AT_FIRST), False)
        self._group_id = group_id
        self._kept: list[dict[str, Any]] = []
        self._forgotten = 0
        self._news = asyncio.Event()
        self.awaited = 0  # how many wait for news now
        self.on_poll: Callable[[], None] = lambda: None  # called at each poll that is accepted

    @property
    def last(self) -> int:
        """The number of the newest event, 0 before the first."""
        return self._forgotten + len(self._kept)

    @property
    def forgotten(self) -> int:
        """Events up to this number are kept no longer."""
        return self._forgotten

    def all(self) -> list[dict[str, Any]]:
        """Every kept event as a client would get it, oldest first."""
        return list(self._kept)

    def since(self, number: int) -> list[dict[str, Any]]:
        """The kept events after this number."""
        return self._kept[number - self._forgotten :]

    def happen(self, kind: str, body: dict[str, Any]) -> str:
        """A new event, unless its kind is switched off; returns its event_id."""
        event_id = uuid.uuid4().hex
        if self.settings.get(kind, False):
            event = {"group_id": self._group_id, "type": kind, "event_id": event_id}
            self.append({**event, "v": self.api_version, "object": body})
        return event_id

    def append(self, event: dict[str, Any]) -> None:
        """Any event at all, even a malformed one, exactly as given."""
        self._kept.append(event)
        self.wake()

    def forget(self, before: int) -> None:
        """Lose the events with numbers below `before`."""
        lost = max(0, min(before - 1, self.last) - self._forgotten)
        del self._kept[:lost]
        self._forgotten += lost

    def wake(self) -> None:
        """Let everybody who waits look again."""
        self._news.set()
        self._news = asyncio.Event()

    async def news(self) -> None:
        """Returns at the next event or call of `wake`."""
        self.awaited += 1
        try:
            await self._news.wait()
        finally:
            self.awaited -= 1
