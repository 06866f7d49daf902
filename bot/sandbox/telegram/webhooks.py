"""Delivery of updates by POST, in order, each until the other side says 2xx."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import SplitResult, urlsplit

import aiohttp

from bot.sandbox.telegram.chats import Json
from bot.sandbox.telegram.refusals import bad_request
from bot.sandbox.telegram.sending import Args
from bot.sandbox.telegram.world import World

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_HERE = ("127.0.0.1", "localhost", "::1")
_PORTS = (443, 80, 88, 8443)
_TIMEOUT = 10.0  # seconds for the other side to answer


class Webhook:
    """Where updates go instead of getUpdates, while set; `retry_delay` in seconds."""

    def __init__(self, world: World, retry_delay: float = 0.05) -> None:
        self.url = ""
        self.posts: list[tuple[int, int]] = []
        """Each post's update_id and the status of its answer, 0 for none."""
        self.retry_delay = retry_delay
        self._world = world
        self._secret = ""
        self._connections = 40
        self._error: Json = {}
        self._task: asyncio.Task[None] | None = None

    def set(self, args: Args) -> bool:
        """setWebhook; an empty address takes it away."""
        url, secret = args.get("url", ""), args.get("secret_token", "")
        if not url:
            return self.delete(args)
        parts = urlsplit(url)
        if parts.hostname not in _HERE:
            _check_public(parts)
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        if not 1 <= args.get("max_connections", 40) <= 100:
            raise bad_request("max_connections must be between 1 and 100")
        self._forget(args)
        if "allowed_updates" in args:
            self._world.updates.allowed = tuple(args["allowed_updates"] or ())
        self.url, self._secret = url, secret
        self._connections = args.get("max_connections", 40)
        self._error = {}
        self._world.updates.terminate(by_webhook=True)
        self._task = asyncio.get_running_loop().create_task(self._deliver())
        return True

    def delete(self, args: Args) -> bool:
        """deleteWebhook."""
        self._forget(args)
        self.url = ""
        return True

    def info(self) -> Json:
        """getWebhookInfo."""
        body: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._world.updates.pending()),
        }
        if self.url:
            body["max_connections"] = self._connections
        if self._world.updates.allowed:
            body["allowed_updates"] = list(self._world.updates.allowed)
        return body | self._error

    async def stop(self) -> None:
        """Deliver nothing more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    def _forget(self, args: Args) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if args.get("drop_pending_updates"):
            self._world.updates.confirm(self._world.updates.next_id)

    async def _deliver(self) -> None:
        updates = self._world.updates
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                update = updates.first()
                if update is None:
                    await updates.arrived()
                elif await self._post(session, update):
                    updates.confirm(int(update["update_id"]) + 1)
                else:
                    await asyncio.sleep(self.retry_delay)

    async def _post(self, session: aiohttp.ClientSession, update: Json) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as answer:
                self.posts.append((update["update_id"], answer.status))
                if 200 <= answer.status < 300:
                    return True
                self._note(f"Wrong response from the webhook: {answer.status} {answer.reason}")
        except (aiohttp.ClientError, TimeoutError):
            self.posts.append((update["update_id"], 0))
            self._note("Connection refused")
        return False

    def _note(self, error: str) -> None:
        self._error = {"last_error_date": self._world.now, "last_error_message": error}


def _check_public(parts: SplitResult) -> None:
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
