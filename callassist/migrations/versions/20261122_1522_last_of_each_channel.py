"""Last of each channel."""

from __future__ import annotations

from alembic import op

revision = "20261122_1522"
down_revision = "20261122_1513"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_notification_channel", "notification", ["channel_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_notification_channel", table_name="notification")
