"""The sandbox as a whole, its page, and a client for what the page is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.stage import Stage
from tests.sandbox.stage_client import Page, TelegramBot, VkBot, open_page


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The sandbox, started."""
    stage = Stage("en", 0)
    await stage.start()
    yield stage
    await stage.stop()


@pytest.fixture
async def page(stage: Stage) -> AsyncIterator[Page]:
    """One visitor's page."""
    async with open_page(stage) as page:
        yield page


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client of its own."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def telegram(stage: Stage, http: aiohttp.ClientSession) -> TelegramBot:
    """The stage's bot."""
    return TelegramBot(stage, http)


@pytest.fixture
def vk(stage: Stage, http: aiohttp.ClientSession) -> VkBot:
    """The stage's community."""
    return VkBot(stage, http)
