"""Every figure, one after the other: `python -m tests.bench`, or with the names of some.

Each runs as a process of its own and prints its figures; at the end stand their JSON
lines. It takes some twenty minutes on two cores and wants a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BENCHES = (
    "start",
    "latency",
    "intake",
    "workers",
    "press",
    "storm",
    "memory",
    "sweep",
    "digest",
    "find",
    "contacts",
)


def main() -> int:
    """Run those named, or all; how many failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    names = parser.parse_args().names or BENCHES
    lines, failed = [], 0
    for name in names:
        print(f"--- {name}", flush=True)
        command = [sys.executable, "-m", f"tests.bench.{name}"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as bench:
            assert bench.stdout is not None
            for line in bench.stdout:
                print(line, end="", flush=True)
                lines += [line] if line.startswith("{") else []
        failed += bool(bench.returncode)
    print("--- all", *lines, sep="\n", end="")
    return failed


if __name__ == "__main__":
    sys.exit(main())
