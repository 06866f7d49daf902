"""`python leash.py PROGRAM ARGUMENT…`: run a Python program until whoever started it is gone.

The kernel closes the pipe that is our standard input when the other end's process dies, even by
kill -9, which leaves it no time to end anybody.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
from pathlib import Path


def _ends_with_input() -> None:
    try:
        while os.read(0, 1024):
            pass
    except OSError:
        pass  # torn off instead of closed
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.argv = sys.argv[1:]
    sys.path[0] = str(Path(sys.argv[0]).parent)  # as if it had been started by itself
    threading.Thread(target=_ends_with_input, daemon=True).start()
    runpy.run_path(sys.argv[0], run_name="__main__")
