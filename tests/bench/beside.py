"""What benches start beside the local server: the product, and a bare aiogram bot to compare."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.telegram import Limits, TelegramServer
from tests.cast import BORIS, DASHA, TEAM, VERA

ROOT = Path(__file__).parents[2]
MANAGERS = {"Boris": BORIS, "Dasha": DASHA, "Vera": VERA}
FIRST = 10_000  # the first customer's id
_MEGABYTE = 1024


@asynccontextmanager
async def a_server(
    token: str = "42:sandbox", limits: Limits | None = None
) -> AsyncIterator[TelegramServer]:
    """A local server with a team's group; without limits, unless some are given."""
    server = TelegramServer(token, limits=limits or Limits.none())
    await server.start()
    for name, number in MANAGERS.items():
        server.add_user(number, name)
    server.add_group(TEAM, "Sales", admins=[VERA], members=[BORIS, DASHA])
    try:
        yield server
    finally:
        await server.stop()


def new_customer(server: TelegramServer, number: int) -> None:
    """One more customer writes for the first time."""
    server.add_user(FIRST + number, f"Anna {number}")
    server.write(FIRST + number, FIRST + number, f"I need {number} windows")


def settings(server: TelegramServer, url: str) -> dict[str, str]:
    """The product's environment: it works at this server as fast as it can, and reminds nobody."""
    return {
        "DIALEAD_CONFIG": os.devnull,
        "DATABASE_URL": url,
        "TELEGRAM__TOKEN": server.token,
        "TELEGRAM__API_URL": server.url,
        "TELEGRAM__PER_SECOND": "100000",
        "TELEGRAM__GROUP_PER_MINUTE": "6000000",
        "TEAM__CHAT": f"telegram:{TEAM}",
        "TEAM__LANGUAGE": "en",
        "DEADLINES__TAKE": "PT20H",
        "DEADLINES__FIRST_REPLY": "PT20H",
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


def seconds_of_cpu(processes: Iterable[int]) -> float:
    """What processes, by their numbers, took of the cores so far, with all their threads."""
    return sum(map(_ticks, processes)) / os.sysconf("SC_CLK_TCK")


def children(parent: int) -> list[int]:
    """A process and those that it started, by their numbers."""
    numbers = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()]
    return [parent, *(number for number in numbers if _stat(number)[1:2] == [str(parent)])]


def _ticks(number: int) -> int:
    return sum(map(int, _stat(number)[11:13]))  # in user's and in system's mode


def _stat(number: int) -> list[str]:
    """The fields behind the name, which may hold anything; none of a process that has ended."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
