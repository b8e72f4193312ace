"""What the night came to, read from the demo's own database (DESIGN 5, `demo --json`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.models import (
    CallAttempt,
    Incident,
    Notification,
    NotificationChannel,
    OutboxEntry,
    Property,
    Report,
    ReportVersion,
)

SETTLED_TOPICS = ("notify", "send", "report", "dial", "hang_up", "look_up")


def outcome(session: Session, stories: Mapping[int, str]) -> dict[str, Any]:
    """Every incident with attempts, report and messages, in the demo's own time."""
    incidents = session.scalars(select(Incident).order_by(Incident.opened_at, Incident.id))
    return {"incidents": [_incident(session, each, stories) for each in incidents]}


def nothing_open(session: Session) -> bool:
    """Whether every incident is closed, every message delivered, every report written."""
    open_incidents = session.scalar(
        select(func.count()).select_from(Incident).where(Incident.closed_at.is_(None))
    )
    waiting = session.scalar(
        select(func.count())
        .select_from(OutboxEntry)
        .where(OutboxEntry.delivered_at.is_(None), OutboxEntry.topic.in_(SETTLED_TOPICS))
    )
    return not open_incidents and not waiting


def _incident(session: Session, incident: Incident, stories: Mapping[int, str]) -> dict[str, Any]:
    home = session.get_one(Property, incident.property_id)
    return {
        "property": home.name,
        "story": stories.get(home.id, ""),
        "reference": incident.reference,
        "opened_at": _stamp(incident.opened_at),
        "closed_at": _stamp(incident.closed_at),
        "resolution": incident.resolution,
        "attempts": [_attempt(each) for each in _attempts(session, incident)],
        "report": _report(session, incident),
        "messages": [_message(session, each) for each in _messages(session, incident)],
    }


def _attempts(session: Session, incident: Incident) -> list[CallAttempt]:
    query = select(CallAttempt).where(CallAttempt.incident_id == incident.id)
    return list(session.scalars(query.order_by(CallAttempt.requested_at, CallAttempt.id)))


def _attempt(attempt: CallAttempt) -> dict[str, Any]:
    return {
        "party": attempt.party,
        "attempt_number": attempt.attempt_number,
        "counted": attempt.counted,
        "started_at": _stamp(attempt.dial_at),
        "ended_at": _stamp(attempt.ended_at),
        "outcome": attempt.outcome,
        "disposition": attempt.disposition,
    }


def _report(session: Session, incident: Incident) -> dict[str, Any] | None:
    report = session.scalar(select(Report).where(Report.incident_id == incident.id))
    if report is None:
        return None
    versions = session.scalars(
        select(ReportVersion)
        .where(ReportVersion.report_id == report.id)
        .order_by(ReportVersion.version)
    )
    return {
        "versions": [
            {
                "version": each.version,
                "created_at": _stamp(each.created_at),
                "reason": each.reason,
            }
            for each in versions
        ]
    }


def _messages(session: Session, incident: Incident) -> list[Notification]:
    query = select(Notification).where(Notification.incident_id == incident.id)
    return list(session.scalars(query.order_by(Notification.created_at, Notification.id)))


def _message(session: Session, message: Notification) -> dict[str, Any]:
    channel = None
    if message.channel_id is not None:
        channel = session.get(NotificationChannel, message.channel_id)
    return {
        "kind": message.kind,
        "channel": channel.kind if channel else None,
        "to": channel.address_mask if channel else None,
        "at": _stamp(message.sent_at or message.created_at),
        "status": message.status,
    }


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
