"""Files passing through in pieces: down from Telegram, and up to it from any channel."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePosixPath

import aiohttp

from bot.channels.telegram.client import Client
from bot.channels.telegram.errors import NETWORK_ERRORS
from bot.messages import Attachment, Download, Failure, SendError

DOWNLOAD_BYTES = 20 * 1024 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024
PHOTO_BYTES = 10 * 1024 * 1024  # a larger picture goes as a document


@asynccontextmanager
async def open_file(client: Client, attachment: Attachment) -> AsyncIterator[Download]:
    """Open a file of Telegram's for streaming; SendError TOO_LARGE above 20 MB."""
    _check_size(attachment.size, DOWNLOAD_BYTES)
    file = await client.ask("getFile", {"file_id": attachment.ref})
    path, size = str(file.get("file_path") or ""), file.get("file_size")
    _check_size(size, DOWNLOAD_BYTES)
    try:
        async with client.get_file(path) as response:
            _check_status(response.status)
            name = attachment.name or PurePosixPath(path).name
            yield Download(name, size or response.content_length, _chunks(response))
    except NETWORK_ERRORS as error:
        # Not chained: the error holds the address with the token in it.
        raise _cut_short(error) from None


class Upload:
    """An opened file on its way up; `failure` is why its bytes ended early, if they did.

    Until it is `whole` at Telegram nothing is sent, whatever became of the connection.
    """

    def __init__(self, download: Download, name: str) -> None:
        _check_size(download.size, UPLOAD_BYTES)
        self.size = download.size
        self.filename = _harmless(download.name or name)
        self._chunks = download.chunks
        self.failure: SendError | None = None
        self.passed = 0  # bytes
        self.whole = False

    async def read(self) -> AsyncGenerator[bytes, None]:
        """The bytes as they come; raises, so that no half of a file is taken for a whole."""
        try:
            async for chunk in self._chunks:
                self.passed += len(chunk)
                _check_size(self.passed, UPLOAD_BYTES)
                yield chunk
            self.whole = True
        except Exception as error:  # whatever the other channel raises, the upload ends here
            self.failure = error if isinstance(error, SendError) else _cut_short(error)
            raise


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in response.content.iter_chunked(64 * 1024):
            yield chunk
    except NETWORK_ERRORS as error:
        raise _cut_short(error) from None


def _cut_short(error: Exception) -> SendError:
    """To read a file once more is always harmless."""
    return SendError(Failure.TRANSIENT, f"the file's transfer broke: {type(error).__name__}")


def _check_size(size: int | None, limit: int) -> None:
    if size is not None and size > limit:
        raise SendError(Failure.TOO_LARGE, f"the file is over {limit // 2**20} MB")


def _check_status(status: int) -> None:
    if status == 404:
        raise SendError(Failure.REFUSED, "the file is no longer there")
    if status != 200:
        raise SendError(Failure.TRANSIENT, f"the file's transfer broke: HTTP {status}")


def _harmless(name: str) -> str:
    """A name that fits into a header: without control characters, quotes and folders."""
    kept = "".join(one for one in name if one.isprintable() and one not in '"\\/')
    return kept.encode("utf-8", "replace").decode()[-120:] or "file"
