"""That an account shall be deleted: who asked, when it is due, how far it is."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant


class AccountDeletion(Base):
    """One request; the account's row stays for good, without anything that says whose it was."""

    __tablename__ = "account_deletion"
    __table_args__ = (
        # one request in force per account: the database refuses a second; those that are due
        Index(
            "uq_account_deletion_in_force",
            "account_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    asked_at: Mapped[Instant]
    due_at: Mapped[Instant]
    undone_at: Mapped[Instant | None]
    begun_at: Mapped[Instant | None]  # from here on nobody is in the account
    done_at: Mapped[Instant | None]
