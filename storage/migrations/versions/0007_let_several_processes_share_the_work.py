"""Let several processes share the work: those that live, what each holds, who works on what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("backend", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("process", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.add_column("inbox", sa.Column("process", sa.BigInteger(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        _wake_one_another()


def _wake_one_another() -> None:
    """Whoever listens hears of new work, whichever process wrote it."""
    op.execute(
        "CREATE FUNCTION wake() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_notify('dialead', TG_TABLE_NAME); RETURN NULL; END $$"
    )
    for table, when, each in (
        ("inbox", "INSERT OR UPDATE OF key", "STATEMENT"),
        ("outbox", "INSERT", "STATEMENT"),
        ("cards", "INSERT OR UPDATE OF wanted", "STATEMENT"),
        ("chats", "INSERT OR UPDATE OF moved_to", "STATEMENT"),
        ("processes", "DELETE", "ROW"),  # most look for the dead in vain
    ):
        op.execute(
            f"CREATE TRIGGER wake AFTER {when} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION wake()"
        )
