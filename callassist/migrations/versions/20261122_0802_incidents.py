"""Incidents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callassist.migrations import append_only

revision = "20261122_0802"
down_revision = "20261122_0801"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("property_id", KEY, nullable=False),
        sa.Column("desk_id", KEY, nullable=True),
        sa.Column("stay_id", KEY, nullable=True),
        sa.Column("breach_id", KEY, nullable=True),
        sa.Column("policy", JSON, nullable=False),
        sa.Column("cadence", JSON, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("resolution", sa.String(length=20), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("complaint", sa.Text(), nullable=True),
        sa.Column("complaint_at", INSTANT, nullable=True),
        sa.Column("repeat_of_id", KEY, nullable=True),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("call_requested_at", INSTANT, nullable=True),
        sa.Column("first_contact", sa.String(length=8), nullable=True),
        sa.Column("contact_at", INSTANT, nullable=True),
        sa.Column("latest_contact_at", INSTANT, nullable=True),
        sa.Column("calling_ended_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("noise_ended_at", INSTANT, nullable=True),
        sa.Column("held_until", INSTANT, nullable=True),
        sa.Column("hold_used", sa.Boolean(), nullable=False),
        sa.Column("cancel_redials", sa.Integer(), nullable=False),
        sa.Column("provider_errors", sa.Integer(), nullable=False),
        sa.Column("continuation_used", sa.Boolean(), nullable=False),
        sa.Column("barrier_met", sa.Boolean(), nullable=False),
        sa.Column("ending", sa.String(length=20), nullable=True),
        sa.Column("log_length", sa.Integer(), nullable=False),
        sa.Column("log_head", sa.String(length=64), nullable=False),
        sa.Column("led_by_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_incident_account_id")
        ),
        sa.ForeignKeyConstraint(["breach_id"], ["breach.id"], name=op.f("fk_incident_breach_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_incident_desk_id")),
        sa.ForeignKeyConstraint(["led_by_id"], ["incident.id"], name=op.f("fk_incident_led_by_id")),
        sa.ForeignKeyConstraint(
            ["property_id"], ["property.id"], name=op.f("fk_incident_property_id")
        ),
        sa.ForeignKeyConstraint(
            ["repeat_of_id"], ["incident.id"], name=op.f("fk_incident_repeat_of_id")
        ),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_incident_stay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("public_id", name=op.f("uq_incident_public_id")),
    )
    op.create_index(
        "ix_incident_account_opened", "incident", ["account_id", "opened_at"], unique=False
    )
    op.create_index("ix_incident_breach", "incident", ["breach_id"], unique=False)
    op.create_index(
        "ix_incident_property_closed", "incident", ["property_id", "closed_at"], unique=False
    )
    op.create_index("ix_incident_stay", "incident", ["stay_id"], unique=False)
    op.create_index(
        "uq_incident_open_property",
        "incident",
        ["property_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "call_task",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("desk_id", KEY, nullable=True),
        sa.Column("party", sa.String(length=8), nullable=False),
        sa.Column("attempt_number", sa.Integer(), nullable=False),
        sa.Column("contact_position", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("any_language", sa.Boolean(), nullable=False),
        sa.Column("available_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("operator_id", KEY, nullable=True),
        sa.Column("preferred_operator_id", KEY, nullable=True),
        sa.Column("preferred_until", INSTANT, nullable=True),
        sa.Column("offered_at", INSTANT, nullable=True),
        sa.Column("assigned_at", INSTANT, nullable=True),
        sa.Column("wrap_up_started_at", INSTANT, nullable=True),
        sa.Column("wrap_up_extended", sa.Boolean(), nullable=False),
        sa.Column("continuation", sa.Boolean(), nullable=False),
        sa.Column("guest_asked", sa.Boolean(), nullable=False),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_call_task_account_id")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_call_task_desk_id")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_call_task_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_call_task_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["preferred_operator_id"],
            ["operator.id"],
            name=op.f("fk_call_task_preferred_operator_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_task")),
        sa.UniqueConstraint("public_id", name=op.f("uq_call_task_public_id")),
    )
    op.create_index("ix_call_task_queue", "call_task", ["state", "available_at"], unique=False)
    op.create_index(
        "uq_call_task_open_incident",
        "call_task",
        ["incident_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('pending','offered','assigned','wrapping_up')"),
        postgresql_where=sa.text("state IN ('pending','offered','assigned','wrapping_up')"),
    )
    op.create_index(
        "uq_call_task_operator",
        "call_task",
        ["operator_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('offered','assigned','wrapping_up')"),
        postgresql_where=sa.text("state IN ('offered','assigned','wrapping_up')"),
    )
    op.create_table(
        "incident_log",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_log_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_log")),
        sa.UniqueConstraint("incident_id", "seq", name=op.f("uq_incident_log_incident_id_seq")),
    )
    op.create_table(
        "call_attempt",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("dial_number", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=8), nullable=False),
        sa.Column("attempt_number", sa.Integer(), nullable=False),
        sa.Column("operator_id", KEY, nullable=True),
        sa.Column("stay_number_id", sa.BigInteger(), nullable=True),
        sa.Column("host_contact_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("number_mask", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("provider_call_id", sa.String(length=64), nullable=True),
        sa.Column("dial_token", sa.String(length=64), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("dial_at", INSTANT, nullable=True),
        sa.Column("looked_up_from", INSTANT, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("talk_seconds", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("disposition", sa.String(length=32), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=True),
        sa.Column("hang_up_requested_at", INSTANT, nullable=True),
        sa.Column("error", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_call_attempt_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_call_attempt_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_call_attempt_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["call_task.id"], name=op.f("fk_call_attempt_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_attempt")),
        sa.UniqueConstraint("dial_token", name=op.f("uq_call_attempt_dial_token")),
        sa.UniqueConstraint("provider_call_id", name=op.f("uq_call_attempt_provider_call_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_call_attempt_public_id")),
        sa.UniqueConstraint(
            "task_id", "dial_number", name=op.f("uq_call_attempt_task_id_dial_number")
        ),
    )
    op.create_index("ix_call_attempt_incident", "call_attempt", ["incident_id"], unique=False)
    op.create_index(
        "ix_call_attempt_number", "call_attempt", ["number_index", "dial_at"], unique=False
    )
    op.create_index("ix_call_attempt_state", "call_attempt", ["state"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("operator_id", KEY, nullable=False),
        sa.Column("offered_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ending", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_offer_operator_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["call_task.id"], name=op.f("fk_offer_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index("ix_offer_task_operator", "offer", ["task_id", "operator_id"], unique=False)
    op.create_table(
        "call_event",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["call_attempt.id"], name=op.f("fk_call_event_attempt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_event")),
        sa.UniqueConstraint(
            "attempt_id",
            "call_id",
            "sequence",
            name=op.f("uq_call_event_attempt_id_call_id_sequence"),
        ),
    )
    append_only.create()


def downgrade() -> None:
    append_only.drop()
    op.drop_table("call_event")
    op.drop_table("offer")
    op.drop_table("call_attempt")
    op.drop_table("incident_log")
    op.drop_table("call_task")
    op.drop_table("incident")
