"""Indexes of calls."""

from __future__ import annotations

from alembic import op

revision = "20261123_1130"
down_revision = "20261123_1057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_call_task_incident", "call_task", ["incident_id"])
    op.create_index("ix_call_task_operator_completed", "call_task", ["operator_id", "completed_at"])
    op.create_index("ix_host_contact_phone", "host_contact", ["phone_index"])
    op.drop_index("ix_phone_ring_account", table_name="phone_ring")
    op.create_index("ix_phone_ring_provider", "phone_ring", ["provider", "state"])


def downgrade() -> None:
    op.drop_index("ix_phone_ring_provider", table_name="phone_ring")
    op.create_index("ix_phone_ring_account", "phone_ring", ["account_id", "dial_at"])
    op.drop_index("ix_host_contact_phone", table_name="host_contact")
    op.drop_index("ix_call_task_operator_completed", table_name="call_task")
    op.drop_index("ix_call_task_incident", table_name="call_task")
