"""Taking updates in by long polling: committed first, confirmed to Telegram afterwards."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram.utils.backoff import Backoff, BackoffConfig

from bot.channels.telegram.client import Client
from bot.channels.telegram.errors import RefusalError
from bot.messages import Accept, ChannelRefused, Failure, Raw, SendError

KINDS = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]
"""The kinds of update asked for."""

Sleep = Callable[[float], Awaitable[None]]

BACKOFF = BackoffConfig(min_delay=0.5, max_delay=20, factor=2, jitter=0.1)
"""How long is waited after one fault and the next, in seconds."""

_POLL_SECONDS = 25
_CONFLICT_SECONDS = 15.0

_log = structlog.get_logger(__name__)


async def receive(client: Client, accept: Accept, sleep: Sleep = asyncio.sleep) -> None:
    """Poll until cancelled. Raises ChannelRefused when Telegram refuses the token.

    The first poll names no offset: a stale one would drop updates, because ids start
    anew at random after an idle week, and Telegram itself remembers what it confirmed.
    """
    polling = _Polling(client, accept, sleep)
    while True:
        await polling.turn()


def refuse(error: SendError) -> None:
    """Raises ChannelRefused where it is the token that Telegram refuses."""
    if error.failure is Failure.TOKEN:
        raise ChannelRefused("Telegram refuses the token: copy it again from @BotFather") from error


def update_id(update: Any) -> int | None:
    """An update's number; None where it has none."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def as_raw(update: Any) -> Raw:
    """The update for the inbox, a repeat only with the same content: ids may start anew."""
    words = json.dumps(update, ensure_ascii=False, sort_keys=True)
    text = words.encode("utf-8", "replace")
    number = update_id(update)
    # Half a character, which has no bytes to be hashed, became "?".
    body = update if text.decode() == words else json.loads(text)
    return Raw(
        id=f"{'x' if number is None else number}:{hashlib.sha256(text).hexdigest()[:32]}",
        body=body if isinstance(body, dict) else {"malformed": body},
    )


class _Polling:
    """The state between two polls: what to confirm next, and how long to wait after a fault."""

    def __init__(self, client: Client, accept: Accept, sleep: Sleep) -> None:
        self._client = client
        self._accept = accept
        self._sleep = sleep
        self._offset: int | None = None
        self._backoff = Backoff(BACKOFF)
        self._conflicts = 0  # one after the other
        self._answered = False  # Telegram did, at least once

    async def turn(self) -> None:
        """One poll and, when it brought anything, one commit."""
        try:
            updates = await self._poll()
        except SendError as error:
            await self._recover(error)
            return
        self._conflicts = 0
        if not updates:
            # The poll has confirmed what came before. Naming the offset any longer could
            # only drop updates, should their ids start anew below it.
            self._offset = None
            self._backoff.reset()
            await self._accept([], "")  # whoever watches knows that Telegram answers
        elif await self._commit(updates):
            self._backoff.reset()
        else:
            await self._sleep(self._delay())

    async def _poll(self) -> list[Any]:
        # The first does not wait for news: whoever watches knows at once that Telegram answers.
        seconds = _POLL_SECONDS if self._answered else 0
        asked = {"offset": self._offset, "timeout": seconds, "allowed_updates": KINDS}
        updates = await self._client.call("getUpdates", asked, seconds=_POLL_SECONDS + 10)
        if not isinstance(updates, list):
            raise SendError(Failure.TRANSIENT, "getUpdates: the result is no list")
        self._answered = True
        return updates

    async def _commit(self, updates: list[Any]) -> bool:
        """Whether the batch is committed and the next poll will confirm any of it."""
        ids = [number for update in updates if (number := update_id(update)) is not None]
        offset = max(ids) + 1 if ids else self._offset
        try:
            await self._accept([as_raw(update) for update in updates], str(offset or ""))
        except Exception as error:  # whatever fails, the batch comes again
            _log.error("updates_not_accepted", count=len(updates), error=type(error).__name__)
            return False
        self._offset = offset
        return bool(ids)

    async def _recover(self, error: SendError) -> None:
        refuse(error)
        if isinstance(error, RefusalError) and error.status == 409:
            await self._resolve(error)
            return
        _log.warning("polling_failed", reason=str(error))
        await self._sleep(max(error.retry_after or 0, self._delay()))

    async def _resolve(self, conflict: RefusalError) -> None:
        """Two ways to lose the updates: a webhook left over, or somebody else who polls."""
        if "webhook" in str(conflict):
            _log.warning("webhook_removed", remedy="polling needs it gone; updates are kept")
            await self._remove_webhook()
            await self._sleep(self._delay())
            return
        self._conflicts += 1
        if self._conflicts == 1:
            # Somebody who only looked whether anybody polls is told so by our coming back soon.
            await self._sleep(self._delay())
            return
        if self._conflicts == 2:
            remedy = "stop the other program on this token, or take a new token from @BotFather"
            _log.warning("polling_conflict", remedy=remedy)
        await self._sleep(_CONFLICT_SECONDS)

    async def _remove_webhook(self) -> None:
        try:
            await self._client.call("deleteWebhook", {"drop_pending_updates": False})
        except SendError as error:
            _log.warning("webhook_stays", reason=str(error))

    def _delay(self) -> float:
        return max(0.1, next(self._backoff))
