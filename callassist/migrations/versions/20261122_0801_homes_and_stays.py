"""Homes and stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0801"
down_revision = "20261122_0800"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("stay_public_id", sa.String(length=24), nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("stay_public_id", name=op.f("uq_erasure_stay_public_id")),
    )
    op.create_table(
        "noise_reading",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("sensor_id", sa.BigInteger(), nullable=False),
        sa.Column("event_key", sa.String(length=120), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("level_db", sa.Float(), nullable=True),
        sa.Column("number", sa.SmallInteger(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_noise_reading")),
        sa.UniqueConstraint(
            "sensor_id", "event_key", name=op.f("uq_noise_reading_sensor_id_event_key")
        ),
    )
    op.create_index(
        "ix_noise_reading_sensor_at", "noise_reading", ["sensor_id", "at"], unique=False
    )
    op.create_table(
        "stop_entry",
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("stopped_at", INSTANT, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number_index", name=op.f("pk_stop_entry")),
    )
    op.create_table(
        "policy",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_policy_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("public_id", name=op.f("uq_policy_public_id")),
    )
    op.create_index("ix_policy_account", "policy", ["account_id"], unique=False)
    op.create_table(
        "sensor_connection",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("adapter", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        sa.Column("options", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_post_at", INSTANT, nullable=True),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sensor_connection_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor_connection")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sensor_connection_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sensor_connection_token_hash")),
    )
    op.create_index(
        "ix_sensor_connection_account", "sensor_connection", ["account_id"], unique=False
    )
    op.create_table(
        "property",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("call_name", sa.String(length=255), nullable=False),
        sa.Column("show_call_name_to_guest", sa.Boolean(), nullable=False),
        sa.Column("host_spoken_name", sa.String(length=255), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("policy_id", KEY, nullable=True),
        sa.Column("host_only", sa.Boolean(), nullable=False),
        sa.Column("paused_from", INSTANT, nullable=True),
        sa.Column("paused_until", INSTANT, nullable=True),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_property_account_id")
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_property_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property")),
        sa.UniqueConstraint("public_id", name=op.f("uq_property_public_id")),
    )
    op.create_index("ix_property_account", "property", ["account_id"], unique=False)
    op.create_table(
        "breach",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("property_id", KEY, nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("policy", JSON, nullable=False),
        sa.Column("first_loud_at", INSTANT, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("last_loud_at", INSTANT, nullable=False),
        sa.Column("escalated_at", INSTANT, nullable=True),
        sa.Column("frozen_since", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("end_reason", sa.String(length=64), nullable=True),
        sa.Column("peak_db", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["property_id"], ["property.id"], name=op.f("fk_breach_property_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
        sa.UniqueConstraint("property_id", "key", name=op.f("uq_breach_property_id_key")),
    )
    op.create_index("ix_breach_property_began", "breach", ["property_id", "began_at"], unique=False)
    op.create_table(
        "host_contact",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("property_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.String(length=64), nullable=False),
        sa.Column("phone_mask", sa.String(length=64), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("flagged_at", INSTANT, nullable=True),
        sa.Column("flag_reason", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_host_contact_property_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_contact")),
        sa.UniqueConstraint("public_id", name=op.f("uq_host_contact_public_id")),
    )
    op.create_index(
        "ix_host_contact_property", "host_contact", ["property_id", "position"], unique=False
    )
    op.create_table(
        "property_noise",
        sa.Column("property_id", KEY, nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("breach_id", sa.BigInteger(), nullable=True),
        sa.Column("tick_due_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_property_noise_property_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("property_id", name=op.f("pk_property_noise")),
    )
    op.create_table(
        "sensor",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("connection_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("property_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("last_heard_at", INSTANT, nullable=True),
        sa.Column("silent_since", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sensor_account_id")),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["sensor_connection.id"], name=op.f("fk_sensor_connection_id")
        ),
        sa.ForeignKeyConstraint(
            ["property_id"], ["property.id"], name=op.f("fk_sensor_property_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor")),
        sa.UniqueConstraint(
            "connection_id", "external_id", name=op.f("uq_sensor_connection_id_external_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_sensor_public_id")),
    )
    op.create_index("ix_sensor_property", "sensor", ["property_id"], unique=False)
    op.create_table(
        "stay",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("property_id", KEY, nullable=False),
        sa.Column("guest_name", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("check_in_at", INSTANT, nullable=False),
        sa.Column("check_out_at", INSTANT, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=True),
        sa.Column("imported", JSON, nullable=True),
        sa.Column("typed_fields", JSON, nullable=False),
        sa.Column("source_read_at", INSTANT, nullable=True),
        sa.Column("cancelled_at", INSTANT, nullable=True),
        sa.Column("erased_at", INSTANT, nullable=True),
        sa.Column("do_not_call_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_stay_account_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_stay_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay")),
        sa.UniqueConstraint(
            "property_id",
            "source",
            "external_id",
            name=op.f("uq_stay_property_id_source_external_id"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_stay_public_id")),
    )
    op.create_index(
        "ix_stay_property_time",
        "stay",
        ["property_id", "check_in_at", "check_out_at"],
        unique=False,
    )
    op.create_table(
        "consent",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("stay_id", KEY, nullable=True),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.Column("given_by", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_consent_account_id")),
        sa.ForeignKeyConstraint(
            ["stay_id"], ["stay.id"], name=op.f("fk_consent_stay_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("public_id", name=op.f("uq_consent_public_id")),
    )
    op.create_index("ix_consent_number", "consent", ["number_index"], unique=False)
    op.create_table(
        "stay_number",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("stay_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("number_raw", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("number_mask", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("flagged_at", INSTANT, nullable=True),
        sa.Column("flag_reason", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["stay_id"], ["stay.id"], name=op.f("fk_stay_number_stay_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay_number")),
    )
    op.create_index("ix_stay_number_index", "stay_number", ["number_index"], unique=False)
    op.create_index("ix_stay_number_stay", "stay_number", ["stay_id", "position"], unique=False)


def downgrade() -> None:
    op.drop_table("stay_number")
    op.drop_table("consent")
    op.drop_table("stay")
    op.drop_table("sensor")
    op.drop_table("property_noise")
    op.drop_table("host_contact")
    op.drop_table("breach")
    op.drop_table("property")
    op.drop_table("sensor_connection")
    op.drop_table("policy")
    op.drop_table("stop_entry")
    op.drop_table("noise_reading")
    op.drop_table("erasure")
