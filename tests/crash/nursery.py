"""The nursery of this process: the product, imported once for all wards, in a process to fork."""

from __future__ import annotations

import atexit
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.crash.child import ROOT


@cache
def address() -> Path:
    """The socket at which it listens; started when first asked for, ended with this process."""
    folder = tempfile.TemporaryDirectory(prefix="dialead-nursery-")
    socket = Path(folder.name) / "socket"
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.child", str(socket)], stdin=pipe, stdout=pipe, cwd=ROOT
    )
    atexit.register(_end, process, folder)
    assert process.stdout is not None
    assert process.stdout.readline(), "the product cannot be imported"
    return socket


def _end(process: subprocess.Popen[bytes], folder: tempfile.TemporaryDirectory[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()  # that of its input is its end
    process.wait()
    folder.cleanup()
