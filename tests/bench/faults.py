"""The fault table, played through: `python -m tests.bench.faults` prints what people saw.

A row that came out otherwise than the table says is marked, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from pathlib import Path

import structlog

from tests.faults.table import rows
from tests.faults.theatre import Theatre


def main() -> None:
    """Play the rows whose names hold the words, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="?", default="", help="rows whose names hold this")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    played = wrong = 0
    with tempfile.TemporaryDirectory() as folder, Theatre(Path(folder)) as theatre:
        for row in rows():
            if given.words not in row.name:
                continue
            try:
                seen = theatre.play(row)
            except Exception as error:  # the other rows are still worth seeing
                seen = f"{type(error).__name__}: {error}"
            played += 1
            wrong += seen != row.outcome
            mark = "" if seen == row.outcome else f"  ✗ expected: {row.outcome}"
            print(f"{row.call:32} {row.fault:24} {seen}{mark}", flush=True)
    print(json.dumps({"bench": "faults", "rows": played, "otherwise": wrong}))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
