"""`main.py run` that counts its statements and commits, and writes them to COUNTED at its end."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import main
from storage.database import Database

counts = {"statements": 0, "commits": 0}


def watch(database: Database) -> None:
    """Count what this database is asked; a commit of the writer is one fsync of the log."""

    def asked(*_: Any) -> None:
        counts["statements"] += 1

    def committed(*_: Any) -> None:
        counts["commits"] += 1

    for engine in (database._writer, database._reader):
        sa.event.listen(engine.sync_engine, "before_cursor_execute", asked)
    sa.event.listen(database._writer.sync_engine, "commit", committed)


def run() -> None:
    """Run until stopped, then write the counts."""
    made = Database.__init__

    def made_and_watched(self: Database, *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        watch(self)

    Database.__init__ = made_and_watched  # type: ignore[method-assign]
    sys.argv = ["main.py", "run"]
    try:
        main.app()
    finally:
        Path(os.environ["COUNTED"]).write_text(json.dumps(counts))


if __name__ == "__main__":
    run()
