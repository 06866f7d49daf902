"""SIGKILL in bursts on both messengers: nothing is lost, nothing doubled, everybody is told."""

from __future__ import annotations

from pathlib import Path

from tests.crash.reckoning import reckon
from tests.crash.storm import EVERYWHERE, drain, seeded, storm, table
from tests.crash.ward import a_ward


async def test_kills_at_every_point_lose_and_double_nothing(
    tmp_path: Path, database_url: str
) -> None:
    number = 20 if database_url.startswith("sqlite") else len(EVERYWHERE)
    async with a_ward(tmp_path, database_url) as ward:
        load = seeded(ward, number)
        kills = await storm(ward, load, number)
        await drain(ward, load)
        result = await reckon(ward, load)
    print(f"\n{table(kills)}\n{result}")
    assert result.faults == []
    assert sum(kill.waiting.inbox > 0 for kill in kills) >= number // 4
    assert sum(kill.waiting.outbox + kill.waiting.cards > 0 for kill in kills) >= number // 4
