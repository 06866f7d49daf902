"""A nursery: imports the product once, then forks `main.py run` as often as it is asked to.

Reads one JSON line a run (`Order`) and answers `{"pid": …}`, at its end `{"status": …}`.
One run at a time; when its own input ends it kills the run and goes.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_LOADED = (
    "bot.product",
    "bot.channels.telegram",
    "bot.channels.vk",
    "storage.migrate",
    "alembic.command",
    "aiosqlite",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "asyncpg",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "tests.crash.points",
)


@dataclass(frozen=True, slots=True)
class Order:
    """One run: its environment, the point and pass at which it dies ("" for none), its files."""

    env: dict[str, str]
    point: str
    passes: int
    trace: str
    output: str


def main() -> None:
    """Fork runs until the input ends."""
    for name in _LOADED:
        importlib.import_module(name)
    bell = _bell()
    _say({"ready": True})
    for line in iter(sys.stdin.buffer.readline, b""):
        pid = _fork(Order(**json.loads(line)))
        _say({"pid": pid})
        _say({"status": _wait(pid, bell)})


def _bell() -> socket.socket:
    """Becomes readable when a run has ended."""
    rings, heard = socket.socketpair()
    for one in (rings, heard):
        one.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(rings.detach())
    return heard


def _fork(order: Order) -> int:
    if pid := os.fork():
        return pid
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _run(order)
    sys.exit(0)


def _run(order: Order) -> None:
    """`python main.py run`, in this process, which ends with it as any interpreter does."""
    output = os.open(order.output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, output, output)):
        os.dup2(file, number)
    os.environ |= order.env
    points: Any = importlib.import_module("tests.crash.points")
    points.lay(points.Fuse(order.point, order.passes, Path(order.trace)))
    points.one_lane()
    sys.argv = ["main.py", "run"]
    runpy.run_path(str(ROOT / "main.py"), run_name="__main__")


def _wait(pid: int, bell: socket.socket) -> int:
    """The run's exit code once it ended, negative by which signal."""
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        readable, _, _ = select.select([sys.stdin.buffer, bell], [], [])
        if sys.stdin.buffer in readable:
            # Nobody orders before the run has ended: the input is at its end.
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(BlockingIOError):
            bell.recv(64)


def _say(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
