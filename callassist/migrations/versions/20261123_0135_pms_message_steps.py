"""Pms message steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_0135"
down_revision = "20261123_0131"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.add_column("pms_message", sa.Column("step", sa.Integer(), nullable=True))
    op.add_column(
        "pms_message", sa.Column("reason", sa.String(length=64), server_default="", nullable=False)
    )
    op.add_column("pms_message", sa.Column("asked_at", INSTANT, nullable=True))
    op.create_index("ix_pms_message_connection", "pms_message", ["connection_id"], unique=False)
    op.create_index("ix_pms_message_incident", "pms_message", ["incident_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_pms_message_incident", table_name="pms_message")
    op.drop_index("ix_pms_message_connection", table_name="pms_message")
    op.drop_column("pms_message", "asked_at")
    op.drop_column("pms_message", "reason")
    op.drop_column("pms_message", "step")
