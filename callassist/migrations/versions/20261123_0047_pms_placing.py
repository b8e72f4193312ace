"""Find kept reservations by their listing, and stays by what their source calls them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_0047"
down_revision = "20261123_0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "pms_reservation",
        sa.Column("listing_id", sa.String(length=255), server_default="", nullable=False),
    )
    op.add_column(
        "pms_reservation",
        sa.Column("visits", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
    op.add_column("pms_reservation", sa.Column("numbers", sa.Integer(), nullable=True))
    op.create_index(
        "ix_pms_reservation_digest", "pms_reservation", ["connection_id", "digest"], unique=False
    )
    op.create_index(
        "ix_pms_reservation_listing",
        "pms_reservation",
        ["connection_id", "listing_id"],
        unique=False,
    )
    op.create_index(
        "ix_stay_account_source", "stay", ["account_id", "source", "external_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_stay_account_source", table_name="stay")
    op.drop_index("ix_pms_reservation_listing", table_name="pms_reservation")
    op.drop_index("ix_pms_reservation_digest", table_name="pms_reservation")
    op.drop_column("pms_reservation", "numbers")
    op.drop_column("pms_reservation", "visits")
    op.drop_column("pms_reservation", "listing_id")
