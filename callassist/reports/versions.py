"""Writing the versions of a report: 1 when calling ended, 2 at closing, more by correction.

An incident that never left `watching` has one version, at closing, and no message about it.
Delivery may come twice, late or in any order: what is missing is written, nothing is written twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist import outbox
from callassist.domain.message_kind import MessageKind
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, NotFound, PermanentError
from callassist.models import Incident, Report, ReportVersion
from callassist.outbox import Deliverer, OutboxItem
from callassist.ports.reservation_notes import TOPIC as NOTE_TOPIC
from callassist.reports.gathering import gather
from callassist.reports.incident_report import body_hash, build
from callassist.reports.version_reason import VersionReason
from callassist.storage.sessions import Sessions

TOPIC = "report"


def report_deliverer(sessions: Sessions) -> Deliverer:
    """Deliverer of topic `report` {incident_id, reason}; safe to run any number of times."""

    def deliver(item: OutboxItem, now: datetime) -> None:
        incident_id = int(item.payload["incident_id"])
        if item.payload.get("reason") == VersionReason.CORRECTION:
            with sessions.write() as session:
                _write_correction(session, _incident(session, incident_id), now)
            return
        # Built before the write transaction: a night of readings takes longer than ingest waits.
        with sessions.read() as session:
            incident = _incident(session, incident_id)
            built = {
                reason: build(gather(session, incident, reason))
                for reason in _missing(session, incident)
            }
        with sessions.write() as session:
            incident = _incident(session, incident_id, lock=True)
            for reason in _missing(session, incident):
                if reason in built:
                    _add(session, incident, reason, built[reason], now)

    return deliver


def correct(session: Session, viewer: Viewer, incident_id: str, *, now: datetime) -> ReportVersion:
    """Write a new version from the rows as they are now, for somebody who may change them.

    NotFound for an incident that is not the viewer's, Forbidden for those who may only look,
    Conflict while it is open or when the report would say what it says already.
    """
    incident = session.scalar(select(Incident).where(Incident.public_id == incident_id))
    if incident is None or incident.account_id not in viewer.account_ids:
        raise NotFound("no such incident")
    viewer.require_write(incident.account_id)
    written = _write_correction(session, incident, now)
    if written is None:
        raise Conflict("nothing has changed since the last version of this report")
    return written


@dataclass(frozen=True, kw_only=True)
class BrokenVersion:
    """A version whose body is not the one that its hash was made of."""

    report_id: str
    version: int
    kept_hash: str
    found_hash: str


def verify_reports(session: Session) -> list[BrokenVersion]:
    """Versions that somebody changed behind our back; empty when all is well."""
    rows = session.execute(
        select(Report.public_id, ReportVersion)
        .join(ReportVersion, ReportVersion.report_id == Report.id)
        .order_by(ReportVersion.id)
        .execution_options(yield_per=50)
    )
    return [
        BrokenVersion(
            report_id=report_id, version=row.version, kept_hash=row.body_hash, found_hash=found
        )
        for report_id, row in rows
        if (found := body_hash(row.body)) != row.body_hash
    ]


def _incident(session: Session, incident_id: int, *, lock: bool = False) -> Incident:
    incident = session.get(Incident, incident_id, with_for_update=True if lock else None)
    if incident is None:
        raise PermanentError(f"there is no incident {incident_id} to report on")
    return incident


def _missing(session: Session, incident: Incident) -> list[VersionReason]:
    written = set(
        session.scalars(
            select(ReportVersion.reason)
            .join(Report, Report.id == ReportVersion.report_id)
            .where(Report.incident_id == incident.id)
        )
    )
    if VersionReason.CLOSED in written:
        return []
    return [reason for reason in due_versions(incident) if reason not in written]


def due_versions(incident: Incident) -> list[VersionReason]:
    """The versions that an incident's report must have by now, in order."""
    due = []
    over = incident.calling_ended_at or incident.closed_at
    if incident.call_requested_at is not None and over is not None:
        due.append(VersionReason.CALLING_ENDED)
    if incident.closed_at is not None:
        due.append(VersionReason.CLOSED)
    return due


def _write_correction(session: Session, incident: Incident, now: datetime) -> ReportVersion | None:
    last = session.scalar(
        select(ReportVersion)
        .join(Report, Report.id == ReportVersion.report_id)
        .where(Report.incident_id == incident.id)
        .order_by(ReportVersion.version.desc())
        .limit(1)
    )
    body = build(gather(session, incident, VersionReason.CORRECTION))
    if last is None or last.reason == VersionReason.CALLING_ENDED:
        raise Conflict("the report has no final version yet that could be corrected")
    if last.body_hash == body_hash(body):
        return None
    return _add(session, incident, VersionReason.CORRECTION, body, now)


def _add(
    session: Session, incident: Incident, reason: VersionReason, body: dict[str, Any], now: datetime
) -> ReportVersion:
    report = session.scalar(select(Report).where(Report.incident_id == incident.id))
    if report is None:
        report = Report(
            incident_id=incident.id, account_id=incident.account_id, held=False, created_at=now
        )
        session.add(report)
        session.flush()
    last = session.scalar(
        select(func.max(ReportVersion.version)).where(ReportVersion.report_id == report.id)
    )
    version = ReportVersion(
        report_id=report.id,
        version=(last or 0) + 1,
        reason=str(reason),
        created_at=now,
        body=body,
        body_hash=body_hash(body),
    )
    session.add(version)
    session.flush()
    _tell(session, incident, report, version, now)
    return version


def _tell(
    session: Session, incident: Incident, report: Report, version: ReportVersion, now: datetime
) -> None:
    """The host hears of the final version and of corrections, if a call had been requested."""
    if incident.call_requested_at is None or version.reason == VersionReason.CALLING_ENDED:
        return
    if not incident.practice:
        # whoever keeps reservations knows whether the host wants it
        outbox.put(
            session,
            NOTE_TOPIC,
            f"{report.public_id}:{version.version}",
            {"version_id": version.id},
            now=now,
        )
    outbox.put(
        session,
        "notify",
        f"{incident.public_id}:{MessageKind.REPORT_READY}:{version.version}",
        {
            "kind": str(MessageKind.REPORT_READY),
            "account_id": incident.account_id,
            "incident_id": incident.id,
            "property_id": incident.property_id,
            "facts": {
                "incident": incident.public_id,
                "report": report.public_id,
                "reference": incident.reference,
                "version": version.version,
                "reason": version.reason,
                "practice": incident.practice,
            },
        },
        now=now,
    )
