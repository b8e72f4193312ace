"""Every dial of an incident and every message to its host."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.domain.dial import DialMode
from callassist.domain.message_kind import MessageKind
from callassist.domain.results import AttemptOutcome, Disposition
from callassist.incident_log import leaders_of
from callassist.models import (
    CallAttempt,
    CallTask,
    Incident,
    Notification,
    NotificationChannel,
    Operator,
)
from callassist.reports.facts import AttemptFacts, MessageFacts

SIMULATED = "simulated"
# The report does not tell of itself: it would change by being sent.
_NOT_TOLD = [
    str(kind)
    for kind in (MessageKind.REPORT_READY, MessageKind.MORNING_NOTE, MessageKind.SUPERVISOR_PAGE)
]


def attempts(session: Session, incident: Incident, as_of: datetime) -> tuple[AttemptFacts, ...]:
    """Dials until `as_of` in order of time; with those of the incident that led the calls."""
    dials = session.execute(
        select(CallAttempt, CallTask.note, Operator.public_id)
        .join(CallTask, CallTask.id == CallAttempt.task_id)
        .outerjoin(Operator, Operator.id == CallAttempt.operator_id)
        .where(_calls_of(session, incident), CallAttempt.dial_at <= as_of)
        .order_by(CallAttempt.dial_at, CallAttempt.id)
    ).all()
    last_of_task = {attempt.task_id: attempt.id for attempt, _, _ in dials}
    return tuple(
        _attempt(
            attempt, operator, has_note=bool(note) and last_of_task[attempt.task_id] == attempt.id
        )
        for attempt, note, operator in dials
        if attempt.dial_at is not None
    )


def _calls_of(session: Session, incident: Incident) -> ColumnElement[bool]:
    own = CallAttempt.incident_id == incident.id
    if incident.led_by_id is None or incident.call_requested_at is None:
        return own
    led = and_(
        CallAttempt.incident_id.in_(leaders_of(session, incident)),
        CallAttempt.party == Party.GUEST,  # each home's host is phoned on its own
        CallAttempt.dial_at >= incident.call_requested_at,
    )
    return or_(own, led)


def _attempt(row: CallAttempt, operator: str | None, *, has_note: bool) -> AttemptFacts:
    assert row.dial_at is not None
    return AttemptFacts(
        public_id=row.public_id,
        party=Party(row.party),
        attempt_number=row.attempt_number,
        counted=row.counted,
        dialled_at=row.dial_at,
        number_mask=row.number_mask,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        outcome=AttemptOutcome(row.outcome) if row.outcome else None,
        disposition=Disposition(row.disposition) if row.disposition else None,
        talk_seconds=row.talk_seconds,
        operator=operator,
        has_note=has_note,
        simulated=row.provider == SIMULATED,
        automatic=row.mode == DialMode.AUTOMATIC,
    )


def messages(
    session: Session, incident: Incident, before: datetime | None
) -> tuple[MessageFacts, ...]:
    """Messages to the host about this incident; only those written `before`, if given."""
    query = (
        select(Notification, NotificationChannel.kind, NotificationChannel.address_mask)
        .outerjoin(NotificationChannel, NotificationChannel.id == Notification.channel_id)
        .where(
            Notification.incident_id == incident.id,
            Notification.account_id == incident.account_id,
            Notification.desk_id.is_(None),
            Notification.kind.not_in(_NOT_TOLD),
        )
        .order_by(Notification.created_at, Notification.id)
    )
    if before is not None:
        query = query.where(Notification.created_at < before)
    return tuple(
        MessageFacts(
            kind=row.kind,
            channel=channel or "none",
            to=mask or "",
            status=row.status,
            created_at=row.created_at,
            sent_at=row.sent_at,
        )
        for row, channel, mask in session.execute(query)
    )
