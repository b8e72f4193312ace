"""How often an account's phone network is asked for a call."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Instant


class CallRate(Base):
    """The latest time: the next call may be placed one spacing later (DESIGN 3.4)."""

    __tablename__ = "call_rate"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    asked_at: Mapped[Instant]
