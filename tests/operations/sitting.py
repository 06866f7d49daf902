"""Somebody who sits before `main.py init` in a process of its own: reads, answers, interrupts."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from tests import warm

PATIENCE = 60.0  # seconds after which what should have been said was not


class Sitting:
    """The process, what it has said so far, and how far that was read."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.said = ""
        self._process = process
        self._read = 0

    async def hears(self, words: str) -> None:
        """Reads on until these words."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while (found := self.said.find(words, self._read)) < 0:
                more = await self._process.stdout.read(4096)
                assert more, f"{words!r} was never said, but: {self.said[self._read :]}"
                self.said += more.decode()
        self._read = found + len(words)

    def says(self, words: str = "") -> None:
        """Types an answer and Enter."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n".encode())

    async def answers(self, question: str, words: str = "") -> None:
        """Waits for a question and answers it."""
        await self.hears(question)
        self.says(words)

    async def interrupts(self) -> None:
        """Presses Ctrl-C, as people do: once the process waits, not in the instant before."""
        async with asyncio.timeout(PATIENCE):
            while not self._waits():
                await asyncio.sleep(0.01)
        self._process.send_signal(signal.SIGINT)

    def leaves(self) -> None:
        """Closes the input."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    async def end(self) -> int:
        """Reads all that is still said; the exit code."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            self.said += (await self._process.stdout.read()).decode()
            return await self._process.wait()

    def _waits(self) -> bool:
        told = Path(f"/proc/{self._process.pid}/stat")
        return not told.exists() or told.read_text().rpartition(") ")[2].startswith("S")


def sitting(folder: Path, *words: str, **environ: str) -> AbstractAsyncContextManager[Sitting]:
    """`main.py init` in a folder; whatever it complains of is among what it says."""
    return _before(warm.command(), folder, words, environ)


def sitting_with_ctrl_c(
    folder: Path, *words: str, **environ: str
) -> AbstractAsyncContextManager[Sitting]:
    """The same by an interpreter of its own, which can be interrupted."""
    return _before([sys.executable, str(warm.ROOT / "main.py")], folder, words, environ)


@asynccontextmanager
async def _before(
    main: Sequence[str], folder: Path, words: Sequence[str], environ: Mapping[str, str]
) -> AsyncIterator[Sitting]:
    process = await asyncio.create_subprocess_exec(
        *main,
        "init",
        *words,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONUTF8": "1", **environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield Sitting(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
