"""Processes on one PostgreSQL that work by different settings: both say so, and work on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from bot.product import Product
from bot.web.health import ready
from tests.cast import ANNA
from tests.databases import Cluster
from tests.leaping import leaping
from tests.plays.play import Play, a_play, another

Logs = list[MutableMapping[str, Any]]


@pytest.fixture
async def play(tmp_path: Path, postgres: Cluster) -> AsyncIterator[Play]:
    """A play on a PostgreSQL which another process may join."""
    url = await postgres.lend()
    with leaping():
        async with a_play(tmp_path, url) as opened:
            yield opened
    await postgres.take_back(url)


def said(logs: Logs, event: str) -> list[tuple[Any, Any]]:
    """Who said it, and of whom."""
    return [(one["process"], one.get("others")) for one in logs if one["event"] == event]


async def page(product: Product) -> tuple[int, str]:
    """What `/readyz` answers."""
    asked = ready(product.database, list, product.leading.remarks)
    answer = await asked(make_mocked_request("GET", "/readyz"))
    return answer.status, str(getattr(answer, "text", ""))


async def test_two_whose_settings_differ_both_say_so_once_and_when_they_agree_again(
    play: Play,
) -> None:
    with capture_logs() as logs:
        product = await play.start()
        await play.until(lambda: product.leading.process)
        first = product.leading.process
        async with another(play, deadlines={"take": "PT9M"}) as other:
            await play.until(lambda: len(said(logs, "settings_differ")) == 2)
            second = other.leading.process
            assert sorted(said(logs, "settings_differ")) == [(first, [second]), (second, [first])]
            told = f"ok\nsettings: process {first} has others than {second}"
            assert await page(product) == (200, told)
            play.telegram.write(ANNA, ANNA, "Hello")
            await play.card(1, "Hello")
            await asyncio.sleep(3)  # some beats
            assert len(said(logs, "settings_differ")) == 2
        await play.until(lambda: said(logs, "settings_agree"))
        assert said(logs, "settings_agree") == [(first, None)]
        assert await page(product) == (200, "ok")


async def test_two_that_differ_in_what_is_their_machines_own_agree(play: Play) -> None:
    with capture_logs() as logs:
        product = await play.start()
        await play.until(lambda: product.leading.process)
        async with another(play, log={"level": "debug"}, telegram={"per_second": 999}) as other:
            await play.until(lambda: other.leading.process)
            await asyncio.sleep(3)  # some beats
            assert other.leading.remarks() == product.leading.remarks() == []
        assert said(logs, "settings_differ") == []
