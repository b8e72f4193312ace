"""Who takes the calls, the set-up checklist, changes of presets, why a home is paused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1115"
down_revision = "20261122_1113"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "policy_change",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("policy_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_policy_change_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["policy.id"],
            name=op.f("fk_policy_change_policy_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_change")),
        sa.UniqueConstraint("public_id", name=op.f("uq_policy_change_public_id")),
    )
    op.create_index("ix_policy_change_account", "policy_change", ["account_id", "at"], unique=False)
    op.create_index("ix_policy_change_policy", "policy_change", ["policy_id", "at"], unique=False)
    op.add_column("account", sa.Column("calls_by", sa.String(length=64), nullable=True))
    op.add_column("account", sa.Column("setup", JSON, nullable=True))
    op.add_column("property", sa.Column("pause_reason", sa.String(length=255), nullable=True))


def downgrade() -> None:
    op.drop_column("property", "pause_reason")
    op.drop_column("account", "setup")
    op.drop_column("account", "calls_by")
    op.drop_index("ix_policy_change_policy", table_name="policy_change")
    op.drop_index("ix_policy_change_account", table_name="policy_change")
    op.drop_table("policy_change")
