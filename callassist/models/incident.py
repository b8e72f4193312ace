"""Incidents, the work they cause, each dial, and the log that nobody can rewrite."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callassist.models.base import Base
from callassist.models.types import (
    Id,
    Instant,
    JsonDict,
    KeyedIndex,
    Line,
    PublicId,
    Sealed,
    Word,
)


class Incident(Base):
    """What we do about one breach at one home, opened to closed (domain.incident)."""

    __tablename__ = "incident"
    __table_args__ = (
        # one open incident per home: the database refuses a second; a rehearsal stands beside it
        Index(
            "uq_incident_open_property",
            "property_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND NOT practice"),
            postgresql_where=text("closed_at IS NULL AND NOT practice"),
        ),
        Index("ix_incident_account_opened", "account_id", "opened_at"),  # a host's list
        Index(
            "ix_incident_account_open",  # a host's first page
            "account_id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_incident_practice",  # whether there ever was a rehearsal
            "account_id",
            sqlite_where=text("practice IS 1"),
            postgresql_where=text("practice IS true"),
        ),
        Index("ix_incident_desk_requested", "desk_id", "call_requested_at"),  # a board's shares
        Index("ix_incident_stay", "stay_id"),  # at most 3 per stay and night
        Index("ix_incident_property_closed", "property_id", "closed_at"),  # re-arming
        Index("ix_incident_breach", "breach_id"),
        Index(
            "ix_incident_led_by",  # asked several times for each call
            "led_by_id",
            sqlite_where=text("led_by_id IS NOT NULL"),
            postgresql_where=text("led_by_id IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    reference: Mapped[Word]  # two words that can be said on the phone
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    property_id: Mapped[int] = mapped_column(ForeignKey("property.id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))
    stay_id: Mapped[int | None] = mapped_column(ForeignKey("stay.id"))
    breach_id: Mapped[int | None] = mapped_column(ForeignKey("breach.id"))
    policy: Mapped[JsonDict]
    cadence: Mapped[JsonDict]  # of the policy, at the instant at which the noise began
    state: Mapped[str] = mapped_column(String(16))  # domain.incident.IncidentState
    resolution: Mapped[str | None] = mapped_column(String(20))  # domain.incident.Resolution
    opened_at: Mapped[Instant]
    opened_by: Mapped[Word]  # noise, host, operator, api, repeat
    complaint: Mapped[str | None] = mapped_column(Text)
    complaint_at: Mapped[Instant | None]
    repeat_of_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    practice: Mapped[bool] = mapped_column(Boolean, default=False)
    shadow: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    call_requested_at: Mapped[Instant | None]
    first_contact: Mapped[str | None] = mapped_column(String(8))  # guest | host
    contact_at: Mapped[Instant | None]  # the first
    latest_contact_at: Mapped[Instant | None]
    calling_ended_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    language: Mapped[str] = mapped_column(String(8))  # of the calls
    noise_ended_at: Mapped[Instant | None]
    held_until: Mapped[Instant | None]  # "we'll turn it down": once per incident
    hold_used: Mapped[bool] = mapped_column(Boolean, default=False)
    cancel_redials: Mapped[int] = mapped_column(Integer, default=0)
    provider_errors: Mapped[int] = mapped_column(Integer, default=0)
    continuation_used: Mapped[bool] = mapped_column(Boolean, default=False)
    barrier_met: Mapped[bool] = mapped_column(Boolean, default=False)
    ending: Mapped[str | None] = mapped_column(String(20))  # close so once the talk is over
    log_length: Mapped[int] = mapped_column(Integer, default=0)  # moved by incident_log only
    log_head: Mapped[str] = mapped_column(String(64), default="")  # hash of the newest entry
    # same account, same guest's number: this incident's calls are made in that one's tasks
    led_by_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))

    tasks: Mapped[list[CallTask]] = relationship(order_by="CallTask.id")


class IncidentLogEntry(Base):
    """One thing that happened, hash-chained per incident; holds ids, masks, salted hashes."""

    __tablename__ = "incident_log"
    __table_args__ = (UniqueConstraint("incident_id", "seq"),)

    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    seq: Mapped[int]
    at: Mapped[Instant]
    action: Mapped[Word]
    data: Mapped[JsonDict]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class CallTask(Base):
    """One piece of operator work: guest attempt N, or host (domain.call_task)."""

    __tablename__ = "call_task"
    __table_args__ = (
        # one operator works on one task at a time
        Index(
            "uq_call_task_operator",
            "operator_id",
            unique=True,
            sqlite_where=text("state IN ('offered','assigned','wrapping_up')"),
            postgresql_where=text("state IN ('offered','assigned','wrapping_up')"),
        ),
        # one open piece of work per incident
        Index(
            "uq_call_task_open_incident",
            "incident_id",
            unique=True,
            sqlite_where=text("state IN ('pending','offered','assigned','wrapping_up')"),
            postgresql_where=text("state IN ('pending','offered','assigned','wrapping_up')"),
        ),
        Index("ix_call_task_queue", "state", "available_at"),  # the queue in order
        Index("ix_call_task_incident", "incident_id"),  # what was said, in each message about it
        Index("ix_call_task_operator_completed", "operator_id", "completed_at"),  # their shift
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))
    party: Mapped[str] = mapped_column(String(8))  # guest | host
    attempt_number: Mapped[int]
    contact_position: Mapped[int | None]  # of the host contact
    state: Mapped[str] = mapped_column(String(16))  # domain.call_task.TaskState
    language: Mapped[str] = mapped_column(String(8))
    any_language: Mapped[bool] = mapped_column(Boolean, default=False)
    available_at: Mapped[Instant]
    created_at: Mapped[Instant]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    preferred_operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    preferred_until: Mapped[Instant | None]
    offered_at: Mapped[Instant | None]
    assigned_at: Mapped[Instant | None]
    wrap_up_started_at: Mapped[Instant | None]
    wrap_up_extended: Mapped[bool] = mapped_column(Boolean, default=False)
    continuation: Mapped[bool] = mapped_column(Boolean, default=False)
    guest_asked: Mapped[bool] = mapped_column(Boolean, default=False)  # five-minute gap lifted
    phoned_back_at: Mapped[Instant | None]  # they phoned us and wait to be called: first in line
    completed_at: Mapped[Instant | None]
    result: Mapped[str | None] = mapped_column(String(32))
    note: Mapped[str | None] = mapped_column(Text)

    incident: Mapped[Incident] = relationship(back_populates="tasks")
    attempts: Mapped[list[CallAttempt]] = relationship(order_by="CallAttempt.dial_number")


class Offer(Base):
    """A call task held for one operator to accept, 45 seconds long."""

    __tablename__ = "offer"
    __table_args__ = (
        Index("ix_offer_task_operator", "task_id", "operator_id"),
        Index("ix_offer_operator_ended", "operator_id", "ended_at"),  # declines of late, each look
    )

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("call_task.id"))
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    offered_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    ending: Mapped[Word | None]  # accepted, declined, missed, withdrawn


class CallAttempt(Base):
    """One dial. The row is committed before the network is asked (DESIGN 3.4)."""

    __tablename__ = "call_attempt"
    __table_args__ = (
        UniqueConstraint("task_id", "dial_number"),
        Index("ix_call_attempt_number", "number_index", "dial_at"),  # five minutes between dials
        Index("ix_call_attempt_state", "state"),  # reconciler, dial queue
        Index("ix_call_attempt_incident", "incident_id"),
        Index("uq_call_attempt_called", "called_call_id", unique=True),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    task_id: Mapped[int] = mapped_column(ForeignKey("call_task.id"))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    dial_number: Mapped[int]
    party: Mapped[str] = mapped_column(String(8))
    attempt_number: Mapped[int]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    stay_number_id: Mapped[int | None] = mapped_column(BigInteger)
    host_contact_id: Mapped[int | None] = mapped_column(BigInteger)
    number: Mapped[Sealed | None]  # emptied by retention
    number_index: Mapped[KeyedIndex]
    number_mask: Mapped[Word]
    state: Mapped[str] = mapped_column(String(12))  # domain.dial.DialState
    provider: Mapped[Word]
    mode: Mapped[str] = mapped_column(String(12), server_default="server")  # domain.dial.DialMode
    # the leg we hang up and look up: the only one, or with two the operator's own
    provider_call_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    handed_out_at: Mapped[Instant | None]  # two legs: when the network was told whom to dial
    called_call_id: Mapped[str | None] = mapped_column(String(64))  # the other leg, of two
    dial_token: Mapped[str] = mapped_column(String(64), unique=True)  # in the callback's address
    requested_at: Mapped[Instant]
    dial_at: Mapped[Instant | None]  # when we asked the network
    looked_up_from: Mapped[Instant | None]  # in doubt, or in vain asked about, since
    answered_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    talk_seconds: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(String(20))  # domain.results.AttemptOutcome
    disposition: Mapped[str | None] = mapped_column(String(32))  # domain.results.Disposition
    counted: Mapped[bool | None]
    hang_up_requested_at: Mapped[Instant | None]
    error: Mapped[Line | None]


class CallEvent(Base):
    """One callback of the network, unique per call and sequence."""

    __tablename__ = "call_event"
    __table_args__ = (UniqueConstraint("attempt_id", "call_id", "sequence"),)

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("call_attempt.id"))
    call_id: Mapped[Word]
    sequence: Mapped[int]
    status: Mapped[Word]
    at: Mapped[Instant]
    received_at: Mapped[Instant]
