"""One bot token's HTTP session: calls go out typed, answers come back as plain JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import Response, TelegramMethod
from aiogram.utils.token import TokenValidationError

from bot.channels.telegram import errors
from bot.messages import Failure, SendError

CALL_SECONDS = 20
"""How long an ordinary call may take."""


class Client:
    """Makes calls under one token; every failure is a SendError."""

    def __init__(self, token: str, api_url: str, proxy: str) -> None:
        self._token = token
        self._session = PlainSession(
            proxy=proxy or None, api=TelegramAPIServer.from_base(api_url), timeout=CALL_SECONDS
        )
        self._opened: Bot | None = None

    async def call(self, method: TelegramMethod[Any], seconds: int = CALL_SECONDS) -> Any:
        """Telegram's `result` as plain JSON."""
        bot = self._bot()
        try:
            return await bot(method, request_timeout=seconds)
        except errors.NETWORK_ERRORS as error:
            # Not chained: the library's errors hold the address with the token in it.
            raise errors.broken(method.__api_method__, error) from None

    async def ask(self, method: TelegramMethod[Any]) -> dict[str, Any]:
        """An object that Telegram tells of; to ask once more is always harmless."""
        result = await self._asked(method)
        if not isinstance(result, dict):
            raise SendError(Failure.TRANSIENT, f"{method.__api_method__}: no object")
        return result

    async def ask_all(self, method: TelegramMethod[Any]) -> list[dict[str, Any]]:
        """The objects of a list that Telegram tells of."""
        result = await self._asked(method)
        if not (isinstance(result, list) and all(isinstance(one, dict) for one in result)):
            raise SendError(Failure.TRANSIENT, f"{method.__api_method__}: no list")
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

    async def _asked(self, method: TelegramMethod[Any]) -> Any:
        try:
            return await self.call(method)
        except SendError as error:
            if error.failure is Failure.AMBIGUOUS:
                raise SendError(Failure.TRANSIENT, str(error)) from None
            raise

    def _bot(self) -> Bot:
        if self._opened is None:
            try:
                self._opened = Bot(self._token, session=self._session)
            except TokenValidationError:
                raise SendError(Failure.TOKEN, "the token is malformed") from None
        return self._opened


class PlainSession(AiohttpSession):
    """The library's session without its typed answers.

    An update or a sent message with a field newer than the library must not turn
    into a failure: of an answer the product keeps an id or two, and updates raw.
    """

    def check_response(
        self, bot: Bot, method: TelegramMethod[Any], status_code: int, content: str
    ) -> Response[Any]:
        """The answer's result, untouched; raises SendError when it has none."""
        try:
            answer = json.loads(content)
        except ValueError:
            answer = None
        if isinstance(answer, dict) and answer.get("ok") is True and status_code < 300:
            return Response[Any].model_construct(ok=True, result=answer.get("result"))
        raise errors.refusal(method.__api_method__, status_code, answer)


def as_id(value: str) -> int:
    """A neutral id as Telegram's number; SendError REFUSED when it is none."""
    try:
        return int(value)
    except ValueError:
        raise SendError(Failure.REFUSED, "an id that is no number") from None
