"""Call rate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_1057"
down_revision = "20261123_0747"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "call_rate",
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("network", name=op.f("pk_call_rate")),
    )


def downgrade() -> None:
    op.drop_table("call_rate")
