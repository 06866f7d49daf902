"""Killed around the commit of a post: the messenger posts it again, and it is handled once."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cast import ANNA, TEAM
from tests.crash.ward import Ward, a_ward
from tests.plays.posting import SECRET, TELEGRAM


class PostedWard(Ward):
    """Telegram posts its updates, VK is off."""

    port = 0

    def environment(self, **over: str) -> dict[str, str]:
        """See Ward.environment."""
        return super().environment(
            VK__TOKEN="",
            HTTP__PORT=str(self.port),
            TELEGRAM__MODE="webhook",
            TELEGRAM__WEBHOOK_URL=f"http://127.0.0.1:{self.port}{TELEGRAM}",
            TELEGRAM__WEBHOOK_SECRET=SECRET,
            **over,
        )

    @property
    def statuses(self) -> list[int]:
        """How each post was answered, 0 for not at all."""
        return [status for _, status in self.telegram.webhook.posts]

    def cards(self) -> list[str]:
        """The cards in the team's chat."""
        return [one.text for one in self.telegram.shown(TEAM) if "A window" in one.text]


@pytest.fixture
async def ward(tmp_path: Path, database_url: str) -> AsyncIterator[PostedWard]:
    """On each database."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        PostedWard.port = found.getsockname()[1]
    async with a_ward(tmp_path, database_url, PostedWard) as opened:
        assert isinstance(opened, PostedWard)
        yield opened


@pytest.mark.parametrize(("point", "kept"), [("accepting", 0), ("accepted", 1)])
async def test_a_death_around_the_commit_of_a_post_loses_and_doubles_nothing(
    ward: PostedWard, point: str, kept: int
) -> None:
    await ward.start(point)
    await ward.telegram.until(lambda: ward.telegram.webhook.url, timeout=60)
    ward.telegram.write(ANNA, ANNA, "A window")
    assert await ward.dies_within(60)
    assert [*await ward.ask("select count(*) from inbox where channel = 'telegram'")] == [(kept,)]
    assert 200 not in ward.statuses
    await ward.start()

    async def done() -> bool:
        return bool(ward.cards()) and 200 in ward.statuses and (await ward.waiting()).nothing

    await ward.until(done)
    await ward.kill()
    assert ward.statuses.count(200) == 1
    assert len(ward.cards()) == 1
    assert [*await ward.ask("select count(*) from leads")] == [(1,)]
