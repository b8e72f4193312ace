"""Own networks lookups recordings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_2130"
down_revision = "20261122_2129"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "number_lookup",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("is_valid", sa.Boolean(), nullable=False),
        sa.Column("line_type", sa.String(length=64), nullable=False),
        sa.Column("looked_up_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_lookup")),
        sa.UniqueConstraint("number_index", name=op.f("uq_number_lookup_number_index")),
    )
    op.create_index("ix_number_lookup_looked_up", "number_lookup", ["looked_up_at"], unique=False)
    op.create_table(
        "own_network",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("space", sa.String(length=64), nullable=False),
        sa.Column("account_sid", sa.String(length=64), nullable=False),
        sa.Column("auth_token", sa.LargeBinary(), nullable=False),
        sa.Column("auth_token_secondary", sa.LargeBinary(), nullable=True),
        sa.Column("signing_key", sa.LargeBinary(), nullable=True),
        sa.Column("api_key_sid", sa.String(length=64), nullable=False),
        sa.Column("api_key_secret", sa.LargeBinary(), nullable=True),
        sa.Column("application_sid", sa.String(length=64), nullable=False),
        sa.Column("caller_id", sa.String(length=20), nullable=False),
        sa.Column("messaging_service_sid", sa.String(length=64), nullable=False),
        sa.Column("may_fall_back", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("changed_by", KEY, nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.Column("wrong_since", INSTANT, nullable=True),
        sa.Column("wrong", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_own_network_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["person.id"],
            name=op.f("fk_own_network_changed_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_network")),
        sa.UniqueConstraint("account_id", name=op.f("uq_own_network_account_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_own_network_public_id")),
    )
    op.create_table(
        "recording",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=True),
        sa.Column("provider_recording_id", sa.String(length=64), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("kept_at", INSTANT, nullable=True),
        sa.Column("gone_at", INSTANT, nullable=True),
        sa.Column("there_gone_at", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recording_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["call_attempt.id"], name=op.f("fk_recording_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_recording_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_recording_attempt_id")),
        sa.UniqueConstraint(
            "provider_recording_id", name=op.f("uq_recording_provider_recording_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_recording_public_id")),
    )
    op.create_index("ix_recording_account", "recording", ["account_id", "decided_at"], unique=False)
    op.create_index("ix_recording_incident", "recording", ["incident_id"], unique=False)
    op.create_index("ix_recording_state", "recording", ["state"], unique=False)
    op.create_table(
        "recording_part",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("recording_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recording.id"],
            name=op.f("fk_recording_part_recording_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_part")),
        sa.UniqueConstraint(
            "recording_id", "position", name=op.f("uq_recording_part_recording_id_position")
        ),
    )
    op.add_column("account", sa.Column("records_calls_since", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("account", "records_calls_since")
    op.drop_table("recording_part")
    op.drop_index("ix_recording_state", table_name="recording")
    op.drop_index("ix_recording_incident", table_name="recording")
    op.drop_index("ix_recording_account", table_name="recording")
    op.drop_table("recording")
    op.drop_table("own_network")
    op.drop_index("ix_number_lookup_looked_up", table_name="number_lookup")
    op.drop_table("number_lookup")
