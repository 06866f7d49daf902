"""The local VK: an HTTP server on 127.0.0.1 in front of one community and its people."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from email.utils import formatdate
from typing import Any

from aiohttp import BodyPartReader, web

from bot.sandbox.door import is_from_a_page
from bot.sandbox.vk import longpoll
from bot.sandbox.vk.answering import Answerer
from bot.sandbox.vk.callback import Callback
from bot.sandbox.vk.calls import Call
from bot.sandbox.vk.community import CallbackServer, Community, Hook
from bot.sandbox.vk.events import ON_AT_FIRST
from bot.sandbox.vk.faults import LONG_POLL, UPLOAD, Fault, Faults, Kind
from bot.sandbox.vk.limits import Limits
from bot.sandbox.vk.methods.media import uploaded
from bot.sandbox.vk.occasions import Occasions
from bot.sandbox.vk.replies import as_json, as_page, as_script, cut, prevents, spoilt
from bot.sandbox.vk.shown import Shown, show

ADMITTED = "vk1.sandbox"
_LARGEST_BODY = 200 * 2**20  # bytes: VK's limit of a document


class VkServer(Occasions):
    """A strict local VK for one community; people act through the methods of `Occasions`.

    `strict` refuses parameters that VK does not know; otherwise they only stand in the
    log. With `clock` a test rules VK's time (Unix seconds).
    """

    def __init__(
        self,
        token: str = ADMITTED,
        group_id: int = 7,
        *,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        strict: bool = True,
    ) -> None:
        super().__init__(Community(group_id, limits or Limits(), clock))
        self.skew = 0.0
        """Seconds by which the Date of its answers is ahead."""
        self._answerer = Answerer(self.community, token, strict=strict)
        self._faults = Faults()
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._callbacks: list[Callback] = []
        self.community.confirm = self._confirm
        self.url = ""

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one. `url` is set afterwards."""
        self._stopping.clear()
        app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[_no_pages])
        app.router.add_route("*", "/method/{name}", self._method)
        app.router.add_get("/wh{group}", self._longpoll)
        app.router.add_post("/upload/{token}", self._upload)
        app.router.add_get("/file/{path}/{name}", self._file)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.community.base = self.community.files.base = self.url

    async def stop(self) -> None:
        """Close every connection; the state stays, and `start` serves it again."""
        self._stopping.set()
        for callback in self._callbacks:
            await callback.close()
        self._callbacks.clear()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def token(self) -> str:
        """The token that is accepted; set another to revoke it."""
        return self._answerer.token

    @token.setter
    def token(self, token: str) -> None:
        self._answerer.token = token

    @property
    def calls(self) -> list[Call]:
        """Every method call so far, in order of arrival."""
        return self._answerer.calls

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        """The event_data of each answered press by its event_id; {} for a bare answer."""
        return self.community.answers

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every event that is still kept, oldest first, as clients get it."""
        return self.community.events.all()

    @property
    def polling(self) -> int:
        """How many long polls are held open now."""
        return self.community.events.awaited

    def dialog(self, peer_id: int) -> list[Shown]:
        """What a person, or a chat, sees now, oldest first; [] before the first message."""
        dialog = self.community.dialogs.find(peer_id)
        messages = dialog.messages.values() if dialog else ()
        return [show(message) for message in messages if not message.deleted]

    def keyboard(self, peer_id: int) -> dict[str, Any] | None:
        """The regular keyboard that a person has under the input line now."""
        dialog = self.community.dialogs.find(peer_id)
        return dialog.keyboard if dialog else None

    def subscribe(self, hook: Hook) -> Callable[[], None]:
        """Call `hook(peer_id)` at each visible change; returns what ends that."""
        return self.community.subscribe(hook)

    def fail(self, method: str, fault: Fault, *, times: int = 1, peer: int | None = None) -> None:
        """Let the next `times` calls fail; `method` may be "*", "longpoll" or "upload"."""
        self._faults.plan(method, fault, times, peer)

    def heal(self) -> None:
        """Forget all faults still to happen."""
        self._faults.clear()

    def outage(self, on: bool) -> None:
        """Cut every connection, at once and until switched off."""
        self.community.out = on
        self.community.events.wake()

    def switch_events(self, **kinds: bool) -> None:
        """Switch kinds of events on or off, as in the community's settings."""
        self.community.events.settings.update(kinds)

    def expire_key(self) -> None:
        """The long poll's key expires: `failed: 2` until the server is asked for again."""
        self.community.new_key()

    def lose_history(self) -> None:
        """Key and events are lost: `failed: 3` until the server is asked for again."""
        self.community.lost_keys.add(self.community.key)
        self.forget_events(self.community.events.last + 1)
        self.community.new_key()

    def forget_events(self, before: int) -> None:
        """Lose the events with numbers below `before`: `failed: 1` for older `ts`."""
        self.community.events.forget(before)

    async def callback(self, url: str, *, secret: str = "", confirmation: str) -> Callback | None:
        """Name a callback address by hand, confirm it, and post the usual events there.

        None when it answered wrongly.
        """
        server = self.community.add_callback("by hand", url, secret)
        server.settings |= dict.fromkeys(ON_AT_FIRST, True)
        callback = self._add(server)
        return callback if await callback.confirm(confirmation) else None

    def _add(self, server: CallbackServer) -> Callback:
        callback = Callback(self.community, server)
        self._callbacks.append(callback)
        return callback

    def _confirm(self, server: CallbackServer) -> None:
        """VK asks an address that was named, or named anew."""
        known = [one for one in self._callbacks if one.server is server]
        (known[0] if known else self._add(server)).ask()

    async def _method(self, request: web.Request) -> web.Response:
        name, given = request.match_info["name"], await _parameters(request)
        if self.community.out:
            return cut(request)
        fault = self._faults.take(name, _peers(given))
        if fault is not None and prevents(fault):
            self._answerer.unanswered(name, given, fault)
            return await spoilt(request, fault, as_json({}), self._stopping)
        reply = as_json(self._answerer.answer(name, given, fault))
        reply.headers["Date"] = formatdate(time.time() + self.skew, usegmt=True)
        return await spoilt(request, fault, reply, self._stopping) if fault else reply

    async def _longpoll(self, request: web.Request) -> web.Response:
        if self.community.out:
            return cut(request)
        fault = self._faults.take(LONG_POLL)
        if fault is not None and fault.kind is Kind.FAILED:
            return as_script(longpoll.failed(self.community, int(fault.value)))
        body = {} if prevents(fault) else await longpoll.check(self.community, request.query)
        if self.community.out:
            return cut(request)
        reply = as_script(body)
        reply.headers["Date"] = formatdate(self.community.clock() + self.skew, usegmt=True)
        return await spoilt(request, fault, reply, self._stopping) if fault else reply

    async def _upload(self, request: web.Request) -> web.Response:
        if self.community.out:
            return cut(request)
        fault = self._faults.take(UPLOAD)
        body = {} if prevents(fault) else await self._take_files(request)
        reply = as_page(json.dumps(body))
        return await spoilt(request, fault, reply, self._stopping) if fault else reply

    async def _take_files(self, request: web.Request) -> dict[str, Any]:
        files = []
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.filename:
                files.append((part.name or "", part.filename, bytes(await part.read())))
        return uploaded(self.community, request.match_info["token"], files)

    async def _file(self, request: web.Request) -> web.Response:
        file = self.community.files.open(request.match_info["path"])
        if self.community.out:
            return cut(request)
        return web.Response(body=file.data) if file else web.Response(status=404)


@web.middleware
async def _no_pages(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    if is_from_a_page(request):
        raise web.HTTPForbidden
    return await handler(request)


async def _parameters(request: web.Request) -> dict[str, str]:
    given = dict(request.query)
    given |= {name: str(value) for name, value in (await request.post()).items()}
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if bearer and "access_token" not in given:
        given["access_token"] = bearer
    return given


def _peers(given: Mapping[str, str]) -> Collection[int]:
    named = ",".join(given.get(name, "") for name in ("peer_id", "user_id", "peer_ids"))
    return {int(one) for one in named.split(",") if one.lstrip("-").isdecimal()}
