"""Statements compiled once in a process, for every database of a kind that is opened in it.

The product opens one database and keeps what it compiled; tests open thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from sqlalchemy.ext.asyncio import create_async_engine


class _Compiled(dict[Any, Any]):
    """SQLAlchemy asks with the engine's own dialect first in the key; its kind is enough."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_kind(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_of_kind(key), compiled)


@contextmanager
def compiled_once() -> Iterator[None]:
    """Databases that are opened meanwhile share what was compiled for one of them."""
    options = {"compiled_cache": _Compiled()}
    sharing = partial(create_async_engine, execution_options=options)
    with patch("storage.database.create_async_engine", sharing):
        yield


def _of_kind(key: Any) -> Any:
    dialect, *rest = key
    return (dialect.name, *rest)
