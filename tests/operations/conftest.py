"""A set-up to be checked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.migrate import upgrade_at
from tests.cast import VERA
from tests.plays.play import Play, a_play


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    """Both messengers are set up well, and Vera has started the bot."""
    url = f"sqlite:///{tmp_path}/dialead.db"
    await upgrade_at(url)
    async with a_play(tmp_path, url) as opened:
        opened.telegram.started(VERA)
        yield opened
