"""Reports of an account in a list, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import Incident, Property, Report, ReportVersion

LARGEST_PAGE = 200


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """A report in a list, by its newest version."""

    report_id: str
    incident_id: str
    reference: str
    home_id: str
    home: str
    opened_at: datetime
    closed_at: datetime | None
    resolution: str | None
    ended_by_itself: bool
    version: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReportPage:
    """Some reports, newest first; `next` is the cursor of the following page, if there is one."""

    lines: list[ReportLine]
    next: str | None


def reports(
    session: Session, viewer: Viewer, *, after: str | None = None, limit: int = 50
) -> ReportPage:
    """The viewer's reports, newest first; `after` is the `next` of the page before."""
    query = (
        select(Report, Incident, Property)
        .join(Incident, Incident.id == Report.incident_id)
        .join(Property, Property.id == Incident.property_id)
        .where(Report.account_id.in_(viewer.account_ids))
        .order_by(Report.id.desc())
    )
    if after is not None:
        query = query.where(Report.id < _cursor(session, viewer, after))
    size = min(max(limit, 1), LARGEST_PAGE)
    rows = session.execute(query.limit(size + 1)).all()
    shown = [(report, incident, home) for report, incident, home in rows[:size]]
    versions = _newest_versions(session, [report.id for report, _, _ in shown])
    return ReportPage(
        lines=[
            _line(report, incident, home, versions[report.id]) for report, incident, home in shown
        ],
        next=shown[-1][0].public_id if len(rows) > size else None,
    )


def _cursor(session: Session, viewer: Viewer, after: str) -> int:
    place = session.scalar(
        select(Report.id).where(
            Report.account_id.in_(viewer.account_ids), Report.public_id == after
        )
    )
    if place is None:
        raise InvalidInput("not a cursor of this list; start again without it", "after")
    return place


def _newest_versions(session: Session, report_ids: list[int]) -> Mapping[int, tuple[int, datetime]]:
    rows = session.execute(
        select(ReportVersion.report_id, ReportVersion.version, ReportVersion.created_at)
        .where(ReportVersion.report_id.in_(report_ids))
        .order_by(ReportVersion.version)
    )
    return {report_id: (version, created_at) for report_id, version, created_at in rows}


def _line(
    report: Report, incident: Incident, home: Property, newest: tuple[int, datetime]
) -> ReportLine:
    return ReportLine(
        report_id=report.public_id,
        incident_id=incident.public_id,
        reference=incident.reference,
        home_id=home.public_id,
        home=home.name,
        opened_at=incident.opened_at,
        closed_at=incident.closed_at,
        resolution=incident.resolution,
        ended_by_itself=incident.call_requested_at is None and incident.closed_at is not None,
        version=newest[0],
        created_at=newest[1],
    )
