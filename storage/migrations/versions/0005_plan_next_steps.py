"""Plan next steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leads", sa.Column("warmth", sa.Text(), server_default="", nullable=False))

    op.create_table(
        "steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exact", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        _reference("lead", "leads"),
        _reference("by", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_steps_lead", "steps", ["lead"], unique=False)
    _index("uq_steps_open", "done_at is null", "lead", unique=True)
    _index("ix_steps_next", "done_at is null and next_at is not null", "next_at")


def _reference(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_steps_{column}"),
        initially="DEFERRED",
        deferrable=True,
    )


def _index(name: str, condition: str, column: str, *, unique: bool = False) -> None:
    part = sa.text(condition)
    op.create_index(
        name, "steps", [column], unique=unique, sqlite_where=part, postgresql_where=part
    )
