"""A nursery: imports the product once, then forks `main.py run` as often as it is asked to.

Listens at the socket it is given. A connection brings one JSON line a run (`Order`) and is
answered `{"pid": …}`, at its end `{"status": …}`. One run at a time for a connection; one
that ends takes its run along. When its own input ends the nursery goes.
"""

from __future__ import annotations

import contextlib
import gc
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


def main(path: str) -> None:
    """Fork runs until the input ends; a line on the output says that it listens at `path`."""
    for name in _LOADED:
        importlib.import_module(name)
    gc.freeze()  # what all runs share is not looked through, and copied, in each of them
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever serves a connection may end unseen
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("listening", flush=True)
        while sys.stdin not in select.select([sys.stdin, listener], [], [])[0]:
            with listener.accept()[0] as ward:
                if not os.fork():
                    _serve(ward)
                    os._exit(0)


def _serve(ward: socket.socket) -> None:
    bell = _bell()
    with ward.makefile("rb") as orders:
        for line in orders:
            pid = _fork(Order(**json.loads(line)))
            _say(ward, {"pid": pid})
            _say(ward, {"status": _wait(pid, ward, bell)})


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
    points.no_private_pace()
    sys.argv = ["main.py", "run"]
    runpy.run_path(str(ROOT / "main.py"), run_name="__main__")


def _wait(pid: int, ward: socket.socket, bell: socket.socket) -> int:
    """The run's exit code once it ended, negative by which signal."""
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        readable, _, _ = select.select([ward, bell], [], [])
        if ward in readable:
            # Nobody orders before the run has ended: the connection is at its end.
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(BlockingIOError):
            bell.recv(64)


def _say(ward: socket.socket, words: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):  # it went, and will not order again
        ward.sendall(json.dumps(words).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
