"""The file in which SQLite keeps everything."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress


def keep_private(file: str) -> None:
    """Create a missing file, as readable by its owner only; its -wal and -shm follow its mode.

    An existing one is not even opened: to close it would drop the locks that SQLite holds.
    """
    with suppress(OSError):  # what is wrong SQLite tells when it connects
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def look_into(file: str) -> None:
    """Fail where the asynchronous driver would fail and leave its thread behind."""
    keep_private(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma schema_version")
