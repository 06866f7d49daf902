"""`main.py` in a process of its own that need not import it: forked from one which has done so.

To import all that a command may need takes seconds of processor time, and a hundred tests
start one. What an interpreter does with `main.py` from the very start is proven in tests/house.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import secrets
import select
import signal
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LOADED = (
    "main",
    "bot.channels.telegram.setup",
    "bot.channels.vk.setup",
    "bot.operations.check",
    "bot.operations.importing",
    "bot.operations.init",
    "bot.operations.report",
    "bot.product",
    "alembic.command",
    "storage.migrate",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "asyncpg",
    "sqlalchemy.dialects.postgresql.asyncpg",
)


def command() -> list[str]:
    """What to start in place of an interpreter and `main.py`; words may follow."""
    # Without its packages an interpreter is there in a moment.
    return [sys.executable, "-I", "-S", str(ROOT / "tests" / "warmed.py"), _nursery()]


@cache
def _nursery() -> str:
    """The name of a socket; who listens there lives as long as this process."""
    name = f"dialead-warm-{secrets.token_hex(8)}"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.warm", name],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    atexit.register(process.communicate)  # which closes its input, and that ends it
    assert process.stdout is not None
    assert process.stdout.readline()
    return name


def main(name: str) -> None:
    """Fork commands until the input ends; a line on the output says that it listens."""
    for module in _LOADED:
        importlib.import_module(module)
    gc.freeze()  # what all share is not looked through, and copied, in each
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever serves a command may end unseen
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0{name}")  # which is no file
        listener.listen()
        print("listening", flush=True)
        while sys.stdin not in select.select([sys.stdin, listener], [], [])[0]:
            with listener.accept()[0] as asker:
                if not os.fork():
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    _serve(asker)
                    os._exit(0)


def _serve(asker: socket.socket) -> None:
    """One command to its end, or until nobody waits for it any more."""
    said, streams, _, _ = socket.recv_fds(asker, 1 << 20, 3)
    while not said.endswith(b"\n"):
        said += asker.recv(1 << 20)
    if not (pid := os.fork()):
        asker.close()
        _run(streams, **json.loads(said))
        sys.exit(0)
    for stream in streams:
        os.close(stream)
    ended = os.pidfd_open(pid)
    if ended not in select.select([ended, asker.fileno()], [], [])[0]:
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    asker.send(str(code % 256).encode())


def _run(streams: list[int], words: list[str], folder: str, environ: dict[str, str]) -> None:
    """`python main.py` in this process, which ends with it as any interpreter does."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ |= environ
    os.chdir(folder)
    sys.argv = ["main.py", *words]
    runpy.run_path(str(ROOT / "main.py"), run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1])
