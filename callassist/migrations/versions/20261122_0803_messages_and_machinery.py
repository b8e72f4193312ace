"""Messages and machinery."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0803"
down_revision = "20261122_0802"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("delivered_at", INSTANT, nullable=True),
        sa.Column("failed_at", INSTANT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("topic", "key", name=op.f("uq_outbox_topic_key")),
    )
    op.create_index(
        "ix_outbox_due_open",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("delivered_at IS NULL"),
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_table(
        "service_fact",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_service_fact")),
    )
    op.create_table(
        "timer",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("armed_at", INSTANT, nullable=False),
        sa.Column("fired_at", INSTANT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", INSTANT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
    )
    op.create_index(
        "ix_timer_due_open",
        "timer",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("fired_at IS NULL AND retry_at IS NULL"),
        postgresql_where=sa.text("fired_at IS NULL AND retry_at IS NULL"),
    )
    op.create_index(
        "ix_timer_fired",
        "timer",
        ["fired_at"],
        unique=False,
        sqlite_where=sa.text("fired_at IS NOT NULL"),
        postgresql_where=sa.text("fired_at IS NOT NULL"),
    )
    op.create_index(
        "ix_timer_retry_open",
        "timer",
        ["retry_at"],
        unique=False,
        sqlite_where=sa.text("fired_at IS NULL AND retry_at IS NOT NULL"),
        postgresql_where=sa.text("fired_at IS NULL AND retry_at IS NOT NULL"),
    )
    op.create_index(
        "uq_timer_open_subject",
        "timer",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("fired_at IS NULL"),
        postgresql_where=sa.text("fired_at IS NULL"),
    )
    op.create_table(
        "import_run",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_import_run_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index(
        "ix_import_run_account", "import_run", ["account_id", "started_at"], unique=False
    )
    op.create_table(
        "notification_channel",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("desk_id", KEY, nullable=True),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_mask", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("muted_kinds", JSON, nullable=False),
        sa.Column("wanted_kinds", JSON, nullable=False),
        sa.Column("proved_at", INSTANT, nullable=True),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.Column("disabled_reason", sa.String(length=255), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notification_channel_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desk.id"], name=op.f("fk_notification_channel_desk_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notification_channel_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_channel")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notification_channel_public_id")),
    )
    op.create_index(
        "ix_notification_channel_account", "notification_channel", ["account_id"], unique=False
    )
    op.create_index(
        "ix_notification_channel_desk", "notification_channel", ["desk_id"], unique=False
    )
    op.create_table(
        "needs_you",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("incident_id", KEY, nullable=True),
        sa.Column("property_id", KEY, nullable=True),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("acknowledged_by", sa.String(length=255), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_needs_you_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_needs_you_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["property_id"], ["property.id"], name=op.f("fk_needs_you_property_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_you")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_needs_you_account_id_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_needs_you_public_id")),
    )
    op.create_index(
        "ix_needs_you_account_open", "needs_you", ["account_id", "acknowledged_at"], unique=False
    )
    op.create_table(
        "notification",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("channel_id", KEY, nullable=True),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("desk_id", KEY, nullable=True),
        sa.Column("incident_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notification_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["notification_channel.id"], name=op.f("fk_notification_channel_id")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_notification_desk_id")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_notification_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("channel_id", "key", name=op.f("uq_notification_channel_id_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notification_public_id")),
    )
    op.create_index(
        "ix_notification_account_created",
        "notification",
        ["account_id", "created_at"],
        unique=False,
    )
    op.create_index("ix_notification_incident", "notification", ["incident_id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_report_account_id")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_report_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_report_incident_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_public_id")),
    )
    op.create_table(
        "report_version",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("report_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_version_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
        sa.UniqueConstraint(
            "report_id", "version", name=op.f("uq_report_version_report_id_version")
        ),
    )


def downgrade() -> None:
    op.drop_table("report_version")
    op.drop_table("report")
    op.drop_table("notification")
    op.drop_table("needs_you")
    op.drop_table("notification_channel")
    op.drop_table("import_run")
    op.drop_table("timer")
    op.drop_table("service_fact")
    op.drop_table("outbox")
