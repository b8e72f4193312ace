"""Copies of the stories' reports, with names."""

from __future__ import annotations

from callassist.reports.document import Copy, Names, VersionLine
from callassist.reports.facts import ReportFacts
from callassist.reports.incident_report import body_hash, build
from tests.reports.nights import after

NAMES = Names(
    home="Loft Canal 12",
    guest="Camille",
    operators={"operator1": "Léa", "operator2": "Tom"},
    notes={"attempt36.5": "Very polite; closed the windows."},
)
VERSIONS = (
    VersionLine(version=1, reason="calling_ended", created_at=after(38)),
    VersionLine(version=2, reason="closed", created_at=after(48)),
)


def copy_of(facts: ReportFacts, names: Names = NAMES) -> Copy:
    """The final version of a story's report."""
    body = build(facts)
    versions: tuple[VersionLine, ...] = VERSIONS
    if facts.call_requested_at is None:
        versions = (VersionLine(version=1, reason="closed", created_at=after(27)),)
    return Copy(
        report_id="report1",
        version=len(versions),
        body=body,
        body_hash=body_hash(body),
        versions=versions,
        names=names,
    )
