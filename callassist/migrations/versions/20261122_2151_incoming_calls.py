"""Incoming calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_2151"
down_revision = "20261122_2135"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "incoming_call",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("provider_call_id", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("party", sa.String(length=8), nullable=True),
        sa.Column("incident_id", KEY, nullable=True),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("stay_number_id", sa.BigInteger(), nullable=True),
        sa.Column("host_contact_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("task_id", KEY, nullable=True),
        sa.Column("operator_id", KEY, nullable=True),
        sa.Column("attempt_id", KEY, nullable=True),
        sa.Column("operator_call_id", sa.String(length=64), nullable=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_incoming_call_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["call_attempt.id"], name=op.f("fk_incoming_call_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incoming_call_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_incoming_call_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["call_task.id"], name=op.f("fk_incoming_call_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_call")),
        sa.UniqueConstraint(
            "provider", "provider_call_id", name=op.f("uq_incoming_call_provider_provider_call_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_incoming_call_public_id")),
        sa.UniqueConstraint("token", name=op.f("uq_incoming_call_token")),
    )
    op.create_index(
        "ix_incoming_call_incident", "incoming_call", ["incident_id", "received_at"], unique=False
    )
    op.create_index(
        "ix_incoming_call_number", "incoming_call", ["number_index", "received_at"], unique=False
    )
    op.add_column("call_task", sa.Column("phoned_back_at", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("call_task", "phoned_back_at")
    op.drop_index("ix_incoming_call_number", table_name="incoming_call")
    op.drop_index("ix_incoming_call_incident", table_name="incoming_call")
    op.drop_table("incoming_call")
