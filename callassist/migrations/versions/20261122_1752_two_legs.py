"""Two legs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1752"
down_revision = "20261122_1744"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.add_column(
        "call_attempt",
        sa.Column("mode", sa.String(length=12), server_default="server", nullable=False),
    )
    op.add_column("call_attempt", sa.Column("handed_out_at", INSTANT, nullable=True))
    op.add_column("call_attempt", sa.Column("called_call_id", sa.String(length=64), nullable=True))
    op.create_index("uq_call_attempt_called", "call_attempt", ["called_call_id"], unique=True)
    op.add_column("operator", sa.Column("dial_mode", sa.String(length=12), nullable=True))


def downgrade() -> None:
    op.drop_column("operator", "dial_mode")
    op.drop_index("uq_call_attempt_called", table_name="call_attempt")
    op.drop_column("call_attempt", "called_call_id")
    op.drop_column("call_attempt", "handed_out_at")
    op.drop_column("call_attempt", "mode")
