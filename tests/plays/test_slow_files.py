"""A file whose host is dead or slow: nobody else waits for it, nor for long what was said after."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.delivery import transfer
from bot.messages import Download, FileError
from bot.sandbox.vk.attachments import Document
from tests.cast import ANNA, PABLO
from tests.leaping import leaping
from tests.plays.play import Play

DEAD = "dead"
SLOW = "slow"


@asynccontextmanager
async def a_host() -> AsyncIterator[str]:
    """A host of files, of which one breaks off at once and one has a byte, and then another..."""
    closing = asyncio.Event()

    async def give(request: web.Request) -> web.StreamResponse:
        if request.path.endswith(DEAD):
            return web.Response(status=502)
        response = web.StreamResponse()
        response.content_length = 1000
        await response.prepare(request)
        await response.write(b"%")
        await closing.wait()
        return response

    app = web.Application()
    app.router.add_get("/{path:.*}", give)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield "http://{}:{}".format(*runner.addresses[0])
    finally:
        closing.set()
        await runner.cleanup()


@pytest.mark.one_process("it measures for how long others wait, and a death is waited for too")
@pytest.mark.parametrize("how", [DEAD, SLOW])
async def test_a_file_that_does_not_come_holds_up_nobody(play: Play, how: str) -> None:
    """It is tried for some minutes; then the team is told, and what was said after it is shown."""
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Hello")
    await play.card(1)
    await play.quiet()
    began = asyncio.get_running_loop().time()
    async with a_host() as host:
        play.vk.write(ANNA, "A first plan", attachments=[Document(b"%PDF", "first.pdf")])
        event = copy.deepcopy(play.vk.events[-1])
        message = event["object"]["message"]
        message |= {"text": "The plan", "conversation_message_id": 99}
        message["attachments"][0]["doc"] |= {"url": f"{host}/{how}", "title": "plan.pdf"}
        play.vk.inject(event | {"event_id": how})
        play.vk.write(ANNA, "And when can you come?")
        play.telegram.write(PABLO, PABLO, "Somebody else")
        await play.card(2, "Somebody else")
        assert asyncio.get_running_loop().time() - began < transfer.WAITING + 5
        await play.telegram.until(lambda: play.team("when can you come"), timeout=3600)
    assert asyncio.get_running_loop().time() - began < 1200
    told = await play.shown("Could not be shown")
    assert told.text.startswith("Anna")
    assert "The plan" in told.text
    assert "plan.pdf" in told.text
    await play.quiet()


async def test_a_large_file_may_take_long_as_long_as_it_comes() -> None:
    with leaping():
        assert await taken(transfer.SPEED, pause=0.9) == 100 * transfer.SPEED
        with pytest.raises(FileError, match="slowly"):
            await taken(transfer.SPEED, pause=1.3)


async def taken(size: int, pause: float) -> int:
    """How many bytes come of a hundred pieces of this size, each after a pause of seconds."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Download]:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(100):
                await asyncio.sleep(pause)
                yield bytes(size)

        yield Download("film.mp4", None, chunks())

    async with transfer.timely(opened()) as download:
        return sum([len(one) async for one in download.chunks])
