"""The HTTP server, public face and call path together, hence long: read, fail, run, log, answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any, TypeVar

from aiohttp import web

from bot.sandbox.door import is_from_a_page
from bot.sandbox.telegram import methods
from bot.sandbox.telegram.bodies import read_body
from bot.sandbox.telegram.chats import User
from bot.sandbox.telegram.faults import EVERY, Fault, Faults, Planned
from bot.sandbox.telegram.files import Media
from bot.sandbox.telegram.groups import Groups
from bot.sandbox.telegram.limits import Limits, Pace
from bot.sandbox.telegram.log import Call
from bot.sandbox.telegram.parameters import PARAMETERS, read
from bot.sandbox.telegram.people import People
from bot.sandbox.telegram.refusals import Refusal, bad_request, conflict
from bot.sandbox.telegram.webhooks import Webhook
from bot.sandbox.telegram.world import World

_NAMES = {name.lower(): name for name in PARAMETERS}
_WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
_HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
Found = TypeVar("Found")

_OVERHEAD = 1024 * 1024  # bytes of a form beside its file


class TelegramServer(People, Groups):
    """A Bot API server for one bot on 127.0.0.1, with the people who use it.

    `clock` gives Unix seconds. With `strict` a parameter that a method does not have
    is refused; without, only noted in the log as Telegram itself would ignore it.
    `privacy` is the bot's privacy mode in groups. Lives in one event loop: its
    synchronous methods must be called from there.
    """

    def __init__(
        self,
        token: str = "42:sandbox",
        *,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        name: str = "Dialead",
        username: str = "dialead_bot",
        privacy: bool = False,
        strict: bool = True,
    ) -> None:
        self.token = token
        self.limits = Limits() if limits is None else limits
        bot = User(int(token.partition(":")[0]), name, username=username, is_bot=True)
        self.world = World(bot, self.limits, clock, privacy=privacy)
        self.webhook = Webhook(self.world)
        self.calls: list[Call] = []
        self.port = 0
        self.skew = 0.0
        """Seconds by which the Date of its answers is ahead."""
        self._strict = strict
        self._pace = Pace(self.limits, clock)
        self._faults = Faults()
        self._broken = False
        self._stopped = asyncio.Event()
        self._bell = asyncio.Event()
        self.subscribe(lambda _: self._ring())
        self._server: web.Server | None = None
        self._listener: asyncio.Server | None = None

    # --- running -----------------------------------------------------------

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes any free one."""
        self._stopped.clear()
        self._server = web.Server(self._handle, access_log=None)
        await self._listen(port)

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        self._stopped.set()
        self.world.updates.terminate()
        self._deafen()
        await self.webhook.stop()
        if self._server is not None:
            await self._server.shutdown(0.1)
            self._server = None

    async def until(self, look: Callable[[], Found], timeout: float = 10.0) -> Found:
        """Wait until `look()` finds something true, looking at every change and every call.

        Raises TimeoutError after `timeout` seconds.
        """
        async with asyncio.timeout(timeout):
            while not (found := look()):
                await self._bell.wait()
        return found

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def bot_id(self) -> int:
        """The bot's own user id."""
        return self.world.bot.id

    # --- failing -----------------------------------------------------------

    def fail(
        self,
        method: str,
        fault: Fault,
        *,
        times: int = 1,
        chat: int | None = None,
        seconds: float = 0.0,
        description: str = "",
        retry_after: int | None = None,
        applied: bool = False,
    ) -> None:
        """Let the next `times` calls of a method (negative: all from now on) go wrong.

        `chat` narrows it to calls that name this chat. `seconds` is for SLOW,
        `retry_after` for TOO_MANY, `description` for the refusals. `applied` carries
        the call out before it goes wrong.
        """
        self._faults.plan(
            Planned(method.lower(), fault, times, chat, seconds, description, retry_after, applied)
        )

    def fail_all(self, fault: Fault, *, times: int = -1, **how: Any) -> None:
        """The same for every method, until `heal`."""
        self.fail(EVERY, fault, times=times, **how)

    def heal(self) -> None:
        """Let everything go right again."""
        self._faults.clear()

    async def outage(self, on: bool, *, refuse: bool = True) -> None:
        """The whole server is away: it refuses connections, or answers every call with a 502."""
        if on and refuse:
            self._deafen()
        elif on:
            self._broken = True
        else:
            self._broken = False
            if self._listener is None:
                await self._listen(self.port)

    # --- inside ------------------------------------------------------------

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()

    async def _listen(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        assert self._server is not None
        self._listener = await loop.create_server(self._server, "127.0.0.1", port, backlog=1024)
        self.port = self._listener.sockets[0].getsockname()[1]

    def _deafen(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._server is not None:
            for connection in list(self._server.connections):
                if connection.transport is not None:
                    connection.transport.abort()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if is_from_a_page(request):
            return web.Response(status=403)
        if self._broken:
            return _page(_HTML, 502)
        path = request.path.removeprefix("/")
        if path.startswith("file/bot"):
            return self._download(path.removeprefix("file/bot"))
        token, _, name = path.removeprefix("bot").partition("/")
        if not path.startswith("bot") or ":" not in token:
            return _json(Refusal(404, "Not Found").body(), 404)
        call = Call(self.world.clock(), name, {})
        self.calls.append(call)
        self._ring()
        try:
            return await self._answer(request, token, call)
        except Refusal as refusal:
            call.status, call.description = refusal.code, refusal.description
            return _json(refusal.body(), refusal.code)
        finally:
            self._ring()

    async def _answer(self, request: web.BaseRequest, token: str, call: Call) -> web.StreamResponse:
        raw, uploads = await read_body(request, self.limits.upload + _OVERHEAD)
        call.params = {key: _summary(value) for key, value in raw.items()}
        if token != self.token:
            raise Refusal(401, "Unauthorized")
        name = _NAMES.get(call.method.lower())
        if name is None:
            raise Refusal(404, "Not Found")
        call.method = name
        planned = self._faults.take(name, call.chat_id)
        if planned is not None:
            return await self._go_wrong(request, planned, call, raw, uploads)
        reply = _json({"ok": True, "result": await self._run(call, raw, uploads)})
        reply.headers["Date"] = formatdate(time.time() + self.skew, usegmt=True)
        return reply

    async def _go_wrong(
        self,
        request: web.BaseRequest,
        planned: Planned,
        call: Call,
        raw: dict[str, Any],
        uploads: dict[str, Media],
    ) -> web.StreamResponse:
        call.fault = planned.fault.value
        body: dict[str, Any] = {"ok": True, "result": None}
        if planned.done_first:
            body["result"] = await self._run(call, raw, uploads)
        if refusal := planned.refusal():
            raise refusal
        if planned.fault is Fault.SLOW:
            await asyncio.sleep(planned.seconds)
            if not planned.done_first:
                body["result"] = await self._run(call, raw, uploads)
            return _json(body)
        if planned.fault is Fault.HANG:
            await self._stopped.wait()
        answer = _spoilt(planned.fault, body)
        call.status = 0 if answer is None else answer.status
        return _dropped(request) if answer is None else answer

    async def _run(self, call: Call, raw: dict[str, Any], uploads: dict[str, Media]) -> Any:
        self._check_names(call, raw, uploads)
        self._check_sizes(uploads)
        args = read(call.method, raw, uploads)
        if call.method == "getUpdates":
            result = await self._get_updates(args)
        elif call.method in self._hooks:
            result = self._hooks[call.method](args)
        else:
            weight = methods.weight(call.method, args)
            if weight is not None:
                self._pace.count(call.chat_id, weight)
            result = self._carry_out(call.method, args, uploads)
        call.applied, call.status, call.result = True, 200, result
        return result

    def _carry_out(self, name: str, args: dict[str, Any], uploads: dict[str, Media]) -> Any:
        try:
            return methods.run(self.world, name, args, uploads)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # JSON of a shape that the method does not know; the log shows what it stumbled over
            raise bad_request(f"can't parse {name} parameters: {error!r}") from error

    @property
    def _hooks(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            "setWebhook": self.webhook.set,
            "deleteWebhook": self.webhook.delete,
            "getWebhookInfo": lambda _: self.webhook.info(),
        }

    async def _get_updates(self, args: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook.url:
            raise conflict(_WEBHOOK_ACTIVE)
        updates = self.world.updates
        if "allowed_updates" in args:
            updates.allowed = tuple(args["allowed_updates"] or ())
        return await updates.poll(
            args.get("offset", 0), args.get("limit", 100), args.get("timeout", 0)
        )

    def _check_names(self, call: Call, raw: dict[str, Any], uploads: dict[str, Media]) -> None:
        unknown = raw.keys() - PARAMETERS[call.method].keys() - uploads.keys()
        call.warnings = [f"{call.method} has no parameter {name}" for name in sorted(unknown)]
        if unknown and self._strict:
            raise bad_request(call.warnings[0])

    def _check_sizes(self, uploads: dict[str, Media]) -> None:
        if any(upload.bytes > self.limits.upload for upload in uploads.values()):
            raise Refusal(413, "Request Entity Too Large")

    def _download(self, path: str) -> web.StreamResponse:
        token, _, name = path.partition("/")
        if token != self.token:
            return _json(Refusal(401, "Unauthorized").body(), 401)
        file = self.world.files.at(name)
        if file is None:
            return _json(Refusal(404, "Not Found").body(), 404)
        return web.Response(body=file.media.data, content_type="application/octet-stream")


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    data = text.encode("utf-8", "backslashreplace")  # half a surrogate pair as JSON escapes it
    return web.Response(body=data, status=status, content_type="application/json")


def _page(text: str, status: int, kind: str = "text/html") -> web.Response:
    return web.Response(text=text, status=status, content_type=kind)


def _spoilt(fault: Fault, body: dict[str, Any]) -> web.Response | None:
    """The answer that a proxy or a broken server gives; None when none comes."""
    if fault is Fault.TRUNCATED_JSON:
        text = json.dumps(body)
        return _page(text[: len(text) // 2], 200, "application/json")
    if fault is Fault.SERVER_ERROR:
        return _json({"ok": False, "error_code": 500}, 500)
    return _page(_HTML, 502) if fault is Fault.HTML_502 else None


def _dropped(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _summary(value: Any) -> Any:
    return str(value) if isinstance(value, Media) else value
