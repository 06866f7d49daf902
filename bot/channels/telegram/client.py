"""One bot token's HTTP session: calls go out and answers come back as plain JSON."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aiohttp
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.utils.token import TokenValidationError, validate_token

from bot.channels.telegram import errors
from bot.messages import Failure, SendError

CALL_SECONDS = 20
"""How long an ordinary call may take."""

Parameters = Mapping[str, Any]
"""A method's parameters, ready for JSON; those that are None are left out."""

_JSON = {"Content-Type": "application/json"}


class File(Protocol):
    """What goes up with a call."""

    filename: str

    def read(self) -> AsyncIterable[bytes]:
        """The bytes as they come."""


class Client:
    """Makes calls under one token; every failure is a SendError.

    Of the library only the connection is used: its typed methods and answers cost more time
    than all the rest of a call, and turn a field newer than themselves into a failure.
    """

    def __init__(self, token: str, api_url: str, proxy: str) -> None:
        self.dated = ("", 0.0)
        """The newest answer's Date, and our clock in Unix seconds when it came."""
        self._token = token
        self._session = AiohttpSession(
            proxy=proxy or None, api=TelegramAPIServer.from_base(api_url), timeout=CALL_SECONDS
        )

    async def call(
        self,
        method: str,
        parameters: Parameters | None = None,
        *,
        files: Mapping[str, File] | None = None,
        seconds: float = CALL_SECONDS,
    ) -> Any:
        """Telegram's `result`; parameters name one of the `files` as attach://name."""
        self._assert_token()
        given = {name: one for name, one in (parameters or {}).items() if one is not None}
        try:
            status, content = await self._post(method, given, files or {}, seconds)
        except errors.NETWORK_ERRORS as error:
            # Not chained: the library's errors hold the address with the token in it.
            raise errors.broken(method, error) from None
        return _result(method, status, content)

    async def call_unless_same(self, method: str, parameters: Parameters) -> None:
        """A change; that it is so already is success."""
        try:
            await self.call(method, parameters)
        except SendError as error:
            if "not modified" not in str(error).lower().replace("_", " "):
                raise

    async def ask(self, method: str, parameters: Parameters | None = None) -> dict[str, Any]:
        """An object that Telegram tells of; to ask once more is always harmless."""
        result = await self._asked(method, parameters)
        if not isinstance(result, dict):
            raise SendError(Failure.TRANSIENT, f"{method}: no object")
        return result

    async def ask_all(self, method: str, parameters: Parameters) -> list[dict[str, Any]]:
        """The objects of a list that Telegram tells of."""
        result = await self._asked(method, parameters)
        if not (isinstance(result, list) and all(isinstance(one, dict) for one in result)):
            raise SendError(Failure.TRANSIENT, f"{method}: no list")
        return result

    @asynccontextmanager
    async def get_file(self, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """The open answer for a file's path as getFile told it."""
        session = await self._session.create_session()
        url = self._session.api.file_url(self._token, path)
        patience = aiohttp.ClientTimeout(sock_connect=10, sock_read=CALL_SECONDS)
        async with session.get(url, timeout=patience) as response:
            yield response

    async def close(self) -> None:
        """Close the session's connections."""
        await self._session.close()

    async def _asked(self, method: str, parameters: Parameters | None) -> Any:
        try:
            return await self.call(method, parameters)
        except SendError as error:
            if error.failure is Failure.AMBIGUOUS:
                raise SendError(Failure.TRANSIENT, str(error)) from None
            raise

    async def _post(
        self, method: str, given: dict[str, Any], files: Mapping[str, File], seconds: float
    ) -> tuple[int, bytes]:
        """The answer's status and bytes."""
        session = await self._session.create_session()
        url = self._session.api.api_url(self._token, method)
        patience = aiohttp.ClientTimeout(total=seconds)
        body = {"data": _form(given, files)} if files else {"data": _json(given), "headers": _JSON}
        async with session.post(url, timeout=patience, **body) as response:
            self.dated = (response.headers.get("Date", ""), time.time())
            return response.status, await response.read()

    def _assert_token(self) -> None:
        try:
            validate_token(self._token)
        except TokenValidationError:
            raise SendError(Failure.TOKEN, "the token is malformed") from None


def as_id(value: str) -> int:
    """A neutral id as Telegram's number; SendError REFUSED when it is none."""
    try:
        return int(value)
    except ValueError:
        raise SendError(Failure.REFUSED, "an id that is no number") from None


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _form(given: Mapping[str, Any], files: Mapping[str, File]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for name, value in given.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    for name, file in files.items():
        form.add_field(name, file.read(), filename=file.filename)
    return form


def _result(method: str, status: int, content: bytes) -> Any:
    """The answer's result; raises SendError when it has none."""
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if isinstance(answer, dict) and answer.get("ok") is True and status < 300:
        return answer.get("result")
    raise errors.refusal(method, status, answer)
