"""Shadow mode, rehearsals beside real incidents, and the guest page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1116"
down_revision = "20261122_1115"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC

_OPEN = "uq_incident_open_property"


def upgrade() -> None:
    op.create_table(
        "guest_link",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("stay_id", KEY, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["stay_id"], ["stay.id"], name=op.f("fk_guest_link_stay_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_link")),
        sa.UniqueConstraint("stay_id", name=op.f("uq_guest_link_stay_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_guest_link_token_hash")),
    )
    op.add_column("property", sa.Column("shadow_since", INSTANT, nullable=True))
    op.add_column(
        "property",
        sa.Column("house_rule", sa.String(length=255), server_default="", nullable=False),
    )
    op.add_column(
        "incident", sa.Column("shadow", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _one_open("closed_at IS NULL AND NOT practice")


def downgrade() -> None:
    _one_open("closed_at IS NULL")
    op.drop_column("incident", "shadow")
    op.drop_column("property", "house_rule")
    op.drop_column("property", "shadow_since")
    op.drop_table("guest_link")


def _one_open(where: str) -> None:
    """One open incident per home, among those that `where` tells of."""
    op.drop_index(_OPEN, table_name="incident")
    op.create_index(
        _OPEN,
        "incident",
        ["property_id"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
