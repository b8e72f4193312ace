"""Listing times typed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_0431"
down_revision = "20261123_0421"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pms_listing", sa.Column("typed_check_in", sa.String(length=5), nullable=True))
    op.add_column("pms_listing", sa.Column("typed_check_out", sa.String(length=5), nullable=True))


def downgrade() -> None:
    op.drop_column("pms_listing", "typed_check_out")
    op.drop_column("pms_listing", "typed_check_in")
