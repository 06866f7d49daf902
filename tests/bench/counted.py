"""`main.py run` that counts what it asks its database, and notes where its time went.

Written to COUNTED at its end: statements, commits, seconds of CPU, samples by module.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import main
from bot.product import Product
from storage.database import Database
from tests.bench.sampling import sampled

counts: dict[str, Any] = {"statements": 0, "commits": 0, "cpu": 0.0, "samples": {}}


def watch(database: Database) -> None:
    """Count what this database is asked; a commit of the writer is one fsync of the log."""

    def asked(*_: Any) -> None:
        counts["statements"] += 1

    def committed(*_: Any) -> None:
        counts["commits"] += 1

    for engine in (database._writer, database._reader):
        sa.event.listen(engine.sync_engine, "before_cursor_execute", asked)
    sa.event.listen(database._writer.sync_engine, "commit", committed)


async def run_and_sample(self: Product) -> None:
    """Run; the start is not looked at."""
    began = time.process_time()
    with sampled() as samples:
        try:
            await _run(self)
        finally:
            counts["cpu"] = time.process_time() - began
            counts["samples"] = samples


_run = Product.run


def run() -> None:
    """Run until stopped, then write the counts."""
    made = Database.__init__

    def made_and_watched(self: Database, *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        watch(self)

    Database.__init__ = made_and_watched  # type: ignore[method-assign]
    if os.environ.get("SAMPLED"):
        Product.run = run_and_sample  # type: ignore[method-assign]
    sys.argv = ["main.py", "run"]
    try:
        main.app()
    finally:
        Path(os.environ["COUNTED"]).write_text(json.dumps(counts))


if __name__ == "__main__":
    run()
