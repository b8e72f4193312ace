"""Accounts (one tenant each), people, their roles, and tokens for programs."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callassist.models.base import Base
from callassist.models.types import (
    Amount,
    Id,
    Instant,
    JsonDict,
    JsonList,
    Line,
    PublicId,
    Sealed,
    Word,
)


class Account(Base):
    """One firm of hosts: the tenant. Nobody of it ever sees another account's anything."""

    __tablename__ = "account"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    name: Mapped[Line]
    language: Mapped[str] = mapped_column(String(8), default="en")
    timezone: Mapped[Word] = mapped_column(default="UTC")
    caller_id: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[Instant]
    calls_by: Mapped[Word | None]  # domain.call_takers.CallTakers; None until the host has chosen
    records_calls_since: Mapped[Instant | None]  # None: calls are not recorded
    setup: Mapped[JsonDict | None]  # {"skipped": [steps of the set-up checklist]}
    # ISO codes of the countries that may be dialled; None: those of who stays or answers now
    dial_countries: Mapped[JsonList | None]
    day_cap: Mapped[Amount | None]  # of calls and texts, in whatever currency the provider bills
    month_cap: Mapped[Amount | None]
    deleted_at: Mapped[Instant | None]  # the row stays, for the chain of its incidents' logs


class Person(Base):
    """Somebody who can sign in. The columns are those that Flask-Security expects of a user."""

    __tablename__ = "person"
    # who comes from the firm's own sign-in
    __table_args__ = (Index("ix_person_firm_subject", "firm_subject", unique=True),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    email: Mapped[Line] = mapped_column(unique=True)
    name: Mapped[Line] = mapped_column(default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[Instant | None]
    language: Mapped[str | None] = mapped_column(String(8))
    theme: Mapped[str] = mapped_column(String(8), default="system", server_default="system")
    hour_cycle: Mapped[str | None] = mapped_column(String(4))  # h12 or h23; None: as the language
    # keys of the pages; the desk has its own
    shortcuts: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    timezone: Mapped[Word | None]  # None: the account's
    # local times like 23:00 between which nothing buzzes but what needs this person
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_until: Mapped[str | None] = mapped_column(String(5))
    # who they are at the firm's own sign-in: issuer and subject
    firm_subject: Mapped[str | None] = mapped_column(String(255))
    erased_at: Mapped[Instant | None]  # nothing here says any more who this was
    created_at: Mapped[Instant]

    bindings: Mapped[list[RoleBinding]] = relationship(
        back_populates="person", cascade="all, delete-orphan"
    )


class RoleBinding(Base):
    """What a person may do, and where: bound to one account or one desk (admin: neither)."""

    __tablename__ = "role_binding"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "account_id", "desk_id"),
        CheckConstraint("account_id IS NULL OR desk_id IS NULL", name="one_place"),
        # the people of one account or desk (team page, notification fan-out)
        Index("ix_role_binding_account", "account_id"),
        Index("ix_role_binding_desk", "desk_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[Word]  # domain.viewer.Role
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))
    # "firm": given by a group of the firm's own sign-in, and taken away with it
    source: Mapped[str] = mapped_column(String(16), default="local", server_default="local")

    person: Mapped[Person] = relationship(back_populates="bindings")


class SignInLink(Base):
    """A one-time link by which a person signs in; only its SHA-256 is kept."""

    __tablename__ = "sign_in_link"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class ApiToken(Base):
    """A bearer token for programs; only its SHA-256 is kept."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    name: Mapped[Line]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[Word]  # domain.viewer.Role: owner for host tokens, operator, supervisor, admin
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant | None]
    revoked_at: Mapped[Instant | None]
    last_used_at: Mapped[Instant | None]


class Idempotency(Base):
    """The answer that a POST with an Idempotency-Key got, kept 24 h so a retry gets it again."""

    __tablename__ = "idempotency"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[Id]
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id", ondelete="CASCADE"))
    key: Mapped[Line]
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    body: Mapped[Sealed | None]  # may hold a secret that is shown once
    created_at: Mapped[Instant]


class DutySpan(Base):
    """Who of an account is rung at night: the duty rota, in order within a span."""

    __tablename__ = "duty_span"
    # who is on duty for this account now
    __table_args__ = (Index("ix_duty_span_account_time", "account_id", "starts_at", "ends_at"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[Line]
    phone: Mapped[Sealed | None]
    languages: Mapped[JsonList]
    position: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]


class DutyFeed(Base):
    """The secret address under which calendars read an account's duty rota."""

    __tablename__ = "duty_feed"
    __table_args__ = (Index("ix_duty_feed_account", "account_id"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
