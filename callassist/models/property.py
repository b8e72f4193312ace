"""Homes, the people to call about them, and the policies that apply."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callassist.models.base import Base
from callassist.models.types import (
    Id,
    Instant,
    JsonDict,
    JsonList,
    KeyedIndex,
    Line,
    PublicId,
    Sealed,
    Word,
)


class Policy(Base):
    """A named EscalationPolicy preset of an account (domain.policy.EscalationPolicy.to_dict)."""

    __tablename__ = "policy"
    __table_args__ = (Index("ix_policy_account", "account_id"),)  # an account's presets

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[Line]
    rules: Mapped[JsonDict]
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class PolicyChange(Base):
    """Who changed a preset or gave it to homes, from what to what; kept when the preset is gone."""

    __tablename__ = "policy_change"
    # what became of one preset; what was changed in an account lately
    __table_args__ = (
        Index("ix_policy_change_policy", "policy_id", "at"),
        Index("ix_policy_change_account", "account_id", "at"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy.id", ondelete="SET NULL"))
    name: Mapped[Line]  # of the preset, after the change
    action: Mapped[Word]  # created, changed, undone, removed, given
    # {"name", "rules"}; given: {"homes": the preset that each home had}, {"preset"}
    before: Mapped[JsonDict | None]
    after: Mapped[JsonDict | None]
    by: Mapped[Line]
    at: Mapped[Instant]
    undone_at: Mapped[Instant | None]


class Property(Base):
    """The physical place with the sensor."""

    __tablename__ = "property"
    __table_args__ = (Index("ix_property_account", "account_id"),)  # an account's homes

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[Line]
    location: Mapped[Line] = mapped_column(default="", server_default="")  # for the host alone
    call_name: Mapped[Line] = mapped_column(default="")  # what an operator may be told
    show_call_name_to_guest: Mapped[bool] = mapped_column(Boolean, default=False)
    host_spoken_name: Mapped[Line] = mapped_column(default="")
    timezone: Mapped[Word]
    country: Mapped[str] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(8), default="en")  # spoken to guests by default
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy.id"))
    host_only: Mapped[bool] = mapped_column(Boolean, default=False)
    shadow_since: Mapped[Instant | None]  # shadow mode: all rules run, nothing leaves the house
    sample_since: Mapped[Instant | None]  # a virtual sensor plays a sample night on the pages
    house_rule: Mapped[Line] = mapped_column(default="", server_default="")  # for the guest page
    caller_id: Mapped[str | None] = mapped_column(String(20))  # shown instead of the account's
    paused_from: Mapped[Instant | None]
    paused_until: Mapped[Instant | None]
    pause_reason: Mapped[Line | None]
    archived_at: Mapped[Instant | None]
    created_at: Mapped[Instant]

    contacts: Mapped[list[HostContact]] = relationship(
        order_by="HostContact.position", cascade="all, delete-orphan"
    )
    policy: Mapped[Policy | None] = relationship()
    tags: Mapped[list[PropertyTag]] = relationship(
        order_by="PropertyTag.tag", cascade="all, delete-orphan"
    )


class PropertyTag(Base):
    """A word by which the host finds some of their homes again."""

    __tablename__ = "property_tag"

    property_id: Mapped[int] = mapped_column(
        ForeignKey("property.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[Word] = mapped_column(primary_key=True)


class HomeFile(Base):
    """A file of homes that was sent in and waits to be confirmed; nothing of it is a home yet."""

    __tablename__ = "home_file"
    __table_args__ = (Index("ix_home_file_created", "created_at"),)  # forgotten after a day

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[Line]
    content: Mapped[Sealed]
    created_at: Mapped[Instant]


class HostContact(Base):
    """Whom the operator phones when the guest is not reached, in order."""

    __tablename__ = "host_contact"
    __table_args__ = (
        Index("ix_host_contact_property", "property_id", "position"),
        Index("ix_host_contact_phone", "phone_index"),  # who phones us
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    property_id: Mapped[int] = mapped_column(ForeignKey("property.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[Line]
    phone: Mapped[Sealed]
    phone_index: Mapped[KeyedIndex]
    phone_mask: Mapped[Word]
    phone_country: Mapped[str | None] = mapped_column(String(3))  # ISO; None: not looked at yet
    languages: Mapped[JsonList]
    flagged_at: Mapped[Instant | None]
    flag_reason: Mapped[str | None] = mapped_column(String(40))
