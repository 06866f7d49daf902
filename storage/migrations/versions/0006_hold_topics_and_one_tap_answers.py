"""Hold topics, reasons of the chat's own, one-tap answers, pauses of deadlines, incidents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chats", _flag("forum"))
    for name in ("thread", "topic", "titled", "left"):
        op.add_column("cards", _text(name))
    _index("ix_cards_topic", "cards", "topic != ''", "chat", "topic")
    _index("ix_outbox_asks", "outbox", "asks != ''", "asks")
    op.add_column("messages", _when("withdrawn_at"))
    op.add_column("deadlines", _when("paused_at"))
    op.create_index("ix_deadlines_lead", "deadlines", ["lead"], unique=False)
    _chat_tables()
    _incidents()


def _chat_tables() -> None:
    """What people decide and answer in the chat."""
    op.create_table(
        "reasons",
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        _number("by"),
        _when("at", nullable=False),
        _reference("reasons", "by", "staff"),
        sa.PrimaryKeyConstraint("reason", name=op.f("pk_reasons")),
    )
    op.create_table(
        "assistants",
        _number("lead"),
        _number("staff"),
        _when("at", nullable=False),
        _reference("assistants", "lead", "leads"),
        _reference("assistants", "staff", "staff"),
        sa.PrimaryKeyConstraint("lead", "staff", name=op.f("pk_assistants")),
    )
    op.create_table(
        "feedback",
        _number("lead"),
        sa.Column("kind", sa.Text(), nullable=False),
        _text("answer"),
        _when("asked_at", nullable=False),
        _when("answered_at"),
        _reference("feedback", "lead", "leads"),
        sa.PrimaryKeyConstraint("lead", "kind", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_answered_at", "feedback", ["kind", "answered_at"], unique=False)


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        _text("kind"),
        _text("subject"),
        _when("began_at", nullable=False),
        _when("told_at"),
        _when("ended_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sqlite_autoincrement=True,
    )
    _index("uq_incidents_open", "incidents", "ended_at is null", "kind", "subject", unique=True)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _when(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}"),
        initially="DEFERRED",
        deferrable=True,
    )


def _index(name: str, table: str, condition: str, *columns: str, unique: bool = False) -> None:
    part = sa.text(condition)
    op.create_index(
        name, table, list(columns), unique=unique, sqlite_where=part, postgresql_where=part
    )
