"""A report as a note on the reservation: one sentence and the way to the report, nobody's name."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.models import Account, Incident, Property, Report, ReportVersion
from callassist.ports.reservation_notes import NoteOf, ReservationNote
from callassist.reports.version_reason import VersionReason
from callassist.reports.words import Words, supported


def note_writer(public_url: str) -> NoteOf:
    """Writes notes whose links lead to this address."""

    def note_of(session: Session, version_id: int) -> ReservationNote | None:
        found = session.execute(
            select(ReportVersion, Report, Incident, Property, Account)
            .join(Report, Report.id == ReportVersion.report_id)
            .join(Incident, Incident.id == Report.incident_id)
            .join(Property, Property.id == Incident.property_id)
            .join(Account, Account.id == Incident.account_id)
            .where(ReportVersion.id == version_id)
        ).first()
        if found is None:
            return None
        version, report, incident, home, account = found
        words = Words(language=supported(account.language), tz=ZoneInfo(home.timezone))
        is_corrected = version.reason == VersionReason.CORRECTION
        text = words.say(
            "note",
            "corrected" if is_corrected else "closed",
            reference=incident.reference,
            when=words.moment(incident.opened_at),
            version=str(version.version),
            link=f"{public_url.rstrip('/')}/reports/{report.public_id}",
        )
        return ReservationNote(
            incident_id=incident.id,
            stay_id=incident.stay_id,
            account_id=incident.account_id,
            key=f"{report.public_id}:{version.version}",
            text=text,
        )

    return note_of
