"""Reading reports: the account's own people only; names are joined here, not in the report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import (
    Account,
    Incident,
    Report,
    ReportVersion,
)
from callassist.reports.document import Copy, VersionLine, document
from callassist.reports.incident_report import instant_text
from callassist.reports.joining import join_names
from callassist.reports.render_html import STYLESHEET, render_html
from callassist.reports.render_pdf import render_pdf
from callassist.storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class ReadableReport:
    """One version of a report with the names that belong to it today."""

    copy: Copy
    incident_id: str
    language: str  # the account's
    reason: str
    created_at: datetime

    def as_json(self) -> dict[str, object]:
        """The stored body with its envelope and, apart from it, the names."""
        names = self.copy.names
        return {
            "id": self.copy.report_id,
            "incident": self.incident_id,
            "version": self.copy.version,
            "reason": self.reason,
            "created_at": instant_text(self.created_at),
            "body_hash": self.copy.body_hash,
            "versions": [
                {
                    "version": line.version,
                    "reason": line.reason,
                    "created_at": instant_text(line.created_at),
                }
                for line in self.copy.versions
            ],
            "names": {
                "home": names.home,
                "guest": names.guest,
                "operators": dict(names.operators),
                "notes": dict(names.notes),
            },
            "report": json.loads(json.dumps(self.copy.body)),
        }

    def as_html(self, language: str | None = None, *, stylesheet: str = STYLESHEET) -> str:
        """A page of its own in `language` (`en`, `fr`), else in the account's."""
        return render_html(document(self.copy, language or self.language), stylesheet=stylesheet)

    def as_pdf(self, language: str | None = None, *, system_fonts: bool = True) -> bytes:
        """A tagged PDF in `language`, else in the account's."""
        laid_out = document(self.copy, language or self.language)
        return render_pdf(laid_out, made_at=self.created_at, system_fonts=system_fonts)


def report_for(
    session: Session, vault: Vault, viewer: Viewer, report_id: str, *, version: int | None = None
) -> ReadableReport:
    """A report of one of the viewer's accounts, in its newest or the asked version; else NotFound.

    An operator's roles open no report: they lead to desks, not to accounts.
    """
    report = session.scalar(
        select(Report).where(
            Report.account_id.in_(viewer.account_ids), Report.public_id == report_id
        )
    )
    if report is None:
        raise NotFound("no such report")
    return _readable(session, vault, report, version)


def report_of_incident(
    session: Session, vault: Vault, viewer: Viewer, incident_id: str
) -> ReadableReport | None:
    """The newest version of an incident's report (public id); None while there is none yet."""
    report = session.scalar(
        select(Report)
        .join(Incident, Incident.id == Report.incident_id)
        .where(Report.account_id.in_(viewer.account_ids), Incident.public_id == incident_id)
    )
    return None if report is None else _readable(session, vault, report, None)


def newest(session: Session, vault: Vault, report: Report) -> ReadableReport:
    """The newest version of a report that somebody may read."""
    return _readable(session, vault, report, None)


def _readable(
    session: Session, vault: Vault, report: Report, version: int | None
) -> ReadableReport:
    rows = list(
        session.scalars(
            select(ReportVersion)
            .where(ReportVersion.report_id == report.id)
            .order_by(ReportVersion.version)
        )
    )
    wanted = [row for row in rows if version is None or row.version == version]
    if not wanted:
        raise NotFound(f"this report has no version {version}")
    chosen = wanted[-1]
    incident = session.get_one(Incident, report.incident_id)
    return ReadableReport(
        copy=Copy(
            report_id=report.public_id,
            version=chosen.version,
            body=chosen.body,
            body_hash=chosen.body_hash,
            versions=tuple(
                VersionLine(version=row.version, reason=row.reason, created_at=row.created_at)
                for row in rows
            ),
            names=join_names(session, vault, incident, chosen.body),
        ),
        incident_id=incident.public_id,
        language=session.get_one(Account, report.account_id).language,
        reason=chosen.reason,
        created_at=chosen.created_at,
    )
