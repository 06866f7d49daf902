"""Starts a command where the product is imported already, and ends as it does; see tests.warm.

It imports little itself: python -I -S warmed.py SOCKET WORD…
"""

import json
import os
import socket
import sys


def main(name: str, *words: str) -> int:
    """Hand over our folder, environment and streams; the command's exit code."""
    with socket.socket(socket.AF_UNIX) as nursery:
        nursery.connect(f"\0{name}")
        folder = os.getcwd()  # noqa: PTH109 - pathlib would take longer than all of this
        order = json.dumps({"words": words, "folder": folder, "environ": dict(os.environ)})
        socket.send_fds(nursery, [order.encode() + b"\n"], [0, 1, 2])
        for stream in (0, 1, 2):  # whoever reads is to see the end when the command ends
            os.close(stream)
        return int(nursery.recv(16) or 1)


if __name__ == "__main__":
    os._exit(main(*sys.argv[1:]))
