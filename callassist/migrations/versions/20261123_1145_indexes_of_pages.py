"""Indexes of pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_1145"
down_revision = "20261123_1130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_offer_operator_ended", "offer", ["operator_id", "ended_at"])
    op.create_index("ix_consent_stay", "consent", ["stay_id"])
    op.create_index("ix_needs_you_incident", "needs_you", ["incident_id"])
    op.create_index("ix_sensor_account", "sensor", ["account_id"])
    loud = sa.text("breach_id IS NOT NULL")
    op.create_index(
        "ix_property_noise_loud",
        "property_noise",
        ["breach_id"],
        sqlite_where=loud,
        postgresql_where=loud,
    )


def downgrade() -> None:
    op.drop_index("ix_property_noise_loud", table_name="property_noise")
    op.drop_index("ix_sensor_account", table_name="sensor")
    op.drop_index("ix_needs_you_incident", table_name="needs_you")
    op.drop_index("ix_consent_stay", table_name="consent")
    op.drop_index("ix_offer_operator_ended", table_name="offer")
