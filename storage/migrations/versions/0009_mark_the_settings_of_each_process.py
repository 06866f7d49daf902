"""Let each of several processes say by what settings it works; "" of one that does not yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("processes", sa.Column("mark", sa.Text(), server_default="", nullable=False))
