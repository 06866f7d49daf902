"""Know persons better."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("receipt", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_by", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("tidied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("receipt", name=op.f("uq_erasures_receipt")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_erasures_untidy",
        "erasures",
        ["id"],
        unique=False,
        sqlite_where=sa.text("tidied_at is null"),
        postgresql_where=sa.text("tidied_at is null"),
    )
    op.create_table(
        "strangers",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("other", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["staff.id"],
            name=op.f("fk_strangers_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["one"],
            ["persons.id"],
            name=op.f("fk_strangers_one"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["other"],
            ["persons.id"],
            name=op.f("fk_strangers_other"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_strangers")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("agreed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"],
            ["accounts.id"],
            name=op.f("fk_consents_account"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_account", "consents", ["account"], unique=False)

    op.create_table(
        "answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=True),
        sa.Column("question", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"],
            ["accounts.id"],
            name=op.f("fk_answers_account"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["lead"],
            ["leads.id"],
            name=op.f("fk_answers_lead"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answers_account", "answers", ["account"], unique=False)
    op.create_index("ix_answers_lead", "answers", ["lead"], unique=False)

    op.create_table(
        "dialogues",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=True),
        sa.Column("question", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account"],
            ["accounts.id"],
            name=op.f("fk_dialogues_account"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["lead"],
            ["leads.id"],
            name=op.f("fk_dialogues_lead"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_dialogues")),
    )
    op.create_table(
        "merges",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("winner", sa.BigInteger(), nullable=False),
        sa.Column("loser", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("absorbed", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["absorbed"],
            ["leads.id"],
            name=op.f("fk_merges_absorbed"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["by"], ["staff.id"], name=op.f("fk_merges_by"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["loser"],
            ["persons.id"],
            name=op.f("fk_merges_loser"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"],
            ["staff.id"],
            name=op.f("fk_merges_undone_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["winner"],
            ["persons.id"],
            name=op.f("fk_merges_winner"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_merges_loser", "merges", ["loser"], unique=False)
    op.create_index("ix_merges_winner", "merges", ["winner"], unique=False)

    op.add_column("accounts", sa.Column("banned_at", sa.DateTime(timezone=True), nullable=True))
    _add_reference("accounts", "banned_by", "staff")
    op.add_column("accounts", sa.Column("ban_reason", sa.Text(), server_default="", nullable=False))
    op.add_column("accounts", sa.Column("slowed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("accounts", sa.Column("away_until", sa.DateTime(timezone=True), nullable=True))

    _add_reference("contacts", "message", "messages")
    op.create_index("ix_contacts_value", "contacts", ["value", "kind"], unique=False)

    _add_reference("leads", "absorbed_into", "leads")

    op.add_column("messages", sa.Column("album", sa.Text(), server_default="", nullable=False))
    op.drop_index("ix_messages_account", table_name="messages")
    op.create_index("ix_messages_account_at", "messages", ["account", "at"], unique=False)

    op.add_column("outbox", sa.Column("album", sa.Text(), server_default="", nullable=False))
    part = sa.text("album != ''")
    op.create_index(
        "ix_outbox_album",
        "outbox",
        ["key", "album"],
        unique=False,
        sqlite_where=part,
        postgresql_where=part,
    )

    # Nothing refers to places, so that SQLite may make the table anew.
    with op.batch_alter_table("places") as places:
        places.alter_column("lead", existing_type=sa.BigInteger(), nullable=True)

    op.add_column("persons", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("persons", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_persons_root", "persons", ["root"], unique=False)


def _add_reference(table: str, column: str, target: str) -> None:
    # In SQL, because alembic's own way forgets on SQLite that the check is deferred.
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} BIGINT CONSTRAINT fk_{table}_{column}"
        f" REFERENCES {target} (id) DEFERRABLE INITIALLY DEFERRED"
    )
