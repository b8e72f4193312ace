"""Phone rings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_2135"
down_revision = "20261122_2133"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "phone_ring",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("incident_id", KEY, nullable=True),
        sa.Column("task_id", KEY, nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("operator_id", KEY, nullable=True),
        sa.Column("needs_you_id", KEY, nullable=True),
        sa.Column("notification_id", KEY, nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("number_mask", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("provider_call_id", sa.String(length=64), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("dial_at", INSTANT, nullable=True),
        sa.Column("looked_up_from", INSTANT, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ending", sa.String(length=64), nullable=True),
        sa.Column("hang_up_requested_at", INSTANT, nullable=True),
        sa.Column("attempt_id", KEY, nullable=True),
        sa.Column("result_asked_at", INSTANT, nullable=True),
        sa.Column("result_used_at", INSTANT, nullable=True),
        sa.Column("error", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_phone_ring_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["call_attempt.id"], name=op.f("fk_phone_ring_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_phone_ring_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["needs_you_id"], ["needs_you.id"], name=op.f("fk_phone_ring_needs_you_id")
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.id"],
            name=op.f("fk_phone_ring_notification_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_phone_ring_operator_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["call_task.id"], name=op.f("fk_phone_ring_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_ring")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_phone_ring_attempt_id")),
        sa.UniqueConstraint("notification_id", name=op.f("uq_phone_ring_notification_id")),
        sa.UniqueConstraint("provider_call_id", name=op.f("uq_phone_ring_provider_call_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_phone_ring_public_id")),
        sa.UniqueConstraint("task_id", "turn", name=op.f("uq_phone_ring_task_id_turn")),
        sa.UniqueConstraint("token", name=op.f("uq_phone_ring_token")),
    )
    op.create_index("ix_phone_ring_account", "phone_ring", ["account_id", "dial_at"], unique=False)
    op.create_index("ix_phone_ring_alarm", "phone_ring", ["needs_you_id"], unique=False)
    op.create_index("ix_phone_ring_number", "phone_ring", ["number_index", "state"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_phone_ring_number", table_name="phone_ring")
    op.drop_index("ix_phone_ring_alarm", table_name="phone_ring")
    op.drop_index("ix_phone_ring_account", table_name="phone_ring")
    op.drop_table("phone_ring")
