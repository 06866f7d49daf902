"""Find leads by words and tags, and keep canned answers.

On SQLite the indexes of words live by triggers on `messages` and `accounts`: a later step
that makes one of these tables anew must make its triggers anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LATIN = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ",
    "abcdefghijklmnopqrstuvwxyzaaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyy",
)
_CYRILLIC = (
    "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЀЂЃЄЅІЇЈЉЊЋЌЍЎЏҐЁё",
    "абвгдежзийклмнопрстуфхцчшщъыьэюяѐђѓєѕіїјљњћќѝўџґее",
)
_SIGNS = "!\"#$%&''()*+,-./:;<=>?@[]^_`{|}~«»„“”‘’—–…№·•¡¿\u00a0\\"  # as SQL spells them


def upgrade() -> None:
    _tables()
    if op.get_bind().dialect.name == "postgresql":
        _on_postgresql()
    elif _has_fts5():
        _on_sqlite("message", "messages", "{}.text", "text")
        _on_sqlite("account", "accounts", "{0}.name || ' ' || {0}.username", "name, username")


def _tables() -> None:
    op.create_table(
        "templates",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["staff.id"],
            name=op.f("fk_templates_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_templates")),
    )
    op.create_table(
        "lead_tags",
        sa.Column("lead", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead"],
            ["leads.id"],
            name=op.f("fk_lead_tags_lead"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("lead", "tag", name=op.f("pk_lead_tags")),
    )
    op.create_index("ix_lead_tags_tag", "lead_tags", ["tag", "lead"], unique=False)


def _on_postgresql() -> None:
    """Folded by our own list: what lower() knows depends on how the database was made."""
    known = "".join(one[0] for one in (_LATIN, _CYRILLIC)) + _SIGNS
    folded = "".join(one[1] for one in (_LATIN, _CYRILLIC)) + " " * len(_SIGNS.replace("''", "'"))
    _say(
        "CREATE FUNCTION words_of(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS"
        " $words$ SELECT pg_catalog.to_tsvector('pg_catalog.simple'::pg_catalog.regconfig,"
        f" pg_catalog.translate($1, '{known}', '{folded}')) $words$"
    )
    _say("CREATE INDEX ix_messages_words ON messages USING gin (words_of(text))")
    _say("CREATE INDEX ix_accounts_words ON accounts USING gin (words_of(name || ' ' || username))")


def _has_fts5() -> bool:
    found = op.get_bind().execute(sa.text("select 1 from pragma_module_list where name = 'fts5'"))
    return found.first() is not None


def _on_sqlite(name: str, table: str, words: str, columns: str) -> None:
    """An index without content of its own, which three triggers keep."""
    index = f"{name}_words"

    def folded(row: str) -> str:
        return f"replace(replace({words.format(row)}, 'ё', 'е'), 'Ё', 'Е')"

    add = f"INSERT INTO {index} (rowid, words) VALUES (new.id, {folded('new')});"  # noqa: S608
    take = (
        f"INSERT INTO {index} ({index}, rowid, words) VALUES ('delete', old.id, {folded('old')});"  # noqa: S608
    )
    _say(
        f"CREATE VIRTUAL TABLE {index} USING fts5"
        " (words, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    _say(
        f"INSERT INTO {index} (rowid, words) SELECT id, {folded(table)} FROM {table}"  # noqa: S608
    )
    _say(f"CREATE TRIGGER {index}_in AFTER INSERT ON {table} BEGIN {add} END")
    _say(f"CREATE TRIGGER {index}_out AFTER DELETE ON {table} BEGIN {take} END")
    _say(
        f"CREATE TRIGGER {index}_edited AFTER UPDATE OF {columns} ON {table} BEGIN {take} {add} END"
    )


def _say(statement: str) -> None:
    """As it stands: colons in it are signs."""
    op.get_bind().exec_driver_sql(statement)
