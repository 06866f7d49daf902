"""What the databases' own errors mean to us: unfit for good, out of reach for now, or a refusal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

# SQLSTATE classes and codes by which PostgreSQL says that the same may work later: connection,
# deadlock, resources (a full disk), shutdown, system; a stand-by that only reads; a lock not had.
_LATER = ("08", "40", "53", "57", "58", "25006", "55P03")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


class DatabaseUnfit(Exception):
    """The database cannot be used as it is; `str()` says why and the remedy."""


class Unreachable(Exception):
    """The database cannot be reached or written at the moment; `str()` says why."""

    harmless = True  # its words are the driver's, and name nothing that people wrote


# The database cannot be reached or written at all, as against refusing one statement.
UNREACHABLE = (Unreachable, NoConnectionFree, OSError)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Tell a database that cannot be used now (Unreachable) from a statement that it refuses."""
    try:
        yield
    except sqlite3.Error as error:  # while a connection is prepared
        raise Unreachable(str(error)) from error
    except DBAPIError as error:
        if _means_later(error):
            raise Unreachable(_reason(error)) from error.orig
        raise
    except OverflowError as error:  # SQLite's driver does not count it among its own
        raise StatementError("a number is too large", None, None, error) from None


@contextmanager
def unfit(url: sa.URL) -> Iterator[None]:
    """Name the remedy where no waiting helps: DatabaseUnfit."""
    try:
        yield
    except Unreachable as error:
        if remedy := _remedy(error.__cause__):
            raise DatabaseUnfit(f"cannot use {url.database}: {error}; {remedy}") from None
        raise
    except DBAPIError as error:  # a wrong password, no database of that name
        raise DatabaseUnfit(f"cannot use database_url: {_reason(error)}") from None


def _means_later(error: DBAPIError) -> bool:
    if error.connection_invalidated or isinstance(error.orig, sqlite3.OperationalError):
        return True
    state = getattr(error.orig, "sqlstate", None) or ""
    return state.startswith(_LATER) or _sqlite_code(error.orig) in _DAMAGED


def _remedy(error: BaseException | None) -> str:
    code = _sqlite_code(error)
    if code in _NOT_WRITABLE:
        return "the product must be able to write the file and its folder"
    if code in _DAMAGED:
        return "the file is damaged or no database of ours: restore a backup or name another"
    return ""


def _sqlite_code(error: BaseException | None) -> int | None:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF  # without the extension


def _reason(error: DBAPIError) -> str:
    """The driver's own words; they name no values, as no statement's refusal comes here."""
    return str(getattr(error.orig, "__cause__", None) or error.orig)
