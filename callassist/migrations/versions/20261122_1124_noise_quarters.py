"""The highest level of each quarter of an hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1124"
down_revision = "20261122_1118"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "noise_quarter",
        sa.Column("sensor_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("highest_db", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("sensor_id", "at", name=op.f("pk_noise_quarter")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("noise_quarter")
