"""The page's server: its files, the people's pictures and one WebSocket, for this machine only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from bot.sandbox.scene import Scene
from bot.sandbox.visit import Visit
from bot.sandbox.words import words

LARGEST_FILE = 9 * 2**20  # bytes, as the page says when a file is larger

_PAGE = Path(__file__).with_name("page")
_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_PICTURES = {
    b"\x89PNG\r\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Pages:
    """Serves the page of one scene on 127.0.0.1."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._runner: web.AppRunner | None = None
        self._sockets: set[web.WebSocketResponse] = set()
        self.url = ""

    async def start(self, port: int) -> None:
        """Listen; port 0 takes a free one. OSError when the port is taken."""
        app = web.Application(middlewares=[_guarded])
        app.router.add_get("/", self._index)
        app.router.add_get("/page/{name}", self._file)
        app.router.add_get("/words/{language}", self._words)
        app.router.add_get("/files/telegram/{id}", self._telegram_file)
        app.router.add_get("/files/vk/{id}", self._vk_file)
        app.router.add_get("/talk", self._talk)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close every page's connection and stop listening."""
        for socket in tuple(self._sockets):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _index(self, request: web.Request) -> web.Response:
        return _served("index.html")

    async def _file(self, request: web.Request) -> web.Response:
        return _served(request.match_info["name"])

    async def _words(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(words(request.match_info["language"]))
        except ValueError as error:
            raise web.HTTPNotFound from error

    async def _telegram_file(self, request: web.Request) -> web.Response:
        file = self._scene.telegram.world.files.find(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        return _content(file.media.data, file.path)

    async def _vk_file(self, request: web.Request) -> web.Response:
        file = self._scene.vk.community.files.open(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        return _content(file.data, file.name)

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=LARGEST_FILE * 2, heartbeat=30)
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await Visit(self._scene, socket).stay()
        finally:
            self._sockets.discard(socket)
        return socket


@web.middleware
async def _guarded(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Refuse what another site's page sends here, by its name or by its origin."""
    transport = request.transport
    port = transport.get_extra_info("sockname")[1] if transport else 0
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    origin = request.headers.get("Origin")
    if request.host not in hosts:
        raise web.HTTPForbidden(text="this page answers to 127.0.0.1 and localhost only")
    if origin is not None and origin != f"http://{request.host}":
        raise web.HTTPForbidden(text="another site's page may not act here")
    response = await handler(request)
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response


def _served(name: str) -> web.Response:
    path = _PAGE / name
    kind = _TYPES.get(path.suffix)
    if kind is None or path.parent != _PAGE or not path.is_file():
        raise web.HTTPNotFound
    return web.Response(body=path.read_bytes(), content_type=kind, charset="utf-8")


def _content(data: bytes, name: str) -> web.Response:
    """A person's file: shown only when it is a picture by its content, else to be saved."""
    kind = next((kind for start, kind in _PICTURES.items() if data.startswith(start)), None)
    if kind is not None:
        return web.Response(body=data, content_type=kind)
    saved = "".join(
        c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in Path(name).name
    )
    disposition = {"Content-Disposition": f'attachment; filename="{saved}"'}
    return web.Response(body=data, content_type="application/octet-stream", headers=disposition)
