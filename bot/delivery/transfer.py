"""A file on its way from one messenger into another, for no longer than others can wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace

from bot.messages import Download, Failure, FileError, SendError

OPENING = 30.0  # seconds until it is there
WAITING = 20.0  # seconds that its bytes may be waited for, all pauses together, and
SPEED = 64 * 1024  # bytes that earn a second more


@asynccontextmanager
async def timely(file: AbstractAsyncContextManager[Download]) -> AsyncIterator[Download]:
    """The file opened, so that it comes in bounded time or fails; whatever fails is a FileError."""
    async with AsyncExitStack() as opened:
        try:
            async with asyncio.timeout(OPENING):
                download = await opened.enter_async_context(file)
        except TimeoutError:
            raise FileError(Failure.TRANSIENT, "the file does not open in time") from None
        except SendError as error:
            raise _of_the_file(error) from None
        yield replace(download, chunks=_timely(download.chunks))


async def _timely(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The bytes as they come; what is done with them in between takes its own time."""
    loop = asyncio.get_running_loop()
    left = WAITING
    while True:
        before = loop.time()
        try:
            async with asyncio.timeout(left):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise FileError(Failure.TRANSIENT, "the file comes too slowly") from None
        except SendError as error:
            raise _of_the_file(error) from None
        left -= loop.time() - before - len(chunk) / SPEED
        yield chunk


def _of_the_file(error: SendError) -> FileError:
    """Its own messenger's refusal says nothing of the chat and the token it was to go to."""
    if error.failure is Failure.TOO_LARGE:
        return FileError(Failure.TOO_LARGE, str(error))
    failure = Failure.REFUSED if error.permanent else Failure.TRANSIENT
    return FileError(failure, str(error))
