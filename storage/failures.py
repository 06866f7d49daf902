"""What the databases' own errors mean to us: unfit for good, out of reach for now, or a refusal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

# SQLSTATE classes and codes by which PostgreSQL says that the same may work later: connection,
# deadlock, resources (a full disk), shutdown, system; a stand-by that only reads; a transaction
# in which we stood still for too long; a lock not had.
_LATER = ("08", "40", "53", "57", "58", "25006", "25P03", "55P03")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNFIT_KEYS = {
    sqlite3.SQLITE_READONLY: "database.not_writable",
    sqlite3.SQLITE_CANTOPEN: "database.not_writable",
    sqlite3.SQLITE_PERM: "database.not_writable",
    sqlite3.SQLITE_CORRUPT: "database.damaged",
    sqlite3.SQLITE_NOTADB: "database.damaged",
}


class DatabaseUnfit(Exception):
    """The database cannot be used as it is; a key of the texts says why, with what fills it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(" ".join([key, *(f"{name}={value}" for name, value in values.items())]))
        self.key = key
        self.values = values


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
    """Name the remedy where no waiting helps: DatabaseUnfit; else why not now: Unreachable."""
    try:
        yield
    except OSError as error:
        raise Unreachable(in_words(error)) from error
    except Unreachable as error:
        if key := _UNFIT_KEYS.get(_sqlite_code(error.__cause__)):
            raise DatabaseUnfit(key, file=url.database, reason=error) from None
        raise
    except DBAPIError as error:  # a wrong password, no database of that name
        raise DatabaseUnfit("database.refused", reason=_reason(error)) from None


def in_words(error: Exception) -> str:
    """The system's own words, with no path in them, or else the error's."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _means_later(error: DBAPIError) -> bool:
    if error.connection_invalidated or isinstance(error.orig, sqlite3.OperationalError):
        return True
    state = getattr(error.orig, "sqlstate", None) or ""
    return state.startswith(_LATER) or _sqlite_code(error.orig) in _DAMAGED


def _sqlite_code(error: BaseException | None) -> int:
    """Without its extension; that of no error where there is none."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF


def _reason(error: DBAPIError) -> str:
    """The driver's own words; they name no values, as no statement's refusal comes here."""
    return str(getattr(error.orig, "__cause__", None) or error.orig)
