"""Files out of VK and into it, streamed: nothing is ever held in memory as a whole."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import aiohttp
from python_socks import ProxyError

from bot.channels.vk.api import Api
from bot.channels.vk.attachments import reference
from bot.channels.vk.connections import InsideAddress
from bot.channels.vk.errors import VkError, from_status, usual_form
from bot.messages import Attachment, AttachmentKind, Download, Failure, OpenFile, SendError

PHOTO_LIMIT = 50 * 1024 * 1024  # bytes
DOCUMENT_LIMIT = 200 * 1024 * 1024  # bytes

_CHUNK = 64 * 1024  # bytes
_PATIENCE = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
_PATIENCE_UP = aiohttp.ClientTimeout(total=300, sock_connect=10, sock_read=60)
_LARGE = 1024 * 1024  # bytes; what is smaller went up in vain for another reason
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError, ProxyError)
_NOT_FILES = frozenset({AttachmentKind.LINK, AttachmentKind.POLL, AttachmentKind.LOCATION})


@asynccontextmanager
async def open_file(http: aiohttp.ClientSession, attachment: Attachment) -> AsyncIterator[Download]:
    """The attachment's bytes from where VK keeps them. Raises SendError."""
    if attachment.kind in _NOT_FILES or not attachment.url.startswith(("https://", "http://")):
        raise VkError(Failure.REFUSED, f"a VK {attachment.kind} is no file")
    try:
        response = await http.get(attachment.url, timeout=_PATIENCE)
    except (ValueError, aiohttp.NonHttpUrlClientError):  # also where aiohttp counts them as broken
        raise VkError(Failure.REFUSED, "a VK file without a usable address") from None
    except _BROKEN as error:
        if isinstance(getattr(error, "os_error", None), InsideAddress):
            raise VkError(Failure.REFUSED, "a VK file in our own network") from None
        raise _broken("opening a file", error) from None
    async with response:
        if response.status != 200:
            raise from_status(response.status, "a VK file")
        name = attachment.name or _name(attachment.url)
        yield Download(name, response.content_length, _chunks(response))


async def upload(
    api: Api,
    http: aiohttp.ClientSession,
    peer_id: str,
    attachment: Attachment,
    open_elsewhere: OpenFile,
) -> str:
    """Bring a file of another channel to VK for this peer; its reference. Raises SendError."""
    async with open_elsewhere(attachment) as download:
        if attachment.kind is AttachmentKind.PHOTO:
            return await _photo(api, http, peer_id, download)
        return await _document(api, http, peer_id, attachment, download)


async def _photo(api: Api, http: aiohttp.ClientSession, peer_id: str, download: Download) -> str:
    _check_size(download, PHOTO_LIMIT)
    url = await _upload_url(api, "photos.getMessagesUploadServer", {"peer_id": peer_id})
    name = download.name if "." in download.name else f"{download.name or 'photo'}.jpg"
    answer = await _post(http, url, "photo", name, download)
    if not answer.get("photo") or answer["photo"] == "[]":
        raise VkError(Failure.REFUSED, "VK cannot read the photo")
    saved = {key: answer.get(key) for key in ("photo", "server", "hash")}
    photos = await api.call("photos.saveMessagesPhoto", saved)
    with usual_form("photos.saveMessagesPhoto"):
        return reference("photo", photos[0])


async def _document(
    api: Api,
    http: aiohttp.ClientSession,
    peer_id: str,
    attachment: Attachment,
    download: Download,
) -> str:
    _check_size(download, DOCUMENT_LIMIT)
    kind = "audio_message" if attachment.kind is AttachmentKind.VOICE else "doc"
    place = {"type": kind, "peer_id": peer_id}
    url = await _upload_url(api, "docs.getMessagesUploadServer", place)
    name = attachment.name or download.name or "file"
    answer = await _post(http, url, "file", name, download)
    if not answer.get("file"):
        raise VkError(Failure.REFUSED, "VK does not take a file of this kind")
    saved = await api.call("docs.save", {"file": answer["file"], "title": name})
    with usual_form("docs.save"):
        return reference(saved["type"], saved[saved["type"]])


async def _upload_url(api: Api, method: str, params: dict[str, str]) -> str:
    answer = await api.call(method, params)
    with usual_form(method):
        return str(answer["upload_url"])


def _check_size(download: Download, limit: int) -> None:
    if download.size is not None and download.size > limit:
        raise VkError(Failure.TOO_LARGE, f"the file is over VK's {limit // 1024 // 1024} MB")


async def _post(
    http: aiohttp.ClientSession, url: str, field: str, name: str, download: Download
) -> dict[str, Any]:
    """Upload as a form of one file; VK's JSON answer.

    The form is written by hand because aiohttp's own has no length when its part is a
    stream, and upload servers are known to refuse bodies without one.
    """
    boundary = secrets.token_hex(16)
    head, tail = _frame(boundary, field, name)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    if download.size is not None:
        headers["Content-Length"] = str(len(head) + download.size + len(tail))
    body = _form(head, download, tail)
    try:
        async with http.post(url, data=body, headers=headers, timeout=_PATIENCE_UP) as response:
            if response.status != 200:
                raise from_status(response.status, "a VK upload")
            answer = json.loads(await response.read())
    except _BROKEN as error:
        if isinstance(error.__cause__, SendError):  # the file's own channel failed
            raise error.__cause__ from None
        raise _not_uploaded(error, download.size or 0) from None
    except ValueError:
        raise VkError(Failure.TRANSIENT, "an unreadable answer to a VK upload") from None
    if not isinstance(answer, dict):
        raise VkError(Failure.TRANSIENT, "an unreadable answer to a VK upload")
    return answer


def _not_uploaded(error: Exception, size: int) -> SendError:
    """With all its time over it would be so again, each time as long, while the chat waits."""
    over = isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ServerTimeoutError)
    if over and size >= _LARGE:
        return VkError(Failure.TOO_LARGE, "the file is too large for this connection")
    return _broken("an upload", error)


def _frame(boundary: str, field: str, name: str) -> tuple[bytes, bytes]:
    safe = "".join("_" if char in '"\\\r\n' else char for char in name)
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{field}"; filename="{safe}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode(errors="replace"), f"\r\n--{boundary}--\r\n".encode()


async def _form(head: bytes, download: Download, tail: bytes) -> AsyncIterator[bytes]:
    yield head
    passed = 0
    async for chunk in download.chunks:
        passed += len(chunk)
        yield chunk
    if download.size is not None and passed != download.size:
        raise VkError(Failure.TRANSIENT, "the file came with another size than announced")
    yield tail


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in response.content.iter_chunked(_CHUNK):
            yield chunk
    except _BROKEN as error:
        raise _broken("reading a file", error) from None


def _name(url: str) -> str:
    return unquote(PurePosixPath(urlsplit(url).path).name)


def _broken(what: str, error: Exception) -> VkError:
    return VkError(Failure.TRANSIENT, f"VK broke off {what} ({type(error).__name__})")
