"""Everything that proves one incident, as a ZIP that is made while it is sent."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import resources
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.log_action import LogAction
from callassist.domain.reference import as_said
from callassist.domain.spreadsheet import BOM, csv_line
from callassist.domain.viewer import Viewer
from callassist.models import Incident, NoiseReading, Sensor
from callassist.models.types import to_micros
from callassist.reports.afterwards import no_report_yet, own_incident
from callassist.reports.document_parts import instant
from callassist.reports.incident_report import instant_text
from callassist.reports.reading import ReadableReport, report_of_incident
from callassist.reports.zip_stream import ZipPipe, zip_entry
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

_ROWS_AT_ONCE = 2000


def take_evidence(
    session: Session, vault: Vault, viewer: Viewer, incident_id: str, *, now: datetime
) -> ReadableReport:
    """Note in the log that somebody takes the evidence, and give the report that goes into it.

    NotFound outside the viewer's accounts, Forbidden for who may only look, Conflict while there
    is no report yet.
    """
    incident = own_incident(session, viewer, incident_id, write=True)
    report = report_of_incident(session, vault, viewer, incident_id)
    if report is None:
        raise no_report_yet()
    data = {"by": viewer.person_id}
    incident_log.append(session, incident.id, LogAction.EVIDENCE_TAKEN, data, now=now)
    return report


def evidence(
    sessions: Sessions, viewer: Viewer, report: ReadableReport, pdf: bytes, *, now: datetime
) -> Iterator[bytes]:
    """The archive's bytes, a piece at a time; a night of readings is never held at once."""
    pipe = ZipPipe()
    sums: list[str] = []
    with (
        sessions.read() as session,
        zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        incident = own_incident(session, viewer, report.incident_id, write=False)
        for name, chunks in _files(session, incident, report, pdf, now):
            digest = hashlib.sha256()
            with archive.open(zip_entry(name, now), "w") as out:
                for chunk in chunks:
                    digest.update(chunk)
                    out.write(chunk)
                    yield from pipe.taken()
            sums.append(f"{digest.hexdigest()}  {name}\n")
        archive.writestr("SHA256SUMS", "".join(sums))
    yield from pipe.taken()


def _files(
    session: Session, incident: Incident, report: ReadableReport, pdf: bytes, now: datetime
) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "README.txt", [_readme(incident, report, now)]
    yield "report.pdf", [pdf]
    yield "report.json", [_json(report.as_json())]
    yield "readings.csv", _readings(session, incident, report)
    yield "log.json", [_json(_log(session, incident))]
    yield "verify.py", [_own_file("evidence_check.py")]


def _readme(incident: Incident, report: ReadableReport, now: datetime) -> bytes:
    text = _own_file("templates/evidence_readme.txt").decode()
    return text.format(
        reference=as_said(incident.reference),
        packed_at=f"{now:%Y-%m-%d %H:%M}",
        version=report.copy.version,
        body_hash=report.copy.body_hash,
        log_length=incident.log_length,
        log_head=incident.log_head,
    ).encode()


def _own_file(name: str) -> bytes:
    return resources.files("callassist.reports").joinpath(name).read_bytes()


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _log(session: Session, incident: Incident) -> dict[str, object]:
    return {
        "incident": incident.public_id,
        "reference": incident.reference,
        "chain": incident.id,
        "length": incident.log_length,
        "head": incident.log_head,
        "entries": [
            {
                "seq": entry.seq,
                "at": instant_text(entry.at),
                "at_micros": to_micros(entry.at),
                "action": entry.action,
                "data": entry.data,
                "previous_hash": entry.previous_hash,
                "hash": entry.hash,
            }
            for entry in incident_log.entries(session, incident.id)
        ],
    }


def _readings(session: Session, incident: Incident, report: ReadableReport) -> Iterator[bytes]:
    body = report.copy.body
    zone = ZoneInfo(body["incident"]["timezone"])
    drawn = body["noise"]["curve"]
    titles = ("at_utc", "at_local", "sensor", "kind", "level_db", "notice", "verdict")
    yield (BOM + csv_line(titles)).encode()
    rows = session.execute(
        select(NoiseReading, Sensor.external_id)
        .join(Sensor, Sensor.id == NoiseReading.sensor_id)
        .where(
            Sensor.property_id == incident.property_id,
            NoiseReading.at.between(instant(drawn["from"]), instant(drawn["to"])),
        )
        .order_by(NoiseReading.at, NoiseReading.id)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for part in rows.partitions():
        yield "".join(
            csv_line(
                (
                    *(instant_text(one.at), one.at.astimezone(zone).isoformat()),
                    *(sensor, one.kind, one.level_db, one.number, one.verdict),
                )
            )
            for one, sensor in part
        ).encode()
