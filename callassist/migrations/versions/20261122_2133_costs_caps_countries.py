"""What calls and texts cost, caps on it, and which countries may be dialled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_2133"
down_revision = "20261122_2130"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC
MONEY = sa.BigInteger()  # billionths of a unit
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "phone_cost",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("incident_id", KEY, nullable=True),
        sa.Column("property_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("whose", sa.String(length=8), nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("leg_id", sa.String(length=64), nullable=False),
        sa.Column("parent_id", sa.String(length=64), nullable=True),
        sa.Column("payer", sa.String(length=8), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("estimate", MONEY, nullable=False),
        sa.Column("amount", MONEY, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("ask_at", INSTANT, nullable=True),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_phone_cost_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_phone_cost_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["property_id"], ["property.id"], name=op.f("fk_phone_cost_property_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_cost")),
        sa.UniqueConstraint("provider", "leg_id", name=op.f("uq_phone_cost_provider_leg_id")),
    )
    op.create_index(
        "ix_phone_cost_account_asked", "phone_cost", ["account_id", "asked_at"], unique=False
    )
    op.create_index("ix_phone_cost_asked", "phone_cost", ["asked_at"], unique=False)
    op.create_index(
        "ix_phone_cost_due",
        "phone_cost",
        ["ask_at"],
        unique=False,
        sqlite_where=sa.text("ask_at IS NOT NULL"),
        postgresql_where=sa.text("ask_at IS NOT NULL"),
    )
    op.create_index("ix_phone_cost_incident", "phone_cost", ["incident_id"], unique=False)
    op.add_column("account", sa.Column("dial_countries", JSON, nullable=True))
    op.add_column("account", sa.Column("day_cap", MONEY, nullable=True))
    op.add_column("account", sa.Column("month_cap", MONEY, nullable=True))
    op.add_column("host_contact", sa.Column("phone_country", sa.String(length=3), nullable=True))
    op.add_column("property", sa.Column("caller_id", sa.String(length=20), nullable=True))
    op.add_column("stay_number", sa.Column("country", sa.String(length=3), nullable=True))


def downgrade() -> None:
    op.drop_column("stay_number", "country")
    op.drop_column("property", "caller_id")
    op.drop_column("host_contact", "phone_country")
    op.drop_column("account", "month_cap")
    op.drop_column("account", "day_cap")
    op.drop_column("account", "dial_countries")
    op.drop_index("ix_phone_cost_incident", table_name="phone_cost")
    op.drop_index(
        "ix_phone_cost_due",
        table_name="phone_cost",
        sqlite_where=sa.text("ask_at IS NOT NULL"),
        postgresql_where=sa.text("ask_at IS NOT NULL"),
    )
    op.drop_index("ix_phone_cost_asked", table_name="phone_cost")
    op.drop_index("ix_phone_cost_account_asked", table_name="phone_cost")
    op.drop_table("phone_cost")
