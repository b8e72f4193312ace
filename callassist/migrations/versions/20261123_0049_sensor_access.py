"""Brands of sensors that are asked: permission, and whether they text guests themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_0049"
down_revision = "20261123_0048"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "sensor_access",
        sa.Column("connection_id", KEY, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("token_claimed_until", INSTANT, nullable=True),
        sa.Column("next_at", INSTANT, nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=255), nullable=True),
        sa.Column("refused_at", INSTANT, nullable=True),
        sa.Column("hook_id", sa.String(length=255), nullable=True),
        sa.Column("hook_checked_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["sensor_connection.id"],
            name=op.f("fk_sensor_access_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_sensor_access")),
    )
    op.create_index("ix_sensor_access_next", "sensor_access", ["next_at"], unique=False)
    op.add_column("sensor", sa.Column("own_messages", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("sensor", "own_messages")
    op.drop_index("ix_sensor_access_next", table_name="sensor_access")
    op.drop_table("sensor_access")
