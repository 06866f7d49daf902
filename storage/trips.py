"""SQLite's connection for asyncio, with one trip to its thread a statement instead of four."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import aiosqlite


class Connection(aiosqlite.Connection):
    """Its cursor lives in the thread, for the length of one statement."""

    def cursor(self) -> Cursor:  # type: ignore[override]
        """A cursor as SQLAlchemy uses them."""
        return Cursor(self)


class Cursor:
    """What SQLAlchemy asks of a cursor, told from what the statement's one trip brought back."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Cursor:
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> Cursor:
        """Execute, and fetch all rows."""
        return await self._made(sqlite3.Cursor.execute, statement, parameters)

    async def executemany(self, statement: str, parameters: Any) -> Cursor:
        """Execute once for each of the parameters."""
        return await self._made(sqlite3.Cursor.executemany, statement, parameters)

    async def fetchall(self) -> Sequence[Any]:
        """The rows, once."""
        rows, self._rows = self._rows, ()
        return rows

    async def close(self) -> None:
        """The thread has closed its own already."""

    async def _made(self, execute: Any, statement: str, parameters: Any) -> Cursor:
        def trip() -> None:
            cursor = self._connection._conn.cursor()
            try:
                execute(cursor, statement, parameters)
                self.description, self.rowcount = cursor.description, cursor.rowcount
                self.lastrowid = cursor.lastrowid
                self._rows = cursor.fetchall() if cursor.description else ()
            finally:
                cursor.close()

        await self._connection._execute(trip)  # type: ignore[no-untyped-call]
        return self


def connect(file: str, **how: Any) -> Connection:
    """A connection to be awaited; `how` as for sqlite3.connect."""
    connection = Connection(lambda: sqlite3.connect(file, **how), iter_chunk_size=1)
    connection._thread.daemon = True  # one that nobody closes must not keep the process alive
    return connection
