"""Keep reasons to reject and canned answers of each desk; those there are, are the first desk's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, name in (("reasons", "reason"), ("templates", "name")):
        key = op.f(f"pk_{table}")
        # SQLite changes no key of a table: it is made anew, with all its rows.
        with op.batch_alter_table(table) as changed:
            desk = sa.Column("desk", sa.Text(), server_default="main", nullable=False)
            changed.add_column(desk)
            changed.drop_constraint(key, type_="primary")
            changed.create_primary_key(key, ["desk", name])
