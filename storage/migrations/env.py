"""How alembic reaches the database: on a connection it is given, or by DATABASE_URL."""

from __future__ import annotations

import asyncio
import os
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.sql.schema import DefaultClause

from storage.database import Database
from storage.schema import Instant, metadata
from storage.text import Words
from storage.words import in_schema


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Steps must not follow later changes of our own types, and suit both databases."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Words):
        return "sa.Text()"
    if kind == "server_default" and isinstance(item, DefaultClause) and str(item.arg) == "false":
        return "sa.false()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=_render,
        include_name=in_schema,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _connect() -> None:
    database = Database(os.environ.get("DATABASE_URL", "sqlite:///dialead.db"))
    try:
        async with database.write() as connection:
            await connection.run_sync(_run)
    finally:
        await database.close()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    asyncio.run(_connect())
