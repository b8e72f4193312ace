"""Index of led incidents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_0747"
down_revision = "20261123_0431"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_incident_led_by",
        "incident",
        ["led_by_id"],
        unique=False,
        sqlite_where=sa.text("led_by_id IS NOT NULL"),
        postgresql_where=sa.text("led_by_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_incident_led_by",
        table_name="incident",
        sqlite_where=sa.text("led_by_id IS NOT NULL"),
        postgresql_where=sa.text("led_by_id IS NOT NULL"),
    )
