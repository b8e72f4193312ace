"""What a report is built from: plain values, gathered by `gathering`, without names or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentState, Resolution
from callassist.domain.log_action import LogAction
from callassist.domain.results import AttemptOutcome, Disposition


class Level(NamedTuple):
    """One measured level."""

    at: datetime
    db: float


class Notice(NamedTuple):
    """One thing that a sensor said without a level: a notice (with its number), a state."""

    at: datetime
    kind: str
    number: int | None


class ThresholdSpan(NamedTuple):
    """From `starts_at` to `ends_at` a reading of `db` or more was loud."""

    starts_at: datetime
    ends_at: datetime
    db: float


@dataclass(frozen=True, kw_only=True)
class SensorFacts:
    """One sensor of the home and what it said, oldest first."""

    public_id: str
    kind: str  # level, notice, state
    interval: timedelta  # at which it reports
    silent_after: timedelta  # a longer gap is unknown, not quiet
    levels: tuple[Level, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BreachFacts:
    """The stretch of noise as the noise rule saw it."""

    first_loud_at: datetime
    began_at: datetime  # moved by gaps
    last_loud_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    peak_db: float | None
    frozen_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AttemptFacts:
    """One dial; `operator` is a public id, `number_mask` the only trace of the number."""

    public_id: str
    party: Party
    attempt_number: int
    counted: bool | None
    dialled_at: datetime
    number_mask: str
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: AttemptOutcome | None = None
    disposition: Disposition | None = None
    talk_seconds: int | None = None
    operator: str | None = None
    has_note: bool = False
    simulated: bool = False
    automatic: bool = False


@dataclass(frozen=True, kw_only=True)
class MessageFacts:
    """One message to the host; `to` is a mask."""

    kind: str
    channel: str
    to: str
    status: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class LogFacts:
    """One entry of the incident log; only keys that `history` names reach the report."""

    at: datetime
    action: LogAction
    data: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """Everything known of one incident at `as_of`."""

    as_of: datetime
    incident_id: str  # public ids throughout
    reference: str
    home_id: str
    timezone: str
    stay_id: str | None
    state: IncidentState
    resolution: Resolution | None
    opened_at: datetime
    opened_by: str
    complaint_at: datetime | None
    repeat_of: str | None
    led_by: str | None  # the incident in whose calls this home was named too
    practice: bool
    call_requested_at: datetime | None
    first_contact: Party | None
    contact_at: datetime | None
    calling_ended_at: datetime | None
    closed_at: datetime | None
    noise_ended_at: datetime | None
    breach: BreachFacts | None
    thresholds: tuple[ThresholdSpan, ...]
    sensors: tuple[SensorFacts, ...]
    attempts: tuple[AttemptFacts, ...]
    messages: tuple[MessageFacts, ...]
    log: tuple[LogFacts, ...]

    @property
    def noise_began_at(self) -> datetime | None:
        """When noise was first heard; None when it was never measured."""
        return self.breach.first_loud_at if self.breach else None

    @property
    def starts_at(self) -> datetime:
        """Start of what the report shows: 30 minutes before the noise, or the complaint."""
        known = (self.noise_began_at, self.complaint_at, self.opened_at)
        return min(at for at in known if at is not None) - LEAD

    @property
    def noise_over_at(self) -> datetime:
        """When the noise ended, or `as_of` while it is not known to have ended."""
        return self.noise_ended_at or self.as_of


LEAD = timedelta(minutes=30)
