"""Sample nights."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1744"
down_revision = "20261122_1549"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.add_column("property", sa.Column("sample_since", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("property", "sample_since")
