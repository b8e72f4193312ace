"""Breaks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1822"
down_revision = "20261122_1752"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "break_taken",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("operator_id", KEY, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operator.id"],
            name=op.f("fk_break_taken_operator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_taken")),
    )
    op.create_index(
        "ix_break_taken_operator", "break_taken", ["operator_id", "starts_at"], unique=False
    )
    op.create_table(
        "planned_break",
        sa.Column("shift_id", KEY, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shift.id"], name=op.f("fk_planned_break_shift_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shift_id", name=op.f("pk_planned_break")),
    )


def downgrade() -> None:
    op.drop_table("planned_break")
    op.drop_index("ix_break_taken_operator", table_name="break_taken")
    op.drop_table("break_taken")
