"""Guest replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_2129"
down_revision = "20261122_1915"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "guest_reply",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("desk_id", KEY, nullable=True),
        sa.Column("stay_number_id", sa.BigInteger(), nullable=True),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("fate", sa.String(length=64), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("read_by", sa.String(length=64), nullable=True),
        sa.Column("operator_id", KEY, nullable=True),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_guest_reply_account_id")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_guest_reply_desk_id")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_guest_reply_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_guest_reply_operator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_reply")),
        sa.UniqueConstraint("public_id", name=op.f("uq_guest_reply_public_id")),
    )
    op.create_index("ix_guest_reply_desk", "guest_reply", ["desk_id", "received_at"], unique=False)
    op.create_index("ix_guest_reply_incident", "guest_reply", ["incident_id"], unique=False)
    op.add_column(
        "inbound_text", sa.Column("fate", sa.String(length=16), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("inbound_text", "fate")
    op.drop_index("ix_guest_reply_desk", table_name="guest_reply")
    op.drop_index("ix_guest_reply_incident", table_name="guest_reply")
    op.drop_table("guest_reply")
