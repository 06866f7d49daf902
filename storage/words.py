"""Where words stand: the databases' own indexes of what was written, and of names.

On SQLite they are FTS5 tables, kept by triggers on `messages` and `accounts`; on
PostgreSQL they are GIN indexes over `words_of(…)`. Which words a text has is the
same on both: letters and digits, in lower case, ё as е, Latin letters without accents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage.database import Database

NEWEST = 1000  # rows of an index that a search looks at
_FROM = "ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
_TO = "abcdefghijklmnopqrstuvwxyzaaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyy"
_CYRILLIC = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЀЂЃЄЅІЇЈЉЊЋЌЍЎЏҐ"
_FOLDED = str.maketrans(_FROM + _CYRILLIC + "Ёё", _TO + _CYRILLIC.lower() + "ее")
_WORD = re.compile(r"[^\W_]+")
_SHORT = 3  # letters; shorter words are looked for as they are, others as beginnings
_APART = re.compile(r"(message|account)_words(_\w+)?|ix_(messages|accounts)_words")
_STEP = 500  # pages of an index that are written in one transaction


def fold(text: str) -> str:
    """The text as words are compared; every letter stays where it was."""
    return text.translate(_FOLDED)


def words_in(text: str) -> list[tuple[str, int, int]]:
    """Every word, folded, with its beginning and end in the text."""
    return [(one.group(), one.start(), one.end()) for one in _WORD.finditer(fold(text))]


def meant(wanted: str, word: str) -> bool:
    """Whether a wanted word is this one, or its beginning."""
    return word.startswith(wanted) if len(wanted) >= _SHORT else word == wanted


class _Holding(FunctionElement[bool]):
    """A row's number is among the newest whose words are all of these."""

    # After a Boolean SQLAlchemy says `= 1`, and SQLite then uses no index.
    type = sa.types.NullType()  # type: ignore[assignment]
    inherit_cache = True


class said(_Holding):  # noqa: N801 - it reads as a function of SQL
    """`messages` whose text has all of the words."""

    name = "said"
    inherit_cache = True
    index = "message_words"
    table = "messages"
    text = "text"


class named(_Holding):  # noqa: N801
    """`accounts` whose name or username have all of the words."""

    name = "named"
    inherit_cache = True
    index = "account_words"
    table = "accounts"
    text = "name || ' ' || username"


class indexed(FunctionElement[bool]):  # noqa: N801
    """Whether there is an index of words: an SQLite that was built without FTS5 has none."""

    type = sa.Boolean()
    name = "indexed"
    inherit_cache = True


def holding(kind: type[said | named], words: Sequence[str]) -> sa.ColumnElement[bool]:
    """The condition in whichever database's own terms; the words are folded ones."""
    fts5 = " ".join(f'"{word}"{_star(word, "*")}' for word in words)
    tsquery = " & ".join(f"{word}{_star(word, ':*')}" for word in words)
    return kind(sa.literal(fts5), sa.literal(tsquery))


def in_schema(name: str | None, _kind: str, _parents: Any) -> bool:
    """For alembic: whether a table or an index is one of `storage.schema`, not of words."""
    return _APART.fullmatch(name or "") is None


async def forget(database: Database) -> None:
    """Leave nothing in SQLite's indexes of what they no longer hold.

    FTS5 only notes down what is gone, until its parts are merged into one. That is done
    a step a transaction, so that nobody waits long.
    """
    if not database.sqlite:
        return
    async with database.read() as connection:
        if not (await connection.execute(sa.select(indexed()))).scalar():
            return
    for index in (said.index, named.index):
        pages = -_STEP  # a negative number begins, the others go on
        while await _merged(database, index, pages):
            pages = _STEP


async def _merged(database: Database, index: str, pages: int) -> bool:
    """One step; whether there was something to do."""
    merge = sa.text(f"insert into {index} ({index}, rank) values ('merge', :pages)")  # noqa: S608
    changes = sa.text("select total_changes()")
    async with database.write() as connection:
        before = (await connection.execute(changes)).scalar_one()
        await connection.execute(merge, {"pages": pages})
        after = (await connection.execute(changes)).scalar_one()
    return bool(after - before > 1)  # one is the command itself


def _star(word: str, star: str) -> str:
    return star if len(word) >= _SHORT else ""


@compiles(said, "sqlite")
@compiles(named, "sqlite")
def _on_sqlite(kind: Any, compiler: SQLCompiler, **how: Any) -> str:
    words, _ = kind.clauses
    return (
        f"{kind.table}.id IN (SELECT rowid FROM {kind.index} WHERE {kind.index} MATCH"  # noqa: S608
        f" {compiler.process(words, **how)} ORDER BY rowid DESC LIMIT {NEWEST})"
    )


@compiles(said, "postgresql")
@compiles(named, "postgresql")
def _on_postgresql(kind: Any, compiler: SQLCompiler, **how: Any) -> str:
    _, words = kind.clauses
    query = f"to_tsquery('pg_catalog.simple', {compiler.process(words, **how)})"
    return (
        f"{kind.table}.id IN (SELECT those.id FROM {kind.table} AS those"  # noqa: S608
        f" WHERE words_of({kind.text}) @@ {query} ORDER BY those.id DESC LIMIT {NEWEST})"
    )


@compiles(indexed, "sqlite")
def _is_on_sqlite(_element: Any, _compiler: SQLCompiler, **_how: Any) -> str:
    return f"EXISTS (SELECT 1 FROM sqlite_master WHERE name = '{said.index}')"  # noqa: S608


@compiles(indexed, "postgresql")
def _is_on_postgresql(_element: Any, _compiler: SQLCompiler, **_how: Any) -> str:
    return "true"
