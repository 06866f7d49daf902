"""A process among several that stood still: what it was about to send may be another's by now."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import leading
from tests.cast import ANNA
from tests.leaping import LeapingLoop
from tests.plays.play import Play

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.mark.one_process("it makes the one that sends stand still")
async def test_what_was_claimed_before_it_stood_still_is_claimed_anew(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "EVERY", 1.0)
    monkeypatch.setattr(leading, "LASTS", 10.0)
    product = await play.start()
    sender = await play.until(lambda: product.duties.senders.get("telegram"))
    draw, drawn = sender._caller._render, []

    async def stand_still_once(*asked: Any) -> Any:
        face = await draw(*asked)
        drawn.append(len(play.team("#1")))
        if len(drawn) == 1:
            stand_still()
        return face

    monkeypatch.setattr(sender._caller, "_render", stand_still_once)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    await play.quiet()
    assert len(drawn) > 1, "what was claimed before was sent"
    assert not any(drawn)
    assert len(play.team("#1")) == 1


def stand_still() -> None:
    """For longer than others wait until they go on without it; nothing happens meanwhile."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, LeapingLoop)
    loop.ahead += leading.LASTS + 1
