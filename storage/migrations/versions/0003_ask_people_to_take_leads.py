"""Ask people to take leads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("shift", sa.Text(), server_default="", nullable=False))

    op.add_column("leads", sa.Column("queued", sa.Text(), server_default="", nullable=False))
    _index("leads", "waiting", "state = 'new' and queued in ('nobody', 'busy')", "created_at")

    op.add_column("assignments", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    _index("assignments", "open", "ended_at is null", "staff")
    _index("assignments", "offers", "kind = 'offer'", "staff", "at")


def _index(table: str, name: str, condition: str, *columns: str) -> None:
    part = sa.text(condition)
    op.create_index(
        f"ix_{table}_{name}",
        table,
        list(columns),
        unique=False,
        sqlite_where=part,
        postgresql_where=part,
    )
