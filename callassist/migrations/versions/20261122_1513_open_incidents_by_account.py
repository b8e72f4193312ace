"""Open incidents by account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1513"
down_revision = "20261122_1500"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_incident_account_open",
        "incident",
        ["account_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_incident_desk_requested", "incident", ["desk_id", "call_requested_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_incident_desk_requested", table_name="incident")
    op.drop_index(
        "ix_incident_account_open",
        table_name="incident",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
