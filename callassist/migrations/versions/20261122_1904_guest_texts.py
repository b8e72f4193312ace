"""Guest texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1904"
down_revision = "20261122_1822"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "guest_text",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("stay_number_id", sa.BigInteger(), nullable=True),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("provider_text_id", sa.String(length=64), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("reported_at", INSTANT, nullable=True),
        sa.Column("error", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_guest_text_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_guest_text_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_text")),
        sa.UniqueConstraint("incident_id", "step", name=op.f("uq_guest_text_incident_id_step")),
        sa.UniqueConstraint("provider_text_id", name=op.f("uq_guest_text_provider_text_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_guest_text_public_id")),
        sa.UniqueConstraint("token", name=op.f("uq_guest_text_token")),
    )


def downgrade() -> None:
    op.drop_table("guest_text")
