"""Supervision, and nudges for live pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1118"
down_revision = "20261122_1117"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "nudge",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("desk_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_nudge_at", "nudge", ["at"], unique=False)
    op.create_table(
        "script_version",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("desk_id", KEY, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("book", JSON, nullable=False),
        sa.Column("written_by_id", KEY, nullable=True),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("published_by_id", KEY, nullable=True),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_script_version_desk_id")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_script_version_published_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_script_version_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_version")),
        sa.UniqueConstraint(
            "desk_id", "language", "number", name=op.f("uq_script_version_desk_id_language_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_script_version_public_id")),
    )
    op.create_table(
        "desk_link",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("desk_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("operator_id", KEY, nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_desk_link_desk_id")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_desk_link_operator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_link")),
        sa.UniqueConstraint("public_id", name=op.f("uq_desk_link_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_desk_link_token_hash")),
    )
    op.create_index("ix_desk_link_desk", "desk_link", ["desk_id"], unique=False)
    op.create_table(
        "intervention",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("desk_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("operator_id", KEY, nullable=True),
        sa.Column("task_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_intervention_desk_id")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_intervention_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_intervention_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["call_task.id"], name=op.f("fk_intervention_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention")),
    )
    op.create_index("ix_intervention_desk", "intervention", ["desk_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_intervention_desk", table_name="intervention")
    op.drop_table("intervention")
    op.drop_index("ix_desk_link_desk", table_name="desk_link")
    op.drop_table("desk_link")
    op.drop_table("script_version")
    op.drop_index("ix_nudge_at", table_name="nudge")
    op.drop_table("nudge")
