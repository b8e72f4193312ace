"""A budget of requests remembers the parts of its window, so that no span holds too many."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_0048"
down_revision = "20261123_0047"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970, UTC
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column(
        "pms_budget", sa.Column("taken", JSON, server_default=sa.text("'[]'"), nullable=False)
    )
    op.drop_column("pms_budget", "began_at")
    op.drop_column("pms_budget", "used")


def downgrade() -> None:
    op.add_column("pms_budget", sa.Column("used", sa.Integer(), server_default="0", nullable=False))
    op.add_column("pms_budget", sa.Column("began_at", INSTANT, server_default="0", nullable=False))
    op.drop_column("pms_budget", "taken")
