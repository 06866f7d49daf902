"""On PostgreSQL, let a text of any length be kept: of the longest, the beginning is found by words.

PostgreSQL refuses a tsvector of more than 1,048,575 bytes, and with it the row. A word takes
its bytes, rounded up to even ones, and 4 for where it stands: with the sign between two words
at worst 4 bytes for a character, whatever the letters.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_LONGEST = 250_000  # characters


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    query = sa.text("select prosrc from pg_proc where oid = 'words_of(text)'::regprocedure")
    before: str = connection.execute(query).scalar_one()
    cut = before.replace("translate($1,", f"translate(pg_catalog.left($1, {_LONGEST}),")
    connection.exec_driver_sql(  # as it stands: colons in it are signs
        "CREATE OR REPLACE FUNCTION words_of(text) RETURNS tsvector LANGUAGE sql IMMUTABLE"
        f" PARALLEL SAFE AS $words${cut}$words$"
    )
    connection.exec_driver_sql("REINDEX INDEX ix_messages_words")
