"""Requests to give a shift away or to swap it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1500"
down_revision = "20261122_1455"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC

_OPEN = "state IN ('asked', 'agreed')"


def upgrade() -> None:
    op.create_table(
        "shift_swap",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("desk_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asker_id", KEY, nullable=False),
        sa.Column("colleague_id", KEY, nullable=False),
        sa.Column("shift_id", KEY, nullable=True),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("return_shift_id", KEY, nullable=True),
        sa.Column("return_starts_at", INSTANT, nullable=True),
        sa.Column("return_ends_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("answer", sa.String(length=255), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["asker_id"],
            ["operator.id"],
            name=op.f("fk_shift_swap_asker_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["colleague_id"],
            ["operator.id"],
            name=op.f("fk_shift_swap_colleague_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_shift_swap_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_shift_swap_desk_id")),
        sa.ForeignKeyConstraint(
            ["return_shift_id"],
            ["shift.id"],
            name=op.f("fk_shift_swap_return_shift_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shift.id"], name=op.f("fk_shift_swap_shift_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_swap")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shift_swap_public_id")),
    )
    op.create_index("ix_shift_swap_desk", "shift_swap", ["desk_id", "asked_at"])
    for name, column in (("shift", "shift_id"), ("return", "return_shift_id")):
        op.create_index(
            f"uq_shift_swap_open_{name}",
            "shift_swap",
            [column],
            unique=True,
            sqlite_where=sa.text(_OPEN),
            postgresql_where=sa.text(_OPEN),
        )


def downgrade() -> None:
    op.drop_table("shift_swap")
