"""A stage for one story each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.faults.stage import Stage, a_stage
from tests.leaping import LeapingLoop

Story = Callable[[Stage], Awaitable[None]]


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[Story], None]:
    """Play a story on a stage of its own, on a leaping clock."""

    async def played(story: Story) -> None:
        async with a_stage(tmp_path, f"sqlite:///{tmp_path}/dialead.db") as stage:
            await story(stage)

    def told(story: Story) -> None:
        with asyncio.Runner(loop_factory=LeapingLoop) as runner:
            runner.run(played(story))

    return told
