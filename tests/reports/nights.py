"""Nights of one home, as facts: each function is a story that a report has to tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentState, Resolution
from callassist.domain.log_action import LogAction
from callassist.domain.results import AttemptOutcome, Disposition
from callassist.reports.facts import (
    AttemptFacts,
    BreachFacts,
    Level,
    LogFacts,
    MessageFacts,
    ReportFacts,
    SensorFacts,
    ThresholdSpan,
)

NOISE_AT = datetime(2026, 11, 21, 21, 42, tzinfo=UTC)  # 22:42 in Paris
MASK = "+1•••••12"


def after(minutes: float) -> datetime:
    """So many minutes after the noise began."""
    return NOISE_AT + timedelta(minutes=minutes)


def levels(
    until: float, loud_until: float, *, gap: tuple[float, float] | None = None
) -> list[Level]:
    """A reading a minute: calm for half an hour, loud to `loud_until`, calm again to `until`."""
    found = []
    for minute in range(-30, math.ceil(until) + 1):
        if gap and gap[0] < minute < gap[1]:
            continue
        loud = 0 <= minute <= loud_until
        db = (76 if loud else 48) + 4 * math.sin(minute * 1.7) + 2 * math.sin(minute * 0.31)
        found.append(Level(after(minute), round(db, 1)))
    return found


def sensor(readings: Sequence[Level]) -> SensorFacts:
    """A level sensor that reports every minute."""
    return SensorFacts(
        public_id="sensor1",
        kind="level",
        interval=timedelta(minutes=1),
        silent_after=timedelta(minutes=10),
        levels=tuple(readings),
    )


def log(after_minutes: float, action: LogAction, **data: object) -> LogFacts:
    """An entry of the incident log."""
    return LogFacts(at=after(after_minutes), action=action, data=data)


def dial(minutes: float, number: int, **changes: object) -> AttemptFacts:
    """An unanswered dial to the guest that rings for 25 s, unless changed."""
    unanswered = AttemptFacts(
        public_id=f"attempt{minutes:g}",
        party=Party.GUEST,
        attempt_number=number,
        counted=True,
        dialled_at=after(minutes),
        ended_at=after(minutes + 25 / 60),
        number_mask=MASK,
        outcome=AttemptOutcome.NO_ANSWER,
        operator="operator1",
    )
    return replace(unanswered, **changes)  # type: ignore[arg-type]


def talk(minutes: float, number: int, said: Disposition, **changes: object) -> AttemptFacts:
    """A dial that is answered after 12 s and talks for 96 s."""
    return dial(
        minutes,
        number,
        **{
            "outcome": AttemptOutcome.ANSWERED,
            "disposition": said,
            "answered_at": after(minutes + 0.2),
            "ended_at": after(minutes + 1.8),
            "talk_seconds": 96,
            **changes,
        },
    )


def told(minutes: float, kind: str, channel: str = "push", status: str = "sent") -> MessageFacts:
    """A message to the host."""
    return MessageFacts(
        kind=kind,
        channel=channel,
        to="Pixel 9" if channel == "push" else "a•••@example.org",
        status=status,
        created_at=after(minutes),
        sent_at=after(minutes + 0.02) if status == "sent" else None,
    )


def limits(until: float, *, before: float = 75.0) -> tuple[ThresholdSpan, ...]:
    """75 dB until 22:00, 70 dB from then on."""
    ten = after(-42)
    return (ThresholdSpan(max(ten, after(-30)), after(until), 70.0),)


def night(closed: float, **changes: object) -> ReportFacts:
    """An incident that opened ten minutes into the noise and has closed; change what differs."""
    loud = float(changes.pop("loud", closed))  # type: ignore[arg-type]
    plain = ReportFacts(
        as_of=after(closed),
        incident_id="incident1",
        reference="amber otter",
        home_id="home1",
        timezone="Europe/Paris",
        stay_id="stay1",
        state=IncidentState.CLOSED,
        resolution=Resolution.WENT_QUIET,
        opened_at=after(10),
        opened_by="noise",
        complaint_at=None,
        repeat_of=None,
        led_by=None,
        practice=False,
        call_requested_at=after(30),
        first_contact=None,
        contact_at=None,
        calling_ended_at=None,
        closed_at=after(closed),
        noise_ended_at=after(closed),
        breach=BreachFacts(
            first_loud_at=NOISE_AT,
            began_at=NOISE_AT,
            last_loud_at=after(loud),
            ended_at=after(closed),
            end_reason="calm",
            peak_db=81.9,
        ),
        thresholds=limits(closed),
        sensors=(sensor(levels(closed, loud)),),
        attempts=(),
        messages=(told(30, "call_requested"), told(30, "call_requested", "email")),
        log=(
            log(10, LogAction.INCIDENT_OPENED, by="noise"),
            log(30, LogAction.CALL_REQUESTED, party="guest", reason="noise", minutes=30),
        ),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
