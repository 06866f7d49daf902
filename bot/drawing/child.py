"""Running a program of this folder beside the product, whose memory and loop it does not touch."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PATIENCE = 300.0  # seconds
_KNOWN = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME", "SYSTEMROOT")


class NotDrawn(Exception):
    """The program failed or took too long; `str()` says how, with nothing of what it drew."""


async def picture(sheet: str) -> bytes:
    """The PNG of a sheet, see `bot.drawing.picture`."""

    async def once() -> AsyncIterator[str]:
        yield sheet

    return await _piped(("bot.drawing.picture",), once())


@asynccontextmanager
async def workbook(lines: AsyncIterator[str]) -> AsyncIterator[Path]:
    """The file of a table, see `bot.drawing.workbook`; it is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="dialead-") as folder:
        file = Path(folder) / "report.xlsx"
        await _piped(("bot.drawing.workbook", str(file)), lines)
        yield file


async def _piped(arguments: tuple[str, ...], pieces: AsyncIterator[str]) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *arguments,
        cwd=_ROOT,
        env=_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # a traceback may hold names
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            _, told = await asyncio.gather(_fed(process, pieces), _read(process))
            code = await process.wait()
    except TimeoutError:
        raise NotDrawn(f"{arguments[0]} took longer than {_PATIENCE:.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code:
        raise NotDrawn(f"{arguments[0]} ended with {code}")
    return told


async def _fed(process: asyncio.subprocess.Process, pieces: AsyncIterator[str]) -> None:
    """Piece by piece, no faster than it reads."""
    stream = process.stdin
    if stream is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError):  # it ended, and says why by its code
        async for piece in pieces:
            stream.write(piece.encode())
            await stream.drain()
    stream.close()


async def _read(process: asyncio.subprocess.Process) -> bytes:
    return await process.stdout.read() if process.stdout else b""


def _environment() -> dict[str, str]:
    """What a program needs to start, and no token."""
    known = {name: os.environ[name] for name in _KNOWN if name in os.environ}
    return {**known, "OPENBLAS_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}
