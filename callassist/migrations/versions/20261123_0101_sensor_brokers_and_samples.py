"""Sensor brokers and samples."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_0101"
down_revision = "20261123_0049"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "sensor_broker",
        sa.Column("connection_id", KEY, nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("tls", sa.Boolean(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("username", sa.String(length=255), nullable=False),
        sa.Column("password", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("state_at", INSTANT, nullable=False),
        sa.Column("subscribed", sa.String(length=255), nullable=True),
        sa.Column("heard_at", INSTANT, nullable=True),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("held_until", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["sensor_connection.id"],
            name=op.f("fk_sensor_broker_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_sensor_broker")),
    )
    op.create_table(
        "sensor_sample",
        sa.Column("connection_id", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["sensor_connection.id"],
            name=op.f("fk_sensor_sample_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_sensor_sample")),
    )


def downgrade() -> None:
    op.drop_table("sensor_sample")
    op.drop_table("sensor_broker")
