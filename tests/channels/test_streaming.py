"""Files pass through in pieces: whatever their size, little of them is in memory at a time."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from aiohttp import ClientTimeout, web

from bot.channels.telegram import TelegramChannel
from bot.channels.vk import files
from bot.channels.vk.connections import stream_session
from bot.channels.vk.files import open_file, upload
from bot.messages import Attachment, AttachmentKind, Download, Failure, FileError, Post, SendError
from tests.channels.adapters import TelegramSettings

MEGABYTE = 2**20
SIZE = 40 * MEGABYTE
AT_ONCE = 6 * MEGABYTE  # buffers of connections on both sides, and the test's own


async def pieces() -> AsyncIterator[bytes]:
    """A file that nobody ever has as a whole."""
    for _ in range(SIZE // 65536):
        yield bytes(65536)


@asynccontextmanager
async def film(_: Attachment) -> AsyncIterator[Download]:
    """The same, opened."""
    yield Download("film.mp4", SIZE, pieces())


async def swallow(request: web.Request) -> web.Response:
    """Take a file of any size and keep nothing of it."""
    passed = 0
    async for piece in request.content.iter_any():
        passed += len(piece)
    assert passed > SIZE
    return web.json_response({"ok": True, "result": {"message_id": 1}, "file": "f"})


async def give(request: web.Request) -> web.StreamResponse:
    """Give a file of any size."""
    response = web.StreamResponse()
    response.content_length = SIZE
    await response.prepare(request)
    async for piece in pieces():
        await response.write(piece)
    return response


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """The address of both."""
    app = web.Application(client_max_size=2 * SIZE)
    app.router.add_post("/{path:.*}", swallow)
    app.router.add_get("/{path:.*}", give)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    yield f"http://{host}:{port}"
    await runner.cleanup()


@pytest.fixture
async def deaf() -> AsyncIterator[str]:
    """The address of a server that takes what goes up as slowly as a thin line does."""
    closing = asyncio.Event()

    async def wait(request: web.Request) -> web.Response:
        for _ in range(40):
            await request.content.readany()
        await closing.wait()
        return web.Response(status=500)

    app = web.Application()
    app.router.add_post("/{path:.*}", wait)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    yield f"http://{host}:{port}"
    closing.set()
    await runner.cleanup()


@contextmanager
def little_memory() -> Iterator[None]:
    """What happens inside never needs more than a piece of the file."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < AT_ONCE
    finally:
        tracemalloc.stop()


FILM = Attachment(AttachmentKind.VIDEO, "elsewhere", name="film.mp4", size=SIZE)


async def test_a_large_file_goes_up_to_telegram_piece_by_piece(server: str) -> None:
    channel = TelegramChannel("telegram", TelegramSettings("1:token", server))
    with little_memory():
        sent = await channel.send(Post("101", attachments=(FILM,)), film)
    await channel.close()
    assert sent.message_ids == ("1",)


async def test_a_file_for_which_the_connection_is_too_slow_is_too_large(
    deaf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried again it would fail again, and hold up the chat each time."""
    monkeypatch.setattr("bot.channels.telegram.send.UPLOAD_SECONDS", 0.3)
    channel = TelegramChannel("telegram", TelegramSettings("1:token", deaf))
    with pytest.raises(FileError) as caught:
        await channel.send(Post("101", attachments=(FILM,)), film)
    await channel.close()
    assert caught.value.failure is Failure.TOO_LARGE


class Api:
    """VK's methods around an upload."""

    def __init__(self, server: str) -> None:
        self._server = server

    async def call(self, method: str, _: Any) -> Any:
        """Where to upload, and what became of it."""
        if method == "docs.getMessagesUploadServer":
            return {"upload_url": f"{self._server}/upload"}
        return {"type": "doc", "doc": {"owner_id": -7, "id": 5}}


async def test_a_large_file_goes_up_to_vk_piece_by_piece(server: str) -> None:
    async with stream_session("") as http:
        with little_memory():
            ref = await upload(Api(server), http, "101", FILM, film)  # type: ignore[arg-type]
    assert ref == "doc-7_5"


async def test_a_file_that_vk_does_not_take_in_time_is_too_large(
    deaf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_PATIENCE_UP", ClientTimeout(total=0.3))
    async with stream_session("") as http:
        with pytest.raises(SendError) as caught:
            await upload(Api(deaf), http, "101", FILM, film)  # type: ignore[arg-type]
    assert caught.value.failure is Failure.TOO_LARGE


async def test_a_large_file_comes_down_from_vk_piece_by_piece(server: str) -> None:
    passed = 0
    document = Attachment(AttachmentKind.DOCUMENT, "vk", url=f"{server}/file")
    async with stream_session("") as http:
        with little_memory():
            async with open_file(http, document) as download:
                async for piece in download.chunks:
                    passed += len(piece)
    assert passed == SIZE
