"""SQLite's connection for asyncio, with one trip to its thread a statement instead of four."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any

import aiosqlite


class Connection(aiosqlite.Connection):
    """Its cursor lives in the thread, for the length of one statement."""

    _begins = False  # together with the next statement
    _ended = False  # by a commit after which nothing was asked

    async def _connect(self) -> Connection:
        """Open it; where that fails or is cancelled, it ends when its thread does, not before.

        Else the thread might have something to tell a loop that is closed by then.
        """
        opening = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((opening, self._connector))
        try:
            self._connection = await asyncio.shield(opening)
        except BaseException:
            await asyncio.wait((opening,))
            self._connection = None if opening.exception() else opening.result()
            if stopped := self.stop():
                await stopped
            raise
        return self

    def cursor(self) -> Cursor:  # type: ignore[override]
        """A cursor as SQLAlchemy uses them."""
        return Cursor(self)

    def begin(self) -> None:
        """Let the next statement be the first of a transaction that nobody else writes beside."""
        self._begins = True

    async def commit(self) -> None:
        """End the transaction, if there was any statement."""
        if not self._begins:
            await super().commit()
        self._begins, self._ended = False, True

    async def rollback(self) -> None:
        """Undo the transaction; the pool asks for it after each commit as well."""
        if not self._ended:
            await super().rollback()
        self._begins = False


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
        connection = self._connection
        begins, connection._begins, connection._ended = connection._begins, False, False

        def trip() -> None:
            cursor = connection._conn.cursor()
            try:
                if begins:
                    # A deferred transaction that turns from read to write fails at once when busy.
                    cursor.execute("begin immediate")
                execute(cursor, statement, parameters)
                self.description, self.rowcount = cursor.description, cursor.rowcount
                self.lastrowid = cursor.lastrowid
                self._rows = cursor.fetchall() if cursor.description else ()
            finally:
                cursor.close()

        await connection._execute(trip)  # type: ignore[no-untyped-call]
        return self


def connect(file: str, **how: Any) -> Connection:
    """A connection to be awaited; `how` as for sqlite3.connect."""
    connection = Connection(lambda: sqlite3.connect(file, **how), iter_chunk_size=1)
    connection._thread.daemon = True  # one that nobody closes must not keep the process alive
    return connection
