"""Notes, feedback and links after an incident; digests, duty feeds, files of stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1113"
down_revision = "20261122_1112"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "duty_feed",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_duty_feed_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_duty_feed_token_hash")),
    )
    op.create_index("ix_duty_feed_account", "duty_feed", ["account_id"], unique=False)
    op.create_table(
        "stay_file",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_stay_file_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stay_file_public_id")),
    )
    op.create_index("ix_stay_file_created", "stay_file", ["created_at"], unique=False)
    op.create_table(
        "digest",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("property_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_mask", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("frequency", sa.String(length=64), nullable=False),
        sa.Column("sent_until", INSTANT, nullable=False),
        sa.Column("stop_token", sa.LargeBinary(), nullable=False),
        sa.Column("stop_token_hash", sa.String(length=64), nullable=False),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_digest_account_id")),
        sa.ForeignKeyConstraint(
            ["property_id"], ["property.id"], name=op.f("fk_digest_property_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_digest_public_id")),
        sa.UniqueConstraint("stop_token_hash", name=op.f("uq_digest_stop_token_hash")),
    )
    op.create_index("ix_digest_account", "digest", ["account_id"], unique=False)
    op.create_table(
        "false_alarm",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("said_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_false_alarm_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_false_alarm_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_false_alarm")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_false_alarm_incident_id")),
    )
    op.create_table(
        "host_note",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_host_note_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_host_note_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_host_note_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_note")),
        sa.UniqueConstraint("public_id", name=op.f("uq_host_note_public_id")),
    )
    op.create_index("ix_host_note_incident", "host_note", ["incident_id"], unique=False)
    op.create_table(
        "report_share",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("report_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("last_opened_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_report_share_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_share_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_share")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_share_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_report_share_token_hash")),
    )
    op.create_index("ix_report_share_report", "report_share", ["report_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_report_share_report", table_name="report_share")
    op.drop_table("report_share")
    op.drop_index("ix_host_note_incident", table_name="host_note")
    op.drop_table("host_note")
    op.drop_table("false_alarm")
    op.drop_index("ix_digest_account", table_name="digest")
    op.drop_table("digest")
    op.drop_index("ix_stay_file_created", table_name="stay_file")
    op.drop_table("stay_file")
    op.drop_index("ix_duty_feed_account", table_name="duty_feed")
    op.drop_table("duty_feed")
