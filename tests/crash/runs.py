"""The product in a process of its own, forked by the nursery, one run after the other."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from dataclasses import asdict

from tests.crash import nursery
from tests.crash.child import Order


class Runs:
    """At most one run of the product at a time."""

    def __init__(self) -> None:
        self._nursery: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._pid = 0
        self._ended: asyncio.Task[int] | None = None

    async def run(self, order: Order) -> None:
        """Start the product; the run before it must have ended."""
        if self._nursery is None:
            self._nursery = await asyncio.open_unix_connection(nursery.address())
        self._nursery[1].write(json.dumps(asdict(order)).encode() + b"\n")
        self._pid = await self._heard("pid")
        self._ended = asyncio.create_task(self._heard("status"))

    async def kill(self) -> None:
        """SIGKILL, as a power cut would; nothing when it does not run."""
        if self.runs:
            self.signal(signal.SIGKILL)
        await self.ended()

    def terminate(self) -> None:
        """SIGTERM, as an operator's."""
        self.signal(signal.SIGTERM)

    def signal(self, number: signal.Signals) -> None:
        """Send it to the run."""
        os.kill(self._pid, number)

    async def ended(self) -> int:
        """The exit code of the run once it has ended, negative by which signal; 0 without one."""
        return await self._ended if self._ended is not None else 0

    async def dies_within(self, seconds: float) -> bool:
        """Whether it ends by itself in that time."""
        assert self._ended is not None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._ended), seconds)
        return not self.runs

    @property
    def runs(self) -> bool:
        """Whether the product runs now."""
        return self._ended is not None and not self._ended.done()

    async def close(self) -> None:
        """Kill what runs, leave the nursery."""
        await self.kill()
        if self._nursery is not None:
            self._nursery[1].close()
            await self._nursery[1].wait_closed()

    async def _heard(self, word: str) -> int:
        assert self._nursery is not None
        line = await self._nursery[0].readline()
        return int(json.loads(line)[word])
