"""Where homes are and how their host tells them apart; files of homes; keys of the pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1450"
down_revision = "20261122_1124"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    op.create_table(
        "home_file",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_home_file_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_home_file_public_id")),
    )
    op.create_index("ix_home_file_created", "home_file", ["created_at"], unique=False)
    op.create_table(
        "property_tag",
        sa.Column("property_id", KEY, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_property_tag_property_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("property_id", "tag", name=op.f("pk_property_tag")),
    )
    op.add_column(
        "property", sa.Column("location", sa.String(length=255), server_default="", nullable=False)
    )
    op.add_column(
        "person", sa.Column("shortcuts", sa.Boolean(), server_default=sa.true(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("person", "shortcuts")
    op.drop_column("property", "location")
    op.drop_table("property_tag")
    op.drop_index("ix_home_file_created", table_name="home_file")
    op.drop_table("home_file")
