"""What the product makes at its start, made once for the thousands of starts in the tests.

It keeps the statements that it compiled as long as its database is open, and reads the
machine's certificates for each session; all databases of a kind share the one here, all
sessions the other.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
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
def made_once() -> Iterator[None]:
    """Databases and sessions that are opened meanwhile share what was made for one of them."""
    options = {"compiled_cache": _Compiled()}
    sharing = partial(create_async_engine, execution_options=options)
    with (
        patch("storage.database.create_async_engine", sharing),
        patch("ssl.create_default_context", cache(ssl.create_default_context)),
    ):
        yield


def _of_kind(key: Any) -> Any:
    dialect, *rest = key
    return (dialect.name, *rest)
