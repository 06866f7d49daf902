"""VK through a proxy: methods, the long poll and files alike."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from bot.channels.vk import VkChannel
from bot.messages import Failure, SendError
from bot.sandbox.vk import Photo
from tests.channels.vk_place import ANNA, Settings, open_place

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None] | None]


class Socks:
    """A SOCKS5 proxy without passwords that counts whom it connected."""

    def __init__(self) -> None:
        self.connected = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            _, count = await reader.readexactly(2)
            await reader.readexactly(count)
            writer.write(b"\x05\x00")
            host, port = await self._target(reader)
            there_reader, there_writer = await asyncio.open_connection(host, port)
            self.connected += 1
            writer.write(b"\x05\x00\x00\x01" + bytes(6))
            back = asyncio.create_task(_pump(there_reader, writer))
            self._tasks.add(back)
            await _pump(reader, there_writer)
            await back
        writer.close()

    async def _target(self, reader: asyncio.StreamReader) -> tuple[str, int]:
        *_, kind = await reader.readexactly(4)
        if kind == 1:
            host = socket.inet_ntoa(await reader.readexactly(4))
        else:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        return host, int.from_bytes(await reader.readexactly(2), "big")


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[str]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"{host}:{port}"
    finally:
        server.close()


async def test_methods_and_files_go_through_socks() -> None:
    socks = Socks()
    async with listening(socks.serve) as proxy, open_place(proxy=f"socks5://{proxy}") as place:
        assert str(ANNA) in await place.channel.profiles([str(ANNA)])
        assert socks.connected == 1
        place.server.write(ANNA, attachments=[Photo(b"jpeg")])
        came = place.heard()
        async with place.channel.open_file(came.attachments[0]) as download:
            assert b"".join([chunk async for chunk in download.chunks]) == b"jpeg"
        assert socks.connected == 2


async def test_methods_go_through_an_http_proxy() -> None:
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        answer = b'{"response": [{"id": 111, "first_name": "Anna"}]}'
        head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(answer)}\r\n\r\n"
        writer.write(head.encode() + answer)
        await writer.drain()
        writer.close()

    async with listening(serve) as proxy:
        channel = VkChannel("vk", Settings("http://vk.example", proxy=f"http://{proxy}"))
        assert (await channel.profiles(["111"]))["111"].name == "Anna"
        await channel.close()
    assert asked == [b"POST http://vk.example/method/users.get HTTP/1.1"]


@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_a_proxy_that_is_down_means_certainly_not_sent(scheme: str) -> None:
    async with listening(lambda *_: None) as proxy:
        pass
    channel = VkChannel("vk", Settings("http://vk.example", proxy=f"{scheme}://{proxy}"))
    with pytest.raises(SendError) as failed:
        await channel.profiles(["111"])
    await channel.close()
    assert failed.value.failure is Failure.TRANSIENT
