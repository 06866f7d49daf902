"""PostgreSQL's connections, made so that neither end waits for another that is gone."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from storage.failures import Unreachable, in_words

_PATIENCE = 10  # seconds until somebody answers

# What PostgreSQL does of itself with a session of ours whose process stands still, or cannot be
# reached any more: end it, and with it the locks that it holds. A process that is silent is
# taken for dead after ten seconds; whoever takes over must not wait for its locks.
SESSION = {
    "idle_in_transaction_session_timeout": "8000",  # milliseconds
    "tcp_keepalives_idle": "5",  # seconds
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
# And what our machine does with a connection whose other end does not answer: without this a
# statement waits for ever, as no statement of ours has an end of its own.
_WATCHED = (
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 5),  # seconds
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 2),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 10_000),  # milliseconds for what was sent
)
# Asked for afterwards, as poolers refuse what they do not know in a connection's first words,
# and only where the URL does not ask for something else.
_SET = """
    select set_config(ours.name, ours.value, false)
    from unnest($1::text[], $2::text[]) as ours (name, value)
    join pg_settings using (name) where pg_settings.source <> 'client'
"""

TAKE_TIME = sa.text("set local idle_in_transaction_session_timeout = 0")
"""For a transaction whose locks nobody waits for while the product works."""


async def connect(url: sa.URL) -> Any:
    """A connection of asyncpg's own; the URL may have any option that libpq knows.

    Unreachable, with the place, where nobody answers.
    """
    import asyncpg  # only who uses PostgreSQL pays for it

    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await asyncpg.connect(dsn, timeout=_PATIENCE)
    except OSError as error:
        place = f"{url.host}:{url.port or 5432}: " if url.host else ""
        raise Unreachable(place + in_words(error)) from error
    try:
        _watch(connection._transport.get_extra_info("socket"))  # which it gives no other way
        await connection.fetch(_SET, list(SESSION), list(SESSION.values()), timeout=_PATIENCE)
    except BaseException:
        connection.terminate()  # nobody else would
        raise
    return connection


def _watch(way: Any) -> None:
    """See `_WATCHED`; a socket of this machine tells by itself, and some systems know not all."""
    if way.family not in (socket.AF_INET, socket.AF_INET6):
        return
    for level, name, value in _WATCHED:
        with suppress(AttributeError, OSError):
            way.setsockopt(level, getattr(socket, name), value)
