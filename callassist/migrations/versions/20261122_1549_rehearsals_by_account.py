"""Rehearsals by account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1549"
down_revision = "20261122_1522"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_incident_practice",
        "incident",
        ["account_id"],
        unique=False,
        sqlite_where=sa.text("practice IS 1"),
        postgresql_where=sa.text("practice IS true"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_incident_practice",
        table_name="incident",
        sqlite_where=sa.text("practice IS 1"),
        postgresql_where=sa.text("practice IS true"),
    )
