"""People and desks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0800"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970, UTC
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("caller_id", sa.String(length=20), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_public_id")),
    )
    op.create_table(
        "person",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
    )
    op.create_table(
        "desk",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("duty_phone", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_desk_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk")),
        sa.UniqueConstraint("public_id", name=op.f("uq_desk_public_id")),
    )
    op.create_table(
        "duty_span",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_duty_span_account_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_span_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_span")),
        sa.UniqueConstraint("public_id", name=op.f("uq_duty_span_public_id")),
    )
    op.create_index(
        "ix_duty_span_account_time",
        "duty_span",
        ["account_id", "starts_at", "ends_at"],
        unique=False,
    )
    op.create_table(
        "operator",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("desk_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("desk_name", sa.String(length=64), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_operator_desk_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_operator_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
        sa.UniqueConstraint("desk_id", "person_id", name=op.f("uq_operator_desk_id_person_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_operator_public_id")),
    )
    op.create_table(
        "role_binding",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("desk_id", KEY, nullable=True),
        sa.CheckConstraint(
            "account_id IS NULL OR desk_id IS NULL", name=op.f("ck_role_binding_one_place")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_binding_account_id")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_role_binding_desk_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_role_binding_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_binding")),
        sa.UniqueConstraint(
            "person_id",
            "role",
            "account_id",
            "desk_id",
            name=op.f("uq_role_binding_person_id_role_account_id_desk_id"),
        ),
    )
    op.create_index("ix_role_binding_account", "role_binding", ["account_id"], unique=False)
    op.create_index("ix_role_binding_desk", "role_binding", ["desk_id"], unique=False)
    op.create_table(
        "service_agreement",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("desk_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.Column("show_call_name_to_guest_desk", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_service_agreement_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desk.id"], name=op.f("fk_service_agreement_desk_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_agreement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_service_agreement_public_id")),
    )
    op.create_index(
        "ix_service_agreement_account",
        "service_agreement",
        ["account_id", "starts_at"],
        unique=False,
    )
    op.create_index("ix_service_agreement_desk", "service_agreement", ["desk_id"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("desk_id", KEY, nullable=True),
        sa.Column("operator_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_api_token_account_id")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_api_token_desk_id")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_api_token_operator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_token_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_table(
        "presence",
        sa.Column("operator_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("idle_since", INSTANT, nullable=True),
        sa.Column("heartbeat_at", INSTANT, nullable=True),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operator.id"],
            name=op.f("fk_presence_operator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("operator_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "shift",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("operator_id", KEY, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_shift_operator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shift_public_id")),
    )
    op.create_index("ix_shift_time", "shift", ["starts_at", "ends_at"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("token_id", KEY, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_idempotency_token_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_idempotency_token_id_key")),
    )


def downgrade() -> None:
    op.drop_table("idempotency")
    op.drop_table("shift")
    op.drop_table("presence")
    op.drop_table("api_token")
    op.drop_table("service_agreement")
    op.drop_table("role_binding")
    op.drop_table("operator")
    op.drop_table("duty_span")
    op.drop_table("desk")
    op.drop_table("person")
    op.drop_table("account")
