"""Browser lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_0421"
down_revision = "20261123_0135"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.add_column("incoming_call", sa.Column("line", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_incoming_call_operator", "incoming_call", ["operator_id", "state"], unique=False
    )
    op.add_column("presence", sa.Column("line", sa.String(length=64), nullable=True))
    op.add_column("presence", sa.Column("line_network", sa.String(length=64), nullable=True))
    op.add_column("presence", sa.Column("line_at", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("presence", "line_at")
    op.drop_column("presence", "line_network")
    op.drop_column("presence", "line")
    op.drop_index("ix_incoming_call_operator", table_name="incoming_call")
    op.drop_column("incoming_call", "line")
