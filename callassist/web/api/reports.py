"""`/reports`: one per incident, as JSON, page and PDF."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from sqlalchemy import select

from callassist.models import Incident, Property, Report, ReportVersion
from callassist.reports.reading import ReadableReport, report_for
from callassist.reports.versions import correct
from callassist.web.api.fields import Input, Instant, Nothing, Output, Page, Paging, PublicId
from callassist.web.api.paging import page_of
from callassist.web.api.routing import ACCOUNTS, Ask, File, Route
from callassist.web.api.scoping import of_accounts

ReportLanguage = Literal["en", "fr"]
_NOT_JSON = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


class ReportFilter(Paging):
    """Of which incident."""

    incident: PublicId | None = None


class Copy(Input):
    """Which version, the newest when left out; of pages also the language."""

    version: int | None = Field(default=None, ge=1, le=1_000_000)


class ReadableCopy(Copy):
    """Also in which language; the account's when left out."""

    language: ReportLanguage | None = None


class ReportLine(Output):
    """A report in a list, by its newest version."""

    id: str
    incident: str
    reference: str
    property: str
    property_name: str
    opened_at: Instant
    closed_at: Instant | None
    resolution: str | None
    ended_by_itself: bool
    version: int
    created_at: Instant


class VersionOut(Output):
    """One version."""

    version: int
    reason: str
    created_at: Instant


class Names(Output):
    """Names that the body refers to, as they are today; without the guest's after erasure."""

    home: str
    guest: str | None
    operators: dict[str, str]
    notes: dict[str, str]


class ReportOut(Output):
    """A report; `report` is the stored body, of which `body_hash` was made."""

    id: str
    incident: str
    version: int
    reason: str
    created_at: Instant
    body_hash: str
    versions: list[VersionOut]
    names: Names
    report: dict[str, Any]


def index(ask: Ask, query: ReportFilter) -> Page[ReportLine]:
    mine = select(Report).where(of_accounts(ask, Report.account_id))
    if query.incident is not None:
        wanted = select(Incident.id).where(Incident.public_id == query.incident)
        mine = mine.where(Report.incident_id.in_(wanted))
    rows, following = page_of(
        ask.session, ask.service.vault, mine, Report.id, query, newest_first=True
    )
    return Page(items=_lines(ask, rows), next_cursor=following)


def as_json(ask: Ask, report_id: str, query: Copy) -> ReportOut:
    return ReportOut.model_validate(_report(ask, report_id, query).as_json())


def as_html(ask: Ask, report_id: str, query: ReadableCopy) -> File:
    report = _report(ask, report_id, query)
    return File(lambda: report.as_html(query.language).encode(), _NOT_JSON["html"])


def as_pdf(ask: Ask, report_id: str, query: ReadableCopy) -> File:
    report = _report(ask, report_id, query)
    return File(lambda: report.as_pdf(query.language), _NOT_JSON["pdf"])


def write_correction(ask: Ask, report_id: str, body: Nothing) -> ReportOut:
    """A new version from the facts as they are now, when they differ from the last one's."""
    readable = _report(ask, report_id, Copy())
    correct(ask.session, ask.viewer, readable.incident_id, now=ask.now)
    return as_json(ask, report_id, Copy())


def _report(ask: Ask, report_id: str, copy: Copy) -> ReadableReport:
    return report_for(ask.session, ask.service.vault, ask.viewer, report_id, version=copy.version)


def _lines(ask: Ask, rows: list[Report]) -> list[ReportLine]:
    found = ask.session.execute(
        select(Incident, Property)
        .join(Property, Property.id == Incident.property_id)
        .where(Incident.id.in_([row.incident_id for row in rows]))
    )
    known = {incident.id: (incident, home) for incident, home in found}
    versions = ask.session.scalars(
        select(ReportVersion)
        .where(ReportVersion.report_id.in_([row.id for row in rows]))
        .order_by(ReportVersion.version)
    )
    newest = {version.report_id: version for version in versions}
    return [_line(row, *known[row.incident_id], newest[row.id]) for row in rows]


def _line(row: Report, incident: Incident, home: Property, newest: ReportVersion) -> ReportLine:
    never_called = incident.call_requested_at is None
    return ReportLine(
        id=row.public_id,
        incident=incident.public_id,
        reference=incident.reference,
        property=home.public_id,
        property_name=home.name,
        opened_at=incident.opened_at,
        closed_at=incident.closed_at,
        resolution=incident.resolution,
        ended_by_itself=never_called and incident.closed_at is not None,
        version=newest.version,
        created_at=newest.created_at,
    )


ROUTES = (
    Route(
        method="GET",
        path="/reports",
        summary="Reports, newest first",
        scopes=ACCOUNTS,
        run=index,
        query=ReportFilter,
        answer=Page[ReportLine],
    ),
    Route(
        method="GET",
        path="/reports/{report_id}.json",
        summary="A report as data",
        scopes=ACCOUNTS,
        run=as_json,
        query=Copy,
        answer=ReportOut,
    ),
    Route(
        method="GET",
        path="/reports/{report_id}.html",
        summary="A report as a page",
        scopes=ACCOUNTS,
        run=as_html,
        query=ReadableCopy,
        answer="text/html",
    ),
    Route(
        method="GET",
        path="/reports/{report_id}.pdf",
        summary="A report as a tagged PDF",
        scopes=ACCOUNTS,
        run=as_pdf,
        query=ReadableCopy,
        answer="application/pdf",
    ),
    Route(
        method="POST",
        path="/reports/{report_id}/corrections",
        summary="Write a new version from the facts as they are now",
        scopes=ACCOUNTS,
        run=write_correction,
        body=Nothing,
        answer=ReportOut,
        status=201,
        conflicts=True,
    ),
)
