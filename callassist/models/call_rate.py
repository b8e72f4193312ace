"""How often a phone network is asked for a call."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Instant, Word


class CallRate(Base):
    """The latest time: the next call may be placed one spacing later (DESIGN 3.4)."""

    __tablename__ = "call_rate"

    network: Mapped[Word] = mapped_column(primary_key=True)  # its name
    asked_at: Mapped[Instant]
