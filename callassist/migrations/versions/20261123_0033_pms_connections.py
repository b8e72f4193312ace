"""Property-management systems: connections, listings, reservations and what came of reading."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_0033"
down_revision = "20261122_2151"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "pms_budget",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("window_seconds", sa.Integer(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("blocked_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("key", "window_seconds", name=op.f("pk_pms_budget")),
    )
    op.create_table(
        "pms_connection",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("vendor", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("account_there", sa.String(length=255), nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("hook_token_hash", sa.String(length=64), nullable=False),
        sa.Column("hook_token", sa.LargeBinary(), nullable=False),
        sa.Column("hook_secrets", sa.LargeBinary(), nullable=True),
        sa.Column("hook_registered_at", INSTANT, nullable=True),
        sa.Column("last_hook_at", INSTANT, nullable=True),
        sa.Column("complete_at", INSTANT, nullable=True),
        sa.Column("changes_since", INSTANT, nullable=True),
        sa.Column("next_run_at", INSTANT, nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("wanted", sa.String(length=16), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=255), nullable=True),
        sa.Column("error_field", sa.String(length=64), nullable=True),
        sa.Column("asked_on", sa.String(length=10), nullable=True),
        sa.Column("asked_count", sa.Integer(), nullable=False),
        sa.Column("sends_messages", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sends_notes", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_pms_connection_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pms_connection")),
        sa.UniqueConstraint("hook_token_hash", name=op.f("uq_pms_connection_hook_token_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pms_connection_public_id")),
    )
    op.create_index("ix_pms_connection_account", "pms_connection", ["account_id"], unique=False)
    op.create_index("ix_pms_connection_next_run", "pms_connection", ["next_run_at"], unique=False)
    op.create_table(
        "pms_hint",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("connection_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["pms_connection.id"],
            name=op.f("fk_pms_hint_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pms_hint")),
        sa.UniqueConstraint(
            "connection_id",
            "kind",
            "external_id",
            name=op.f("uq_pms_hint_connection_id_kind_external_id"),
        ),
    )
    op.create_index("ix_pms_hint_due", "pms_hint", ["due_at"], unique=False)
    op.create_table(
        "pms_reservation",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("connection_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("read_run", sa.Integer(), nullable=False),
        sa.Column("contact_read_at", INSTANT, nullable=True),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_pms_reservation_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["pms_connection.id"],
            name=op.f("fk_pms_reservation_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pms_reservation")),
        sa.UniqueConstraint(
            "connection_id",
            "external_id",
            name=op.f("uq_pms_reservation_connection_id_external_id"),
        ),
    )
    op.create_index(
        "ix_pms_reservation_departure",
        "pms_reservation",
        ["connection_id", "last_day"],
        unique=False,
    )
    op.create_index(
        "ix_pms_reservation_read", "pms_reservation", ["connection_id", "read_run"], unique=False
    )
    op.create_table(
        "pms_set_aside",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("connection_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("read_run", sa.Integer(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_pms_set_aside_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["pms_connection.id"],
            name=op.f("fk_pms_set_aside_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pms_set_aside")),
        sa.UniqueConstraint(
            "connection_id",
            "kind",
            "external_id",
            name=op.f("uq_pms_set_aside_connection_id_kind_external_id"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_pms_set_aside_public_id")),
    )
    op.create_table(
        "pms_token",
        sa.Column("connection_id", KEY, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("fetched", JSON, nullable=False),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["pms_connection.id"],
            name=op.f("fk_pms_token_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_pms_token")),
    )
    op.create_table(
        "pms_listing",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("connection_id", KEY, nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("check_in", sa.String(length=5), nullable=True),
        sa.Column("check_out", sa.String(length=5), nullable=True),
        sa.Column("property_id", KEY, nullable=True),
        sa.Column("ignored_at", INSTANT, nullable=True),
        sa.Column("gone_at", INSTANT, nullable=True),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_pms_listing_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["pms_connection.id"],
            name=op.f("fk_pms_listing_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["property_id"], ["property.id"], name=op.f("fk_pms_listing_property_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pms_listing")),
        sa.UniqueConstraint(
            "connection_id", "external_id", name=op.f("uq_pms_listing_connection_id_external_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_pms_listing_public_id")),
    )
    op.create_index("ix_pms_listing_property", "pms_listing", ["property_id"], unique=False)
    op.create_table(
        "pms_message",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("connection_id", KEY, nullable=False),
        sa.Column("stay_id", KEY, nullable=True),
        sa.Column("incident_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column(
            "state", sa.String(length=64), server_default=sa.text("'waiting'"), nullable=False
        ),
        sa.Column("error", sa.String(length=255), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_pms_message_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["pms_connection.id"],
            name=op.f("fk_pms_message_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_pms_message_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["stay_id"], ["stay.id"], name=op.f("fk_pms_message_stay_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pms_message")),
        sa.UniqueConstraint("key", name=op.f("uq_pms_message_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pms_message_public_id")),
    )
    op.add_column("import_run", sa.Column("connection_id", KEY, nullable=True))
    op.add_column(
        "import_run",
        sa.Column("kind", sa.String(length=64), server_default=sa.text("'file'"), nullable=False),
    )
    op.add_column(
        "import_run",
        sa.Column("is_complete", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("import_run", sa.Column("detail", sa.Text(), nullable=True))
    op.create_index(
        "ix_import_run_connection", "import_run", ["connection_id", "started_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_import_run_connection", table_name="import_run")
    op.drop_column("import_run", "detail")
    op.drop_column("import_run", "is_complete")
    op.drop_column("import_run", "kind")
    op.drop_column("import_run", "connection_id")
    op.drop_table("pms_message")
    op.drop_index("ix_pms_listing_property", table_name="pms_listing")
    op.drop_table("pms_listing")
    op.drop_table("pms_token")
    op.drop_table("pms_set_aside")
    op.drop_index("ix_pms_reservation_read", table_name="pms_reservation")
    op.drop_index("ix_pms_reservation_departure", table_name="pms_reservation")
    op.drop_table("pms_reservation")
    op.drop_index("ix_pms_hint_due", table_name="pms_hint")
    op.drop_table("pms_hint")
    op.drop_index("ix_pms_connection_next_run", table_name="pms_connection")
    op.drop_index("ix_pms_connection_account", table_name="pms_connection")
    op.drop_table("pms_connection")
    op.drop_table("pms_budget")
