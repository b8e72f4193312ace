"""Accounts and people that are deleted on request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1455"
down_revision = "20261122_1450"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC
IN_FORCE = sa.text("undone_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "account_deletion",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("asked_by_id", KEY, nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.Column("begun_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_deletion_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["person.id"],
            name=op.f("fk_account_deletion_asked_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_deletion")),
    )
    op.create_index(
        "uq_account_deletion_in_force",
        "account_deletion",
        ["account_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.add_column("account", sa.Column("deleted_at", INSTANT, nullable=True))
    op.add_column("person", sa.Column("erased_at", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("person", "erased_at")
    op.drop_column("account", "deleted_at")
    op.drop_index("uq_account_deletion_in_force", table_name="account_deletion")
    op.drop_table("account_deletion")
