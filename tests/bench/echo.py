"""A bare aiogram bot that says again what it is told and keeps nothing: what any bot costs."""

from __future__ import annotations

import asyncio
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message


async def main() -> None:
    """Poll the server of ECHO_URL with the token of ECHO_TOKEN until stopped."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["ECHO_URL"]))
    bot = Bot(os.environ["ECHO_TOKEN"], session=session)
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def say_again(message: Message) -> None:
        await message.answer(message.text or "")

    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
