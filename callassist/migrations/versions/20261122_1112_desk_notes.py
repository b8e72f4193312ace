"""Drafts of notes, the word for the next shift, how operators like the desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1112"
down_revision = "20261122_0804"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "desk_preference",
        sa.Column("operator_id", KEY, autoincrement=False, nullable=False),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.Column("tone", sa.String(length=16), nullable=False),
        sa.Column("volume", sa.Integer(), nullable=False),
        sa.Column("only_mine", sa.Boolean(), nullable=False),
        sa.Column("trained_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operator.id"],
            name=op.f("fk_desk_preference_operator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("operator_id", name=op.f("pk_desk_preference")),
    )
    op.create_table(
        "shift_note",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("desk_id", KEY, nullable=False),
        sa.Column("operator_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_shift_note_desk_id")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_shift_note_operator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_note")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shift_note_public_id")),
    )
    op.create_index("ix_shift_note_desk", "shift_note", ["desk_id", "created_at"], unique=False)
    op.create_table(
        "note_draft",
        sa.Column("task_id", KEY, autoincrement=False, nullable=False),
        sa.Column("operator_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_note_draft_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["call_task.id"], name=op.f("fk_note_draft_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_note_draft")),
    )


def downgrade() -> None:
    op.drop_table("note_draft")
    op.drop_index("ix_shift_note_desk", table_name="shift_note")
    op.drop_table("shift_note")
    op.drop_table("desk_preference")
