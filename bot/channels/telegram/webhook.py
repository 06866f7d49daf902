"""Taking updates in by webhook: Telegram posts them to an address, which is looked after here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiogram.utils.backoff import Backoff

from bot.channels.posts import posted_object, same
from bot.channels.telegram.client import Client
from bot.channels.telegram.errors import scrubbed
from bot.channels.telegram.receive import BACKOFF, KINDS, Sleep, as_raw, refuse, update_id
from bot.messages import Accept, ChannelRefused, Posted, PostRefused, SendError

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
LOOK = 60.0
"""Seconds between two looks at how the posts fare."""

_SOON = 1.0  # seconds until it is set again
_LATELY = 300  # seconds since Telegram's last failure to post, then it is history

_log = structlog.get_logger(__name__)


class Webhook:
    """The address, and the secret by which Telegram's own posts are known."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.path = urlsplit(url).path or "/"
        self._secret = secret

    def admit(self, headers: Mapping[str, str]) -> None:
        """Of a stranger's post no body is read."""
        if not same(headers.get(SECRET_HEADER), self._secret):
            raise PostRefused(401, "not Telegram's secret")

    def read(self, body: bytes) -> Posted:
        """The one update of a post."""
        update = posted_object(body)
        if update_id(update) is None:
            raise PostRefused(400, "no update")
        return Posted((as_raw(update),))

    def is_at(self, url: object) -> bool:
        """Whether it is this address, which Telegram may write in another way."""
        return isinstance(url, str) and _parts(url) == _parts(self.url)

    async def set(self, client: Client) -> None:
        """Have updates posted here, those too that wait; SendError when that fails."""
        wanted = {
            "url": self.url,
            "secret_token": self._secret,
            "allowed_updates": KINDS,
            # One post at a time brings them in the order in which things happened.
            "max_connections": 1,
            "drop_pending_updates": False,
        }
        await client.call("setWebhook", wanted)


async def receive(
    client: Client, webhook: Webhook, accept: Accept, sleep: Sleep = asyncio.sleep
) -> None:
    """Set the webhook and look after it, until cancelled; at the end it is left as it is.

    Raises ChannelRefused when Telegram refuses the token or the address.
    """
    backoff = Backoff(BACKOFF)
    is_set = False
    while True:
        try:
            if not is_set:
                await _set(client, webhook)
                is_set = True
                await accept([], "")  # whoever watches knows that Telegram answers
            else:
                is_set = await _still_set(client, webhook, accept)
            backoff.reset()
            await sleep(LOOK if is_set else _SOON)
        except SendError as error:
            refuse(error)
            _log.warning("webhook_failed", reason=str(error))
            await sleep(max(error.retry_after or 0, 0.1, next(backoff)))


def trouble(info: Mapping[str, Any]) -> str:
    """Why updates wait instead of coming, as getWebhookInfo tells it; "" when they come."""
    at = info.get("last_error_date")
    lately = isinstance(at, int) and at > time.time() - _LATELY
    if not (info.get("pending_update_count") and lately):
        return ""
    return scrubbed(str(info.get("last_error_message") or "")) or "?"


async def _set(client: Client, webhook: Webhook) -> None:
    try:
        await webhook.set(client)
    except SendError as error:
        if error.permanent:
            raise ChannelRefused(
                f"Telegram does not take the webhook ({error}): see to its webhook_url"
            ) from None
        raise


async def _still_set(client: Client, webhook: Webhook, accept: Accept) -> bool:
    """Whether nobody took it away; that updates get through is told to whoever watches."""
    try:
        info = await client.ask("getWebhookInfo")
    except SendError as error:
        if not error.permanent:
            raise
        info = {"url": webhook.url}  # a server that does not tell answers all the same
    if not webhook.is_at(info.get("url")):
        _log.warning("webhook_lost", remedy="stop the other program that uses this token")
        return False
    if reason := trouble(info):
        _log.warning("webhook_unreached", reason=reason, waiting=info["pending_update_count"])
    else:
        await accept([], "")
    return True


def _parts(url: str) -> tuple[str | None, int, str, str]:
    parts = urlsplit(url)
    port = parts.port or (80 if parts.scheme == "http" else 443)
    return parts.hostname, port, parts.path or "/", parts.query
