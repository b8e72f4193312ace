"""Ways in and who used them: sessions, second factors, invitations; and who changed what."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, JsonDict, Line, PublicId, Sealed, Word


class SignInSession(Base):
    """One browser in which a person is signed in; only its token's SHA-256 is kept."""

    __tablename__ = "sign_in_session"
    # where one person is signed in, and when they were last seen
    __table_args__ = (Index("ix_sign_in_session_person", "person_id", "seen_at"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    way: Mapped[Word]  # accounts.sign_in_sessions.Way: password, link, invitation, firm, demo
    browser: Mapped[Line]  # as people call it: "Firefox, Linux"
    created_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]


class SecondFactor(Base):
    """The secret that a person's authenticator app shares with us; in force once confirmed."""

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    secret: Mapped[Sealed]
    created_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    last_counter: Mapped[int | None] = mapped_column(BigInteger)  # a code works once


class RecoveryCode(Base):
    """One code for the day when the authenticator is lost; works once, kept as SHA-256."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("ix_recovery_code_person", "person_id"),)  # the codes of one person

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class Invitation(Base):
    """Somebody was asked to join; they have the role once they accept. Only a hash is kept."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index("ix_invitation_account", "account_id"),  # pending ones of an account
        Index("ix_invitation_desk", "desk_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    email: Mapped[Line]
    name: Mapped[Line]
    role: Mapped[Word]  # domain.viewer.Role
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))
    desk_name: Mapped[Line]  # of an operator to be
    language: Mapped[str] = mapped_column(String(8))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    mailed_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    accepted_at: Mapped[Instant | None]
    revoked_at: Mapped[Instant | None]


class TeamChange(Base):
    """Who changed what about the people of an account or desk; ids only, names are joined."""

    __tablename__ = "team_change"
    __table_args__ = (
        Index("ix_team_change_account", "account_id", "at"),  # an account's list, newest first
    )

    id: Mapped[Id]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    by: Mapped[Line]  # what did it when it was no person: a token's name, "OIDC"
    action: Mapped[Word]  # accounts.team_changes.TeamAction
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    data: Mapped[JsonDict]  # roles and masks
    at: Mapped[Instant]
