"""What calls and texts cost, as the provider says some time afterwards."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Amount, Id, Instant, Word


class PhoneCost(Base):
    """One leg of a call, or one text. The provider's id of it makes it unique: once is once."""

    __tablename__ = "phone_cost"
    __table_args__ = (
        UniqueConstraint("provider", "leg_id"),
        # what an account spent in a period
        Index("ix_phone_cost_account_asked", "account_id", "asked_at"),
        Index("ix_phone_cost_asked", "asked_at"),  # what the service spent
        Index("ix_phone_cost_incident", "incident_id"),  # what one incident cost
        Index(
            "ix_phone_cost_due",  # prices to ask for
            "ask_at",
            sqlite_where=text("ask_at IS NOT NULL"),
            postgresql_where=text("ask_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    property_id: Mapped[int | None] = mapped_column(ForeignKey("property.id"))
    kind: Mapped[str] = mapped_column(String(8))  # domain.phone_costs.CostKind
    whose: Mapped[str] = mapped_column(String(8))  # whose phone: guest, host, operator, staff
    provider: Mapped[Word]
    leg_id: Mapped[str] = mapped_column(String(64))  # the provider's
    parent_id: Mapped[str | None] = mapped_column(String(64))  # of the leg it was dialled from
    payer: Mapped[str] = mapped_column(String(8))  # domain.spending.Whose: whose credentials
    country: Mapped[str | None] = mapped_column(String(3))  # of the number
    seconds: Mapped[int | None]
    asked_at: Mapped[Instant]  # when it was asked for: decides day and month
    state: Mapped[str] = mapped_column(String(8))  # domain.phone_costs.CostState
    estimate: Mapped[Amount]  # counts until the price is known
    amount: Mapped[Amount | None]  # what it cost; below zero: money came back
    currency: Mapped[str | None] = mapped_column(String(3))
    ask_at: Mapped[Instant | None]  # when to ask for the price next
    asks: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[Instant | None]  # known, or given up
