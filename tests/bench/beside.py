"""What benches start beside the local server: the product, and a bare aiogram bot to compare."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.telegram import Limits, TelegramServer
from tests.cast import BORIS, TEAM, VERA

ROOT = Path(__file__).parents[2]
FIRST = 10_000  # the first customer's id
_MEGABYTE = 1024


@asynccontextmanager
async def a_server(token: str = "42:sandbox") -> AsyncIterator[TelegramServer]:
    """A local server without limits, with a team's group."""
    server = TelegramServer(token, limits=Limits.none())
    await server.start()
    server.add_user(BORIS, "Boris")
    server.add_user(VERA, "Vera")
    server.add_group(TEAM, "Sales", admins=[VERA], members=[BORIS])
    try:
        yield server
    finally:
        await server.stop()


def settings(server: TelegramServer, url: str) -> dict[str, str]:
    """The product's environment: it works at this server, as fast as it can."""
    return {
        "DIALEAD_CONFIG": os.devnull,
        "DATABASE_URL": url,
        "TELEGRAM__TOKEN": server.token,
        "TELEGRAM__API_URL": server.url,
        "TELEGRAM__PER_SECOND": "100000",
        "TELEGRAM__GROUP_PER_MINUTE": "6000000",
        "TEAM__CHAT": f"telegram:{TEAM}",
        "HTTP__PORT": "0",
        "LOG__LEVEL": "warning",
    }


@asynccontextmanager
async def running(arguments: Sequence[str], environment: dict[str, str]) -> AsyncIterator[Process]:
    """`python ARGUMENTS` as a process of its own, told to stop at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, env=os.environ | environment
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def an_echo(server: TelegramServer) -> AsyncIterator[Process]:
    """A bare aiogram bot at this server, which says again what it is told."""
    environment = {"ECHO_TOKEN": server.token, "ECHO_URL": server.url}
    async with running(["-m", "tests.bench.echo"], environment) as process:
        yield process


async def polled(server: TelegramServer) -> None:
    """Wait until somebody listens at the server."""
    await server.until(
        lambda: any(call.method == "getUpdates" for call in server.calls), timeout=60
    )


def memory(process: Process) -> float:
    """Megabytes of the machine's memory that a process takes now."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / _MEGABYTE
