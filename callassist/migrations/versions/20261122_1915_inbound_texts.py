"""Inbound texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1915"
down_revision = "20261122_1904"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "inbound_text",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("provider_text_id", sa.String(length=64), nullable=False),
        sa.Column("meaning", sa.String(length=8), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_text")),
        sa.UniqueConstraint(
            "provider", "provider_text_id", name=op.f("uq_inbound_text_provider_provider_text_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("inbound_text")
